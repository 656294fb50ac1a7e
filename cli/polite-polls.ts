/**
 * Slows Dawn's polling in Node. While a GPU operation is pending, Dawn's binding calls itself by `setImmediate` without a
 * pause, which takes a whole core. A GPU in software computes on those cores.
 */

/** Milliseconds of a wait in which polls follow at once: most readbacks of small work end within it. */
const EAGER_MS = 0.3;
/** Milliseconds between later polls: the shortest timer that Node has. */
const PAUSE_MS = 1;

export interface Timers {
  readonly immediate: (run: () => void) => unknown;
  readonly timeout: (run: () => void, ms: number) => unknown;
  /** Milliseconds. */
  readonly now: () => number;
}

/**
 * Returns a replacement of `setImmediate` for polls. A poll asks for the next one while it runs; a poll that is asked for
 * from elsewhere begins a new wait.
 */
export function politePolls({ immediate, timeout, now }: Timers): (poll: () => void) => unknown {
  let polling = false;
  let began = 0;
  return (poll) => {
    if (!polling) began = now();
    const run = () => {
      polling = true;
      try {
        poll();
      } finally {
        polling = false;
      }
    };
    return now() - began < EAGER_MS ? immediate(run) : timeout(run, PAUSE_MS);
  };
}

/** Replaces the global `setImmediate` for functions of the binding, which have no name and no source. */
export function slowNativePolls(): void {
  const original = globalThis.setImmediate;
  const polls = politePolls({ immediate: original, timeout: setTimeout, now: () => performance.now() });
  const replaced = (callback: (...args: unknown[]) => void, ...args: unknown[]) =>
    isNative(callback) ? polls(() => callback(...args)) : original(callback, ...args);
  globalThis.setImmediate = Object.assign(replaced, original) as unknown as typeof setImmediate;
}

function isNative(callback: { readonly name: string }): boolean {
  return callback.name === '' && Function.prototype.toString.call(callback).includes('[native code]');
}
