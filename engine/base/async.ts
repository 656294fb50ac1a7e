/** How asynchronous work can be run and waited for: one at a time, only the latest, until a signal fires. */
import { throwIfAborted } from './errors.ts';

/** Runs work as {@link serial} does, and settles as that work does. */
export type Serial = <T>(work: () => Promise<T>) => Promise<T>;

/** Returns a function that runs work one at a time, in the order of the calls. A failure does not stop what follows. */
export function serial(): Serial {
  let tail: Promise<unknown> = Promise.resolve();
  return (work) => {
    const done = tail.then(work);
    tail = done.catch(() => {});
    return done;
  };
}

/** Whether the run that it was made for is still the latest. */
export type IsLatest = () => boolean;

export interface LatestOnly {
  /** Begins a run, which makes all earlier ones late. */
  begin(): IsLatest;
  /** For the run that is the latest now; begins none. */
  current(): IsLatest;
  /** Makes every run so far late. */
  cancel(): void;
}

/** Distinguishes late results from the latest: of several overlapping runs, only the last started one may show its result. */
export function latestOnly(): LatestOnly {
  let latest = 0;
  const current = (): IsLatest => {
    const run = latest;
    return () => run === latest;
  };
  return {
    begin() {
      latest++;
      return current();
    },
    current,
    cancel() {
      latest++;
    },
  };
}

/**
 * Settles as `work` does, which may be there already (undefined), but throws `request-aborted` as soon as the signal fires. The
 * work itself goes on.
 */
export async function unlessAborted<T>(
  work: Promise<T> | undefined,
  signal: AbortSignal | undefined,
  who: string,
): Promise<T | undefined> {
  throwIfAborted(signal, who);
  if (work === undefined || signal === undefined) return work;
  const { promise: stopped, reject } = Promise.withResolvers<never>();
  const stop = () => {
    try {
      throwIfAborted(signal, who);
    } catch (error) {
      reject(error);
    }
  };
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await Promise.race([work, stopped]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
