/**
 * Runs requests one after the other, in order of arrival, because a model has one cache. A request that is aborted
 * while it waits leaves the queue at once.
 */
import { unlessAborted } from '../base/async.ts';

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
        await unlessAborted(turn, signal, 'queue');
        return await task();
      } finally {
        leave();
      }
    },
    idle: () => last,
  };
}
