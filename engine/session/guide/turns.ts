/** Asks a guide before each token, and checks what it answers. */
import { fail } from '../../base/errors.ts';
import { MASK_IDS, type Mask, NO_MASK } from '../../sampling/mask.ts';
import type { Answer } from '../detokenise.ts';
import type { Guide } from './guide.ts';

/** What is done next: a token is chosen under a mask, or there is no choice. */
export type Turn = Mask | 'end' | { readonly force: readonly number[] } | { readonly rewind: number };

/** Rewinds of one answer after which it ends, in case that a guide takes back the same words forever. */
const MOST_REWINDS = 256;

/**
 * Returns a function that gives the next turn of an answer. It throws `request-invalid` for an answer that the engine
 * cannot follow: no id, too many ids, or more ids kept than there are.
 */
export function turnsOf(guide: Guide | undefined, answer: Answer): () => Turn {
  let rewinds = 0;
  return () => {
    if (guide === undefined || answer.thinking) return NO_MASK;
    const step = guide.next(answer.guided);
    if (step === 'free') return NO_MASK;
    if (step === 'end') return step;
    if ('ban' in step) {
      require(step.ban.length <= MASK_IDS, `at most ${MASK_IDS} banned ids`, step.ban.length);
      return step.ban.length === 0 ? NO_MASK : { ids: step.ban, only: false };
    }
    if ('allow' in step) {
      const { length } = step.allow;
      require(length > 0 && length <= MASK_IDS, `1 to ${MASK_IDS} allowed ids`, length);
      return { ids: step.allow, only: true };
    }
    if ('force' in step) {
      require(step.force.length > 0, 'at least one forced id', 0);
      return step;
    }
    const { length } = answer.guided.ids;
    const fewer = Number.isInteger(step.rewind) && step.rewind >= 0 && step.rewind < length;
    require(fewer, `a rewind to fewer than ${length} ids`, step.rewind);
    return ++rewinds > MOST_REWINDS ? 'end' : step;
  };
}

function require(ok: boolean, expected: string, got: number): void {
  if (ok) return;
  fail('request-invalid', {
    who: 'guide',
    message: 'the guide of this request gave a step that cannot be made',
    expected,
    got,
  });
}
