/**
 * Several continuations over one cache: the rows in which two branches agree stay where they are; of a branch that
 * waits only the rows past them are set aside. So a fork costs memory for its own rows, and changing from one to
 * another costs a copy of both tails on the GPU, but no computation. Of rings (`cache.ts`) all is set aside.
 *
 * What is set aside is bounded by the cache's own capacity, a ring counting in full; the branch that waited longest
 * is forgotten first. A forgotten branch, or one whose beginning was written over, is simply read anew: `switchTo`
 * leaves in the cache what still holds.
 */
import type { Cache } from './cache.ts';

/** Rows of the cache set aside, wherever they lie. */
export interface Tail {
  readonly count: number;
  destroy(): void;
}

export interface Tails<T extends Tail> {
  park(first: number, count: number): T;
  unpark(tail: T, first: number): void;
}

interface Waiting<T> {
  readonly ids: readonly number[];
  /** The first row that is set aside. */
  readonly from: number;
  readonly tail: T;
  /** Of the cache when it was left. */
  readonly floor: number;
}

export interface Branches {
  /** The branch whose rows are in the cache. */
  readonly current: string;
  /**
   * Makes `name` the current branch, with the rows that it had; `ids` are what it is going to read. A branch that is
   * new starts with what it shares with the one before.
   */
  switchTo(name: string, ids: readonly number[]): void;
  /** Forgets all that waits; the current branch goes on. */
  clear(): void;
}

export function createBranches<T extends Tail>(cache: Cache, tails: Tails<T>): Branches {
  const waiting = new Map<string, Waiting<T>>();
  let current = '';

  const forget = (name: string) => {
    waiting.get(name)?.tail.destroy();
    waiting.delete(name);
  };
  const takes = (count: number) => Math.max(count, cache.ringRows);
  const makeRoom = (count: number) => {
    const held = () => [...waiting.values()].reduce((sum, w) => sum + takes(w.tail.count), 0);
    for (const name of waiting.keys()) {
      if (held() + takes(count) <= cache.capacity) return;
      forget(name);
    }
  };
  /** Sets aside what the current branch has from row `from` on. */
  const leave = (from: number) => {
    const count = cache.length - from;
    if (count === 0) return;
    makeRoom(count);
    const { ids, floor } = cache;
    waiting.set(current, { ids: [...ids], from, tail: tails.park(from, count), floor });
  };

  return {
    get current() {
      return current;
    },
    switchTo(name, ids) {
      if (name === current) return;
      const back = waiting.get(name);
      waiting.delete(name);
      const holds = back !== undefined && cache.commonPrefix(back.ids) >= back.from;
      const from = holds ? back.from : cache.commonPrefix(back?.ids ?? ids);
      leave(from);
      if (holds) {
        tails.unpark(back.tail, from);
        cache.restore(back.ids, back.floor);
      } else cache.truncate(cache.keepable(from));
      back?.tail.destroy();
      current = name;
    },
    clear() {
      for (const name of [...waiting.keys()]) forget(name);
    },
  };
}
