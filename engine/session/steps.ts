/**
 * The steps of an answer. Plain: one token, and one step is kept in flight ahead, fed the id that the step before
 * chose without that id leaving the GPU, so the GPU does not wait for the round trip. A step too many, after the end
 * of the text, writes a cache row that nobody counts. Speculative: a draft is checked, and what is right of it counts.
 */
import type { Cache } from '../kv/cache.ts';
import { log } from '../base/log.ts';
import type { Runtime, StepResult } from '../runtime/runtime.ts';
import type { Sampling } from '../sampling/settings.ts';
import { createLookup } from './drafts/prompt-lookup.ts';
import { type StatsMeter, WARM_UP } from './stats.ts';
import { createSpeculator, type Speculator } from './drafts/speculate.ts';
import type { GenerateRequest } from './types.ts';

/** Tokens of a draft: with the token before them a run of 8 rows, which the kernels for few rows take. */
const MOST_DRAFT = 7;
/** A prompt of fewer tokens has little to quote from. */
const SHORTEST_PROMPT = 64;

export interface Stepping {
  readonly runtime: Runtime;
  readonly cache: Cache;
  readonly meter: StatsMeter;
  /** Tokens that the answer may have, as far as it is known now: it never gets less. */
  most(): number;
  readonly speculator: Speculator | undefined;
  readonly signal: AbortSignal | undefined;
}

export interface Stepper {
  /** Runs `id`, the `given`-th token of the answer, and resolves to the next ones: one or more. */
  (id: number, given: number): Promise<readonly number[]>;
  /** Waits for a step that is still in flight. */
  drain(): Promise<void>;
}

export function stepper({ runtime, cache, meter, most, speculator, signal }: Stepping): Stepper {
  let ahead: Promise<StepResult> | undefined;
  let steps = 0;
  let last = performance.now();
  const lap = () => {
    const before = last;
    last = performance.now();
    return last - before;
  };
  const submit = (id: number | 'previous', position: number) => {
    meter.stepping();
    steps++;
    cache.touch(position + 1);
    const result = meter.own(() => runtime.step(id, position, 'id', signal));
    result.catch(() => {}); // awaited later; until then a failure must not count as unhandled
    return result;
  };
  const plain = async (id: number, given: number): Promise<number[]> => {
    const position = cache.length;
    const now = ahead ?? submit(id, position);
    ahead = undefined;
    // The meter wants a clean start after the warm-up, so looking ahead begins after it.
    const mayLook = speculator === undefined || speculator.ahead;
    if (mayLook && steps > WARM_UP && given + 1 < most()) ahead = submit('previous', position + 1);
    const result = await now;
    cache.append([id]);
    meter.own(() => speculator?.stepped(result.id, lap()));
    return [result.id];
  };
  const check = async (id: number, draft: readonly number[], speculative: Speculator): Promise<number[]> => {
    const rows = [id, ...draft];
    meter.stepping();
    steps++;
    cache.touch(cache.length + rows.length);
    const best = await runtime.verify(rows, cache.length, signal);
    const wrong = draft.findIndex((drafted, i) => drafted !== best[i]);
    const right = wrong < 0 ? draft.length : wrong;
    cache.append(rows.slice(0, right + 1));
    const chosen = best.slice(0, right + 1);
    meter.checked(draft.length, right);
    meter.own(() => speculative.verified(chosen, lap()));
    return chosen;
  };
  const next = async (id: number, given: number) => {
    // A step that is in flight already writes the row that a draft would begin with.
    if (ahead !== undefined || speculator === undefined) return plain(id, given);
    const draft = meter.own(() => speculator.draft(Math.min(MOST_DRAFT, most() - given - 1)));
    return draft.length === 0 ? plain(id, given) : check(id, draft, speculator);
  };
  return Object.assign(next, {
    drain: async () => {
      await ahead;
    },
  });
}

/**
 * Undefined where drafts are not wanted, cannot be checked (an answer that is not greedy), or have nothing to be made
 * of. With `auto` the runtime is made ready beside the answer, once a draft would have been right; until then decoding
 * is plain.
 */
export async function speculatorFor(
  runtime: Runtime,
  { speculation = 'auto' }: GenerateRequest,
  { temperature, repetitionPenalty }: Sampling,
  promptIds: readonly number[],
): Promise<Speculator | undefined> {
  if (speculation === 'off' || temperature > 0 || repetitionPenalty !== 1) return undefined;
  if (speculation === 'auto' && promptIds.length < SHORTEST_PROMPT) return undefined;
  const speculator = createSpeculator(createLookup(promptIds), speculation);
  let ready = false;
  let asked = speculation === 'always';
  const prepare = async () => {
    try {
      ready = await runtime.prepareVerify();
    } catch {
      // An answer without drafts is as good; a lost device is heard of by the next step.
      log('warn', 'generate', 'drafts cannot be checked on this device');
    }
  };
  if (asked) await prepare();
  return {
    draft: (most) => (ready ? speculator.draft(most) : []),
    get ahead() {
      return !ready || speculator.ahead;
    },
    stepped(id, ms) {
      speculator.stepped(id, ms);
      if (asked || speculator.ahead) return;
      asked = true;
      void prepare();
    },
    verified: (chosen, ms) => speculator.verified(chosen, ms),
  };
}
