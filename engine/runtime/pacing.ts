/**
 * Decides how much GPU work goes into one submit, and how many submits are in flight. WebGPU has no queue priority:
 * while a submit runs, no page draws. So a run is cut into slices of a few dispatches, sized by measured time, with few
 * slices in flight; at the politest level the GPU is idle between slices. An abort takes effect before the next slice.
 *
 * A slice's time runs from the end of the previous slice, or from its own submit if that is later, to its end. A slice
 * over its limit halves the next one; a slice under half of it lets the next grow by half. Where a single dispatch
 * takes too long, prompts run with fewer rows. Each program has a slice size of its own, since the costs of its
 * dispatches differ.
 *
 * Not here: what a dispatch computes (`program/program.ts`), which request is next (`session/queue.ts`).
 */
import { unlessAborted } from '../base/async.ts';
import { throwIfAborted } from '../base/errors.ts';

/** How much the engine takes of a GPU that it shares with pages. */
export type Pace = 'polite' | 'balanced' | 'full';

interface Limits {
  /** Longest time of a slice. A frame is 16.7 ms; drivers reset a device after about two seconds. */
  readonly sliceMs: number;
  readonly inFlight: number;
  /** Idle time between two slices. */
  readonly gapMs: number;
  /** Dispatches in a program's first slice, before any is measured. */
  readonly start: number;
}

const LIMITS: Readonly<Record<Pace, Limits>> = {
  polite: { sliceMs: 7, inFlight: 1, gapMs: 4, start: 5 },
  balanced: { sliceMs: 14, inFlight: 2, gapMs: 0, start: 10 },
  full: { sliceMs: 200, inFlight: 2, gapMs: 0, start: Number.POSITIVE_INFINITY },
};

/** Fewest rows of a prompt's run: each run reads all weights. */
const FEWEST_ROWS = 16;

/** One run of a program. */
export interface Work {
  /** Key of the remembered slice size. */
  readonly program: object;
  /** A token is one submit at full speed; a prompt is cut into slices at every level. */
  readonly kind: 'prompt' | 'token';
  /** Settles when the run may start; absent where it may at once. Later work waits too. */
  readonly ready?: Promise<void> | undefined;
  /** Called when the run starts; returns the number of dispatches. */
  begin(): number;
  submit(from: number, to: number): void;
  readonly signal?: AbortSignal | undefined;
}

export interface Pacer {
  pace: Pace;
  /** Rows that a prompt's next run should have, at most `most`. */
  rows(most: number): number;
  /**
   * Resolves when all of the work is submitted. At full speed a token is submitted before this returns, unless it is not ready
   * or other work waits. Runs never interleave. Throws `request-aborted` until it is ready and between two slices, the error of
   * `ready`, and errors of the GPU.
   */
  run(work: Work): Promise<void>;
}

export interface PacerOptions {
  /** Resolves when all submitted work has run. */
  settled(): Promise<void>;
  /** Milliseconds. */
  now?(): number;
  wait?(ms: number): Promise<void>;
}

export function createPacer({
  settled,
  now = () => performance.now(),
  wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
}: PacerOptions): Pacer {
  const sizes = new Map<object, number>();
  const inFlightSlices: Promise<void>[] = [];
  let pace: Pace = 'full';
  let rows = Number.POSITIVE_INFINITY;
  let tail: Promise<void> = Promise.resolve();
  let waiting = 0;
  let lastEnd = Number.NEGATIVE_INFINITY;

  const measure = async (work: Work, size: number, whole: boolean) => {
    const { sliceMs } = LIMITS[pace];
    const begun = now();
    await settled();
    const took = now() - Math.max(begun, lastEnd);
    lastEnd = now();
    const known = sizes.get(work.program) ?? size;
    if (took > sliceMs) {
      if (size === 1 && work.kind === 'prompt') rows = Math.max(FEWEST_ROWS, Math.floor(rows / 2));
      sizes.set(work.program, Math.max(1, Math.min(known, Math.floor(size / 2))));
    } else if (took < sliceMs / 2) {
      sizes.set(work.program, Math.max(known, Math.ceil(size * 1.5)));
      if (whole && work.kind === 'prompt') rows *= 2;
    }
  };
  const submitSlice = (work: Work, from: number, to: number, end: number) => {
    work.submit(from, to);
    const landing = measure(work, to - from, from === 0 && to === end).finally(() => {
      inFlightSlices.splice(inFlightSlices.indexOf(landing), 1);
    });
    landing.catch(() => {}); // the await above rethrows it; after an abort no caller is left
    inFlightSlices.push(landing);
  };
  const sliced = async (work: Work) => {
    if (work.ready !== undefined) await unlessAborted(work.ready, work.signal, 'pacing');
    throwIfAborted(work.signal, 'pacing');
    const end = work.begin();
    for (let from = 0; from < end; ) {
      const { inFlight, gapMs, start } = LIMITS[pace];
      while (inFlightSlices.length >= inFlight) await inFlightSlices[0];
      const left = lastEnd + gapMs - now();
      if (gapMs > 0 && left > 0) await wait(left);
      throwIfAborted(work.signal, 'pacing');
      const size = sizes.get(work.program) ?? Math.min(start, end);
      const to = wholeNow(work) ? end : Math.min(end, from + size);
      submitSlice(work, from, to, end);
      from = to;
    }
  };
  const wholeNow = (work: Work) => pace === 'full' && work.kind === 'token';

  return {
    get pace() {
      return pace;
    },
    set pace(next) {
      if (next === pace) return;
      pace = next;
      sizes.clear();
      rows = Number.POSITIVE_INFINITY;
    },
    rows(most) {
      rows = Math.min(rows, most);
      return rows;
    },
    async run(work) {
      if (waiting === 0 && work.ready === undefined && wholeNow(work)) {
        throwIfAborted(work.signal, 'pacing');
        work.submit(0, work.begin());
        return;
      }
      waiting++;
      const turn = tail.then(() => sliced(work)).finally(() => waiting--);
      tail = turn.catch(() => {});
      await turn;
    },
  };
}
