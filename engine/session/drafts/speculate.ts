/**
 * When to check drafts. In plain decoding a step is in flight ahead of the readback; a draft needs the ids, so it
 * gives that up. It pays within quotations only: so plain decoding goes on until the lookup has foretold a few tokens
 * in a row (which is known without running anything), and comes back with the first draft that fails.
 *
 * And it pays only where a run of several rows costs little more than one: both are timed, and drafts rest for a
 * while, each time longer, where they bring fewer tokens a second.
 */
import type { Lookup } from './prompt-lookup.ts';

/** Tokens foretold in a row before drafts are checked. */
const STREAK = 2;
/** Measured before times decide; the first run may still compile. */
const ENOUGH_RUNS = 3;
const FIRST_REST = 64;
/** Weight of the newest measure in a mean. */
const NEWEST = 0.2;

/** `always`: whatever it costs, for tests and comparisons. */
export type Speculation = 'auto' | 'always' | 'off';

export interface Speculator {
  /** At most `most` ids to be checked now; none in plain decoding. */
  draft(most: number): readonly number[];
  /** Whether a step may be submitted before the id of the one before is known. */
  readonly ahead: boolean;
  /** A plain step chose `id`, `ms` after the one before. */
  stepped(id: number, ms: number): void;
  /** A draft was checked in `ms`; `chosen` are the ids it brought, one more than were right. */
  verified(chosen: readonly number[], ms: number): void;
}

export function createSpeculator(lookup: Lookup, mode: Exclude<Speculation, 'off'>): Speculator {
  let streak = 0;
  let foretold = lookup.next(1)[0];
  let stepMs = 0;
  let perToken = 0;
  let runs = 0;
  let rest = 0;
  let nextRest = FIRST_REST;
  const mean = (before: number, now: number) => (before === 0 ? now : before + (now - before) * NEWEST);
  const ready = () => streak >= STREAK && rest === 0;
  const push = (id: number) => {
    if (rest > 0) rest--;
    lookup.push(id);
  };
  return {
    draft: (most) => (ready() && most > 0 ? lookup.next(most) : []),
    get ahead() {
      return !ready();
    },
    stepped(id, ms) {
      streak = id === foretold ? streak + 1 : 0;
      stepMs = mean(stepMs, ms);
      push(id);
      foretold = lookup.next(1)[0];
    },
    verified(chosen, ms) {
      for (const id of chosen) push(id);
      foretold = lookup.next(1)[0];
      if (chosen.length === 1) streak = 0;
      if (++runs > 1) perToken = mean(perToken, ms / chosen.length);
      if (mode === 'always' || runs <= ENOUGH_RUNS || stepMs === 0 || perToken <= stepMs) return;
      rest = nextRest;
      nextRest *= 2;
      runs = 1;
      perToken = 0;
    },
  };
}
