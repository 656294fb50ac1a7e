/**
 * The decode steps of an answer. A plain step gives one token. The next step is submitted before that token is read
 * back and takes its id on the GPU, so the GPU does not wait for the round trip. A surplus step after the end of the
 * text writes a cache row that does not count. A speculative step verifies a draft and keeps the correct part of it.
 *
 * A mask limits a choice. A step ahead is submitted with the mask of the choice before it. If another mask is asked for
 * then, a greedy choice still counts where it is the same under both; otherwise the step is run again.
 */
import type { Cache } from '../kv/cache.ts';
import { log } from '../base/log.ts';
import type { Runtime, StepResult } from '../runtime/runtime.ts';
import { isStricter, type Mask, NO_MASK, permits, sameMask } from '../sampling/mask.ts';
import type { Sampling } from '../sampling/settings.ts';
import type { Answer } from './detokenise.ts';
import { createLookup } from './drafts/prompt-lookup.ts';
import { type StatsMeter, WARM_UP } from './stats.ts';
import { createSpeculator, type Speculator } from './drafts/speculate.ts';
import type { GenerateHooks } from './model.ts';
import { readPrompt, readRest } from './read-prompt.ts';
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
  readonly promptIds: readonly number[];
  /** The answer so far. Its ids follow the prompt's. */
  readonly answer: Pick<Answer, 'ids' | 'most'>;
  readonly speculator: Speculator | undefined;
  /** Whether the likeliest id is chosen. */
  readonly greedy: boolean;
  readonly hooks: GenerateHooks;
}

/** Runs steps. */
export interface Stepper {
  /** Resolves to the id that follows prompt and answer, chosen under a mask. Give it to the answer before the next. */
  next(mask: Mask): Promise<number>;
  /** Records that an id was added to the answer without a choice, after {@link cut}. */
  forced(id: number): void;
  /** Drops what was computed for tokens after the answer. Call before ids are forced and after a rewind. */
  cut(): Promise<void>;
  /** Waits for a step that is still in flight. */
  drain(): Promise<void>;
}

/** A step that was submitted before it was asked for. */
interface StepAhead {
  readonly result: Promise<StepResult>;
  /** The mask of its choice. */
  readonly mask: Mask;
  /** The cache row that it writes. */
  readonly position: number;
}

