/**
 * Runs requests one after the other, in order of arrival, because a model has one cache. A request that is aborted
 * while it waits leaves the queue at once.
 */
import { fail } from '../base/errors.ts';

/** A queue of tasks. */
export interface Queue {
  /** Runs `task` after all earlier ones. Throws `request-aborted` if `signal` aborts before it starts. */
  run<T>(task: () => Promise<T>, signal?: AbortSignal): Promise<T>;
  /** Resolves when all tasks that are in the queue now have ended. */
  idle(): Promise<void>;
}

/** Returns an empty queue. */
export function createQueue(): Queue {
  let last: Promise<void> = Promise.resolve();
  return {
    async run(task, signal) {
      const turn = last;
      let leave = () => {};
      const left = new Promise<void>((resolve) => {
        leave = resolve;
      });
      last = turn.then(() => left);
      try {
        await (signal === undefined ? turn : unlessAborted(turn, signal));
        return await task();
      } finally {
        leave();
      }
    },
    idle: () => last,
  };
}

function unlessAborted(turn: Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      try {
        fail('request-aborted', { who: 'queue', message: 'stopped on request' });
      } catch (error) {
        reject(error);
      }
    };
    if (signal.aborted) return stop();
    signal.addEventListener('abort', stop, { once: true });
    void turn.then(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    });
  });
}
