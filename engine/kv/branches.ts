/**
 * Several continuations (branches) over one cache. Rows that two branches share stay in place; only the rows after
 * them (the tail) are parked when a branch becomes inactive. So a branch costs memory for its own rows, and switching
 * copies both tails on the GPU but computes nothing. Rings (`cache.ts`) are parked whole, and of states that cannot be
 * cut back the last one. Of a packed text (`packed.ts`) either all rows stay in place or all are parked.
 *
 * The parked rows are bounded by the cache's capacity, with a ring counted in full; the branch parked longest is
 * evicted first. An evicted branch, or one whose shared rows were overwritten, is computed again: `switchTo` keeps the
 * rows of the cache that are still valid.
 */
import { type Cache, commonPrefix } from './cache.ts';
import type { Packed } from './packed.ts';

/** Parked rows of the cache. */
export interface Tail {
  readonly count: number;
  destroy(): void;
}

/** Moves rows out of the cache and back. */
export interface Tails<T extends Tail> {
  /** Rows that take as many bytes as the state that is parked with them (`snapshots.ts`). */
  readonly rowsOfState: number;
  park(first: number, count: number): T;
  unpark(tail: T, first: number): void;
}

interface ParkedBranch<T> {
  readonly ids: readonly number[];
  /** The first parked row. */
  readonly from: number;
  readonly tail: T;
  /** `minLength` of the cache when the branch was parked. */
  readonly minLength: number;
  /** The packed text among the parked rows. */
  readonly packed: Packed | undefined;
}

export interface Branches {
  /** The branch whose rows are in the cache. */
  readonly current: string;
  /**
   * Makes `name` the current branch and restores its rows. `ids` are the tokens that it will read next. A new branch
   * starts with the rows that `ids` shares with the current branch, or with a parked one that shares more. A parked branch
   * whose shared rows were overwritten gets them back the same way.
   */
  switchTo(name: string, ids: readonly number[]): void;
  /** Number of leading `ids` whose rows {@link switchTo} would find. */
  held(name: string, ids: readonly number[]): number;
  /** Drops all parked branches. The current branch is unaffected. */
  clear(): void;
}

export function createBranches<T extends Tail>(cache: Cache, tails: Tails<T>): Branches {
  const parked = new Map<string, ParkedBranch<T>>();
  let current = '';

  const evict = (name: string) => {
    parked.get(name)?.tail.destroy();
    parked.delete(name);
  };
  const cost = (count: number) => Math.max(count, cache.ringRows) + tails.rowsOfState;
  const evictFor = (count: number) => {
    const total = () => [...parked.values()].reduce((sum, branch) => sum + cost(branch.tail.count), 0);
    for (const name of parked.keys()) {
      if (total() + cost(count) <= cache.capacity) return;
      evict(name);
    }
  };
  /** Parks the rows of the current branch from row `from` on. */
  const parkCurrent = (from: number) => {
    const count = cache.length - from;
    if (count === 0) return;
    evictFor(count);
    const { ids, minLength } = cache;
    const packed = from === 0 ? cache.packed : undefined;
    parked.set(current, { ids: [...ids], from, tail: tails.park(from, count), minLength, packed });
  };

  /** Rows that stay in place where `shared` leading ids are the same: a packed text as a whole, or nothing of it. */
  const staying = (shared: number) => (shared < (cache.packed?.length ?? 0) ? 0 : shared);
  const isValid = ({ ids, from }: ParkedBranch<T>) =>
    staying(cache.commonPrefix(ids)) >= from && staying(from) === from;
  /** The parked branch that shares the most rows with `ids`, if it shares more than the cache holds. */
  const nearest = (ids: readonly number[]): string | undefined => {
    let most = cache.keepable(cache.commonPrefix(ids));
    let found: string | undefined;
    for (const [name, branch] of parked) {
      const shared = isValid(branch) ? commonPrefix(branch.ids, ids) : 0;
      if (shared <= most || shared < branch.minLength) continue;
      most = shared;
      found = name;
    }
    return found;
  };
  const switchTo = (name: string, ids: readonly number[]): void => {
    if (name === current) return;
    const own = parked.get(name);
    if (own === undefined || !isValid(own)) {
      const from = nearest(own?.ids ?? ids);
      if (from !== undefined) switchTo(from, ids);
    }
    const target = parked.get(name);
    parked.delete(name);
    const valid = target !== undefined && isValid(target);
    const from = valid ? target.from : staying(cache.commonPrefix(target?.ids ?? ids));
    parkCurrent(from);
    if (valid) {
      tails.unpark(target.tail, from);
      cache.restore(target.ids, target.minLength, from === 0 ? target.packed : cache.packed);
    } else cache.truncate(cache.keepable(from));
    target?.tail.destroy();
    current = name;
  };
  return {
    get current() {
      return current;
    },
    switchTo,
    held(name, ids) {
      const here = cache.keepable(cache.commonPrefix(ids));
      const own = name === current ? undefined : parked.get(name);
      const from = name === current || own !== undefined ? own : parked.get(nearest(ids) ?? '');
      return from === undefined || !isValid(from) ? here : Math.max(here, commonPrefix(from.ids, ids));
    },
    clear() {
      for (const name of [...parked.keys()]) evict(name);
    },
  };
}
