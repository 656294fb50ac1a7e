/**
 * Long work in slices, so that a page stays responsive while it is read. A long function is a generator that yields at
 * places where it may be interrupted; it knows nothing of time.
 */
export type Sliced<T> = Generator<undefined, T>;

export interface Slicing {
  /** Waits for a turn of the event loop. */
  pause(): Promise<void>;
  /** Milliseconds from any origin. */
  now(): number;
  /** Milliseconds of work between two pauses. */
  readonly slice: number;
}

/** Runs to the end without a pause. */
export function finish<T>(work: Sliced<T>): T {
  for (;;) {
    const { done, value } = work.next();
    if (done === true) return value;
  }
}

/** Runs with a pause whenever a slice of time has passed. */
export async function inSlices<T>(work: Sliced<T>, slicing: Slicing = forPages): Promise<T> {
  let until = slicing.now() + slicing.slice;
  for (;;) {
    const { done, value } = work.next();
    if (done === true) return value;
    if (slicing.now() < until) continue;
    await slicing.pause();
    until = slicing.now() + slicing.slice;
  }
}

/** Below the 50 ms from which a person notices that a page does not react. */
const SLICE = 24;

/** A message comes sooner than a timer, which browsers delay to 4 ms, or to a second in a page that is not seen. */
const forPages: Slicing = {
  pause: () =>
    new Promise((resolve) => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => {
        port1.close();
        resolve();
      };
      port2.postMessage(undefined);
    }),
  now: () => performance.now(),
  slice: SLICE,
};
