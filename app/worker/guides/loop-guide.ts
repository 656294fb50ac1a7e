/**
 * Ends an answer that goes in circles: the last tokens repeat those before them. The first copy may stay as far as it is
 * whole.
 */
import type { GuidedAnswer, GuideStep } from '../../../engine/index.ts';
import { ANYWHERE, FormGuide } from './form-guide.ts';

/** Most tokens after which a cycle that is no longer than this is noticed. */
export const NOTICED = 24;
/** Longest cycle, a paragraph. One that is longer than {@link NOTICED} is noticed when it was written twice in full. */
const LONGEST = 256;

export class LoopGuide extends FormGuide {
  constructor() {
    super(Number.POSITIVE_INFINITY);
  }

  protected limit(answer: GuidedAnswer): GuideStep {
    const period = cycleOf(answer.ids);
    if (period === undefined) return 'free';
    const { text } = answer;
    // A cycle may be noticed from the sign on that ends the sentence before it; that of the first copy belongs to it.
    const copied = this.lengthOf(answer.ids.length - Math.max(NOTICED, period));
    const signs = /^[^\p{L}\p{N}]*/u.exec(text.slice(copied))?.[0].trimEnd() ?? '';
    const once = this.tokensBefore(copied + signs.length);
    const first = { ids: answer.ids.slice(0, once), text: text.slice(0, this.lengthOf(once)) };
    return this.end(answer, this.wholePart(first, ANYWHERE) ?? once);
  }
}

/** The period of the last tokens, {@link NOTICED} at least, that repeat what is before them; undefined if there is none. */
export function cycleOf(ids: readonly number[]): number | undefined {
  for (let period = 1; period <= LONGEST; period++) {
    const from = ids.length - Math.max(NOTICED, period);
    if (from < period) return undefined;
    let at = ids.length - 1;
    while (at >= from && ids[at] === ids[at - period]) at--;
    if (at < from) return period;
  }
  return undefined;
}
