/**
 * Several continuations over one cache: the rows in which two branches agree stay where they are; of a branch that
 * waits only the rows past them are set aside. So a fork costs memory for its own rows, and changing from one to
 * another costs a copy of both tails on the GPU, but no computation.
 *
 * What is set aside is bounded by the cache's own capacity; the branch that waited longest is forgotten first. A
 * forgotten branch, or one whose beginning was written over, is simply read anew: `switchTo` leaves in the cache
 * what still holds.
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
  const makeRoom = (count: number) => {
    const held = () => [...waiting.values()].reduce((sum, w) => sum + w.tail.count, 0);
    for (const name of waiting.keys()) {
      if (held() + count <= cache.capacity) return;
      forget(name);
    }
  };
  /** Sets aside what the current branch has from row `from` on. */
  const leave = (from: number) => {
    const count = cache.length - from;
    if (count === 0) return;
    makeRoom(count);
    waiting.set(current, { ids: [...cache.ids], from, tail: tails.park(from, count) });
    cache.truncate(from);
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
      leave(holds ? back.from : cache.commonPrefix(back?.ids ?? ids));
      if (holds) {
        tails.unpark(back.tail, back.from);
        cache.append(back.ids.slice(back.from));
      }
      back?.tail.destroy();
      current = name;
    },
    clear() {
      for (const name of [...waiting.keys()]) forget(name);
    },
  };
}
