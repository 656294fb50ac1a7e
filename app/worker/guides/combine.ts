/** Joins guides: each may limit the next token. */
import type { Guide, GuidedAnswer, GuideStep } from '../../../engine/index.ts';

/**
 * The guides as one. What is taken back goes first (the most), then an end, then forced ids of the first guide that has
 * some. Otherwise allowed ids are those that all allow, without the banned ones. All guides see every answer.
 */
export function combine(guides: readonly Guide[]): Guide {
  let banned: { readonly parts: readonly (readonly number[])[]; readonly all: readonly number[] } | undefined;
  /** The same array for the same lists, so that the engine sees that nothing has changed. */
  const union = (parts: readonly (readonly number[])[]): readonly number[] => {
    if (parts.length === 1) return parts[0] as readonly number[];
    const same = banned?.parts.length === parts.length && banned.parts.every((part, i) => part === parts[i]);
    if (!same) banned = { parts, all: [...new Set(parts.flat())] };
    return banned?.all ?? [];
  };
  return {
    next(answer: GuidedAnswer): GuideStep {
      const steps = guides.map((guide) => guide.next(answer));
      const rewinds = steps.flatMap((step) => (hasRewind(step) ? [step.rewind] : []));
      if (rewinds.length > 0) return { rewind: Math.min(...rewinds) };
      if (steps.includes('end')) return 'end';
      const forced = steps.find((step) => typeof step === 'object' && 'force' in step);
      if (forced !== undefined) return forced;
      const bans = steps.flatMap((step) => (typeof step === 'object' && 'ban' in step ? [step.ban] : []));
      const allows = steps.flatMap((step) =>
        typeof step === 'object' && 'allow' in step ? [step.allow] : [],
      );
      const [first, ...others] = allows;
      if (first === undefined) return bans.length === 0 ? 'free' : { ban: union(bans) };
      const allow = first.filter(
        (id) => others.every((list) => list.includes(id)) && !bans.some((list) => list.includes(id)),
      );
      return allow.length === 0 ? 'end' : { allow };
    },
  };
}

const hasRewind = (step: GuideStep): step is { readonly rewind: number } =>
  typeof step === 'object' && 'rewind' in step;