/** Returns the steps of one answer. They read the prompt first. */
export function stepper(on: Stepping): Stepper {
  const { runtime, cache, meter, promptIds, answer, speculator, greedy, hooks } = on;
  const { signal } = hooks;
  let ahead: StepAhead | undefined;
  /** Ids that a draft's verification chose and that are not in the answer yet. */
  let verified: number[] = [];
  let before = NO_MASK;
  let begun = false;
  let steps = 0;
  let last = performance.now();
  const lap = () => {
    const start = last;
    last = performance.now();
    return last - start;
  };
  const total = () => promptIds.length + answer.ids.length;
  const keep = (length: number) => {
    if (begun && cache.length > length) cache.truncate(cache.keepable(length));
  };
  const submit = (id: number | 'previous', position: number, mask: Mask): Promise<StepResult> => {
    meter.stepping();
    steps++;
    cache.touch(position + 1);
    runtime.setMask(mask);
    const result = meter.own(() => runtime.step(id, position, 'id', signal));
    result.catch(() => {}); // awaited later; avoid an unhandled rejection until then
    return result;
  };
  /** Whether the choice after the next one may be submitted now: if it probably has the same mask. */
  const mayOverlap = (mask: Mask): boolean => {
    if (!runtime.overlaps) return false;
    if (steps <= WARM_UP) return false; // the meter needs a moment with nothing in flight after the warm-up
    if (answer.ids.length + 1 >= answer.most() || speculator?.ahead === false) return false;
    return !mask.only && (mask.ids.length === 0 || sameMask(mask, before));
  };
  /** Runs the last id of the answer. */
  const plain = async (mask: Mask): Promise<number> => {
    const position = cache.length;
    const id = answer.ids.at(-1) ?? (promptIds.at(-1) as number);
    const early = ahead;
    ahead = undefined;
    let result: StepResult;
    if (early === undefined || sameMask(mask, early.mask)) {
      const now = early?.result ?? submit(id, position, mask);
      if (mayOverlap(mask)) {
        ahead = { result: submit('previous', position + 1, mask), mask, position: position + 1 };
      }
      result = await now;
    } else {
      result = await early.result;
      const valid = greedy && permits(mask, result.id) && isStricter(mask, early.mask);
      if (!valid) result = await submit(id, position, mask);
    }
    cache.append([id]);
    meter.own(() => speculator?.stepped(result.id, lap()));
    return result.id;
  };
  const check = async (draft: readonly number[], speculative: Speculator): Promise<void> => {
    const rows = [answer.ids.at(-1) as number, ...draft];
    meter.stepping();
    steps++;
    cache.touch(cache.length + rows.length);
    const best = await runtime.verify(rows, cache.length, signal);
    const wrong = draft.findIndex((drafted, i) => drafted !== best[i]);
    const right = wrong < 0 ? draft.length : wrong;
    // A state after the whole draft is of no use if a part of it was wrong: then the right part is run again, with the
    // token after it.
    cache.append(rows);
    keep(cache.length - draft.length + right);
    verified = best.slice(0, right + 1);
    meter.checked(draft.length, right);
    meter.own(() => speculative.verified(verified, lap()));
  };
  /** Forgets what follows the answer. */
  const forget = () => {
    if (verified.length > 1) meter.checked(0, 1 - verified.length);
    verified = [];
    speculator?.truncate(total());
  };
  /** Runs a prompt, or the ids that a guide forced with the one before them. */
  const readUp = async (mask: Mask): Promise<number> => {
    const ids = [...promptIds, ...answer.ids];
    runtime.setMask(mask);
    if (begun) {
      meter.stepping();
      const { id } = await readRest(on, ids, 'id', { signal });
      speculator?.forced(id);
      return id;
    }
    const { id } = await readPrompt(on, ids, 'id', meter, hooks);
    begun = true;
    speculator?.stepped(id, 0);
    lap();
    return id;
  };
  /** Verifies a draft, if there is one. It is as long as the guide's mask allows: that of the first id is known. */
  const tryDraft = async (mask: Mask): Promise<void> => {
    // A step in flight already writes the first row of a draft.
    if (ahead !== undefined || speculator === undefined || mask.only) return;
    const most = Math.min(MOST_DRAFT, answer.most() - answer.ids.length - 1);
    const draft = meter.own(() => speculator.draft(most));
    if (draft.length > 0 && permits(mask, draft[0] as number)) await check(draft, speculator);
  };
  const choose = async (mask: Mask): Promise<number> => {
    if (ahead === undefined && verified.length === 0) {
      // Logits need at least one token that is run.
      keep(total() - 1);
      if (!begun || cache.length < total() - 1) return readUp(mask);
      await tryDraft(mask);
    }
    const [id] = verified;
    if (id === undefined) return plain(mask);
    if (permits(mask, id)) return verified.shift() as number;
    forget();
    keep(total() - 1);
    return cache.length < total() - 1 ? readUp(mask) : plain(mask);
  };
  const drain = async (): Promise<StepAhead | undefined> => {
    const early = ahead;
    ahead = undefined;
    await early?.result;
    return early;
  };
  return {
    async next(mask) {
      const id = await choose(mask);
      before = mask;
      return id;
    },
    forced(id) {
      meter.forced(1);
      speculator?.forced(id);
    },
    async cut() {
      const early = await drain();
      // The row of a step ahead is that of the answer's last id, unless the answer was cut back.
      if (early !== undefined && early.position === total() - 1 && cache.length === early.position) {
        cache.append([answer.ids.at(-1) as number]);
      }
      forget();
      keep(total());
    },
    async drain() {
      await drain();
    },
  };
}

/**
 * Returns the speculator of a request; undefined if drafts are off, cannot be verified (sampled answers), or the prompt
 * is too short. In mode `auto` the runtime prepares verification in the background when the first token is there; until it
 * is ready decoding is plain.
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
      if (requested) return;
      requested = true;
      void prepare();
    },
    verified: (chosen, ms) => speculator.verified(chosen, ms),
    forced: (id) => speculator.forced(id),
    truncate: (length) => speculator.truncate(length),
  };
}
