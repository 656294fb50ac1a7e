/** Computes how full the model's context is, and which turns no longer fit. Pure. */
import type { Job } from '../../protocol/types.ts';

export interface ContextUse {
  /** Tokens of the newest prompt and its answer. */
  readonly used: number;
  readonly capacity: number;
  /** Share of the capacity, 0 to 1. It is 1 as soon as a turn had to be left out, even if the rest needs less. */
  readonly part: number;
  readonly state: 'roomy' | 'nearly-full' | 'full';
}

/** Share of the capacity above which the next question may push out the oldest one. */
const NEARLY_FULL = 0.85;

/** Describes the newest job that has reached a model; undefined if there is none. */
export function contextUse(jobs: readonly Job[]): ContextUse | undefined {
  const newest = jobs.findLast(({ context }) => context !== undefined);
  if (newest?.context === undefined) return undefined;
  const { prompt, capacity } = newest.context;
  const used = Math.min(capacity, prompt + (newest.tokens ?? 0));
  const full = forgottenBy(newest) > 0;
  const part = full ? 1 : used / capacity;
  const state = full ? 'full' : part >= NEARLY_FULL ? 'nearly-full' : 'roomy';
  return { used, capacity, part, state };
}

/** Returns how many turns, counted from the first, were left out of the prompt of the newest answer. */
export function turnsLeftOut(jobs: readonly Job[]): number {
  const newest = jobs.at(-1);
  let left = newest === undefined ? 0 : forgottenBy(newest);
  if (left === 0) return 0;
  // A turn without an answer is never in a prompt, so it does not count.
  const earlier = jobs.slice(0, -1);
  const first = earlier.findIndex(({ text }) => text !== '' && left-- === 0);
  return first < 0 ? earlier.length : first;
}

const forgottenBy = (job: Job): number => (job.kind === 'chat' ? (job.forgotten ?? 0) : 0);
