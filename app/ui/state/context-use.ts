/** How full the model's context is, and which turns no longer fit. Pure. */
import type { Job } from '../../protocol/types.ts';

export interface ContextUse {
  /** Tokens of the newest prompt and its answer. */
  readonly used: number;
  readonly capacity: number;
  /** Between 0 and 1; 1 as soon as something had to be left out, though what is left needs less. */
  readonly part: number;
  readonly state: 'roomy' | 'nearly-full' | 'full';
}

/** From here on the next question may push the oldest one out. */
const NEARLY = 0.85;

/** Of the newest job that has reached a model; undefined while there is none. */
export function contextUse(jobs: readonly Job[]): ContextUse | undefined {
  const newest = jobs.findLast(({ context }) => context !== undefined);
  if (newest?.context === undefined) return undefined;
  const { prompt, capacity } = newest.context;
  const used = Math.min(capacity, prompt + (newest.tokens ?? 0));
  const full = forgottenBy(newest) > 0;
  const part = full ? 1 : used / capacity;
  const state = full ? 'full' : part >= NEARLY ? 'nearly-full' : 'roomy';
  return { used, capacity, part, state };
}

/** How many turns, from the first one on, the newest answer was made without. */
export function turnsLeftOut(jobs: readonly Job[]): number {
  const newest = jobs.at(-1);
  let left = newest === undefined ? 0 : forgottenBy(newest);
  if (left === 0) return 0;
  // Turns without an answer were never in a prompt.
  const earlier = jobs.slice(0, -1);
  const first = earlier.findIndex(({ text }) => text !== '' && left-- === 0);
  return first < 0 ? earlier.length : first;
}

const forgottenBy = (job: Job): number => (job.kind === 'chat' ? (job.forgotten ?? 0) : 0);
