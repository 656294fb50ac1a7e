/**
 * Decides when to verify drafts. In plain decoding one step is in flight ahead of the readback. A draft needs the ids
 * on the CPU, so it loses that overlap and pays off only within quotations. Plain decoding therefore continues until
 * the lookup has predicted a few tokens in a row, which is known without running anything, and resumes after the first
 * failed draft.
 *
 * Drafts also pay off only if a run of several rows costs little more than one. Both are timed. While drafts give fewer
 * tokens per second they pause, each time for longer.
 */
import type { Lookup } from './prompt-lookup.ts';

/** Correct predictions in a row before drafts are verified. */
const STREAK = 2;
/** Runs that are always made before times decide; the first, of drafts and of plain steps, may include compilation. */
const ENOUGH_RUNS = 3;
/** Tokens of the first pause. */
const FIRST_PAUSE = 64;
/** Weight of the newest sample in a running mean. */
const NEWEST = 0.2;

/** `auto`: while it is faster. `always`: regardless of cost, for tests and comparisons. */
export type Speculation = 'auto' | 'always' | 'off';

/** Chooses between plain steps and drafts for one answer. */
export interface Speculator {
  /** Returns at most `most` ids to verify now; none in plain decoding. */
  draft(most: number): readonly number[];
  /** Whether a step may be submitted before the id of the previous one is known. */
  readonly ahead: boolean;
  /** Records that a plain step chose `id`, `ms` milliseconds after the previous one; 0 for a prompt. */
  stepped(id: number, ms: number): void;
  /** Records that a draft was verified in `ms` milliseconds; `chosen`: its correct ids and the model's next one. */
  verified(chosen: readonly number[], ms: number): void;
  /** Records that `id` follows without a choice. */
  forced(id: number): void;
  /** Records that only the first `length` tokens of prompt and answer remain. */
  truncate(length: number): void;
}

/** Starts in plain decoding. `lookup` must contain the prompt. */
export function createSpeculator(lookup: Lookup, mode: Exclude<Speculation, 'off'>): Speculator {
  let streak = 0;
  let predicted = lookup.next(1)[0];
  let steps = 0;
  let stepMs = 0;
  let perToken = 0;
  let runs = 0;
  let pause = 0;
  let nextPause = FIRST_PAUSE;
  const mean = (before: number, now: number) => (before === 0 ? now : before + (now - before) * NEWEST);
  const ready = () => streak >= STREAK && pause === 0;
  const push = (id: number) => {
    if (pause > 0) pause--;
    lookup.push(id);
  };
  return {
    draft: (most) => (ready() && most > 0 ? lookup.next(most) : []),
    get ahead() {
      return !ready();
    },
    stepped(id, ms) {
      streak = id === predicted ? streak + 1 : 0;
      if (ms > 0 && ++steps > 1) stepMs = mean(stepMs, ms);
      push(id);
      predicted = lookup.next(1)[0];
    },
    forced(id) {
      streak = 0;
      push(id);
      predicted = lookup.next(1)[0];
    },
    truncate(length) {
      streak = 0;
      lookup.truncate(length);
      predicted = lookup.next(1)[0];
    },
    verified(chosen, ms) {
      for (const id of chosen) push(id);
      predicted = lookup.next(1)[0];
      if (chosen.length === 1) streak = 0;
      if (++runs > 1) perToken = mean(perToken, ms / chosen.length);
      if (mode === 'always' || runs <= ENOUGH_RUNS || stepMs === 0 || perToken <= stepMs) return;
      pause = nextPause;
      nextPause *= 2;
      runs = 1;
      perToken = 0;
    },
  };
}
