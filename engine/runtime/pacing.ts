/**
 * How much GPU work goes into one submit, and what stays in flight. WebGPU has no queue priority: while a submit
 * runs, no page draws. So a run is cut into slices of a few dispatches, by measured time; few are in flight, and
 * at the politest level the GPU is left alone in between. A stop takes effect before the next slice.
 *
 * How: a slice's time is that from the end of the one before it, or from its own submit, to its end. A slice over
 * its limit halves the next; one under half of it lets the next grow by a half. Where one dispatch alone takes too
 * long, prompts go in with fewer rows. Each program has a size of its own, since its dispatches cost differently.
 *
 * Not here: what a dispatch computes (`program.ts`), whose request is next (`session/queue.ts`).
 */
import { throwIfAborted } from '../base/errors.ts';

/** How much the engine takes of a GPU that pages share. */
export type Pace = 'polite' | 'balanced' | 'full';

interface Limits {
  /** What a slice may last. A frame is 16.7 ms; a driver gives a device up after about two seconds. */
  readonly sliceMs: number;
  readonly inFlight: number;
  /** Time left to others between two slices. */
  readonly gapMs: number;
  /** Dispatches in a program's first slice, before any is measured. */
  readonly start: number;
}

const LIMITS: Readonly<Record<Pace, Limits>> = {
  polite: { sliceMs: 7, inFlight: 1, gapMs: 4, start: 5 },
  balanced: { sliceMs: 14, inFlight: 2, gapMs: 0, start: 10 },
  full: { sliceMs: 200, inFlight: 2, gapMs: 0, start: Number.POSITIVE_INFINITY },
};

/** Prompts are never cut to fewer rows: each run reads all weights. */
const FEWEST_ROWS = 16;

/** One run of a program. */
export interface Work {
  /** What its slices' size is remembered by. */
  readonly program: object;
  /** A token is one submit at full speed; a prompt is cut at every level. */
  readonly kind: 'prompt' | 'token';
  /** Called when its turn comes; returns the number of dispatches. */
  begin(): number;
  submit(from: number, to: number): void;
  readonly signal?: AbortSignal | undefined;
}

export interface Pacer {
  pace: Pace;
  /** Rows of a prompt that a run should have, of the `most` that it may have. */
  rows(most: number): number;
  /**
   * Resolves when all of the work is submitted; at full speed a token's is before this returns, unless others
   * wait. Runs never mix. Throws `request-aborted` between two slices, and what the GPU reports.
   */
  run(work: Work): Promise<void>;
}

export interface PacerOptions {
  /** Resolves when what was submitted so far has run. */
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
    landing.catch(() => {}); // whoever waits for it hears of it; after a stop nobody does
    inFlightSlices.push(landing);
  };
  const sliced = async (work: Work) => {
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
      if (waiting === 0 && wholeNow(work)) {
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
