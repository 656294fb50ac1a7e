/** Measures the current throughput: the mean of the last seconds, so that a pause or a slow start soon stops counting. */

/** Milliseconds. */
const WINDOW_MS = 8000;
/** Milliseconds of samples below which the throughput counts as unknown. */
const LEAST_MS = 500;

export function throughputMeter(now: () => number, windowMs = WINDOW_MS) {
  let samples: { readonly at: number; readonly done: number }[] = [];
  return {
    /** `done`: the total so far. */
    add(done: number): void {
      const at = now();
      samples.push({ at, done });
      const old = samples.findLastIndex((sample) => at - sample.at > windowMs);
      if (old > 0) samples = samples.slice(old);
    },
    /** 0 while it is unknown. */
    perSecond(): number {
      const first = samples[0];
      const last = samples.at(-1);
      if (first === undefined || last === undefined || last.at - first.at < LEAST_MS) return 0;
      return (1000 * (last.done - first.done)) / (now() - first.at);
    },
    restart(): void {
      samples = [];
    },
  };
}
