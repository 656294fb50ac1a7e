/**
 * The decode steps of an answer. A plain step gives one token. The next step is submitted before that token is read
 * back and takes its id on the GPU, so the GPU does not wait for the round trip. A surplus step after the end of the
 * text writes a cache row that does not count. A speculative step verifies a draft and keeps the correct part of it.
 */
import type { Cache } from '../kv/cache.ts';
import { log } from '../base/log.ts';
import type { Runtime, StepResult } from '../runtime/runtime.ts';
import type { Sampling } from '../sampling/settings.ts';
import { createLookup } from './drafts/prompt-lookup.ts';
import { type StatsMeter, WARM_UP } from './stats.ts';
import { createSpeculator, type Speculator } from './drafts/speculate.ts';
import type { GenerateRequest } from './types.ts';

/** Maximum tokens of a draft: with the token before them a run of 8 rows, which the kernels for few rows support. */
const MOST_DRAFT = 7;
/** Minimum tokens of a prompt for drafts in mode `auto`; a shorter one has little to quote. */
const SHORTEST_PROMPT = 64;

/** What the steps of an answer work on. */
export interface Stepping {
  readonly runtime: Runtime;
  readonly cache: Cache;
  readonly meter: StatsMeter;
  /** Current limit of tokens of the answer; it never decreases. */
  most(): number;
  readonly speculator: Speculator | undefined;
  readonly signal: AbortSignal | undefined;
}

/** Runs steps. */
export interface Stepper {
  /** Runs `id`, the `given`-th token of the answer, and resolves to the next one or more ids. */
  (id: number, given: number): Promise<readonly number[]>;
  /** Waits for a step that is still in flight. */
  drain(): Promise<void>;
}

/** Returns the steps of one answer. The prompt must be in the cache. */
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
    result.catch(() => {}); // awaited later; avoid an unhandled rejection until then
    return result;
  };
  const plain = async (id: number, given: number): Promise<number[]> => {
    const position = cache.length;
    const now = ahead ?? submit(id, position);
    ahead = undefined;
    // The meter needs a moment with nothing in flight after the warm-up, so overlapping steps start after it.
    const mayOverlap = speculator === undefined || speculator.ahead;
    if (mayOverlap && steps > WARM_UP && given + 1 < most()) ahead = submit('previous', position + 1);
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
    // A step in flight already writes the first row of a draft.
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
 * Returns the speculator of a request; undefined if drafts are off, cannot be verified (sampled answers), or the prompt
 * is too short. In mode `auto` the runtime prepares verification in the background, once a draft would have been right;
 * until it is ready decoding is plain.
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
  let requested = speculation === 'always';
  const prepare = async () => {
    try {
      ready = await runtime.prepareVerify();
    } catch {
      // Continue without drafts, which only cost time. The next step reports a lost device.
      log('warn', 'generate', 'drafts cannot be verified on this device');
    }
  };
  if (requested) await prepare();
  return {
    draft: (most) => (ready ? speculator.draft(most) : []),
    get ahead() {
      return !ready || speculator.ahead;
    },
    stepped(id, ms) {
      speculator.stepped(id, ms);
      if (requested || speculator.ahead) return;
      requested = true;
      void prepare();
    },
    verified: (chosen, ms) => speculator.verified(chosen, ms),
  };
}
