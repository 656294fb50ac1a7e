/**
 * Bookkeeping of one conversation's KV cache: which token's keys and values are in which row. Row i of every
 * cache tensor belongs to the i-th id here, so a new prompt that starts with the same ids only needs its
 * remaining tokens to be run. Nothing is copied or cleared: rows beyond the length are not read.
 *
 * Layers with a window may keep their rows in a ring. Then row i is overwritten once position i + rows has been
 * written, and the cache can be truncated only to a length whose preceding window is still stored. `minLength` is the
 * smallest such length; below it the whole text must be run again. Layers with states that cannot be cut back at all
 * (`snapshots.ts`) leave only some lengths: `keepable` returns the longest of them. Of a packed text (`packed.ts`) some rows
 * are gone, so the cache cannot be truncated within it.
 *
 * Not here: the buffers (`engine/runtime`), what the rows hold (`engine/ops/attention`).
 */
import { fail, invariant } from '../base/errors.ts';
import type { Packed } from './packed.ts';
import type { Snapshots } from './snapshots.ts';

/** A ring that keeps the last `rows` positions for layers that attend to `window` positions, including their own. */
export interface CacheRing {
  readonly window: number;
  readonly rows: number;
}

export interface Cache {
  /** Number of rows: the value of C. */
  readonly capacity: number;
  /** Number of rows that hold a token: the P of the next run. */
  readonly length: number;
  readonly ids: readonly number[];
  /** Smallest non-zero length that the cache can be truncated to; never above `length`. 0 without a ring or a packed text. */
  readonly minLength: number;
  /** Number of rows of the longest ring; 0 without a ring. */
  readonly ringRows: number;
  /** The text that the cache begins with, where it is packed. */
  readonly packed: Packed | undefined;
  /** Number of leading ids that are in the cache already. */
  commonPrefix(ids: readonly number[]): number;
  /** Number of rows that remain usable after truncation to `length`: the most up to `length`, maybe 0. */
  keepable(length: number): number;
  /** Whether a run can continue after exactly these ids. */
  holds(ids: readonly number[]): boolean;
  /**
   * Truncates the cache to the usable rows that it shares with `ids` and returns their number. Keeps at most
   * `ids.length − 1` rows, since a run needs at least one token to produce logits.
   */
  reuse(ids: readonly number[]): number;
  /** Drops the rows from `length` on. `length` must be keepable. */
  truncate(length: number): void;
  /**
   * Records that the rows of `ids` were restored to the state in which `minLength` and `packed` had the given values.
   */
  restore(ids: readonly number[], minLength: number, packed?: Packed): void;
  /** Records that the rows of the text that the cache begins with were packed. */
  pack(packed: Packed): void;
  /** Records that a run may write rows up to `end` that may never count: a draft, or a step ahead. */
  touch(end: number): void;
  /** Records that a run wrote the next rows. Throws `prompt-too-long` when they do not fit. */
  append(ids: readonly number[]): void;
  /** Throws `prompt-too-long` unless `count` more tokens fit. */
  reserve(count: number): void;
}

/** Number of leading ids that both lists have. */
export function commonPrefix(one: readonly number[], other: readonly number[]): number {
  const end = Math.min(one.length, other.length);
  let n = 0;
  while (n < end && one[n] === other[n]) n++;
  return n;
}

/**
 * `snapshots`: where states of the model are that cannot be cut back. `onPacked` is told when another text is packed, or
 * none.
 */
export function createCache(
  capacity: number,
  rings: readonly CacheRing[] = [],
  snapshots?: Pick<Snapshots, 'newest'>,
  onPacked?: (packed: Packed | undefined) => void,
): Cache {
  invariant(
    Number.isInteger(capacity) && capacity >= 1,
    'cache',
    `capacity ${capacity} is not a positive integer`,
  );
  const ids: number[] = [];
  let minLength = 0;
  let packed: Packed | undefined;

  const setPacked = (next: Packed | undefined) => {
    if (next === packed) return;
    packed = next;
    onPacked?.(next);
  };
  const keepable = (length: number) => {
    const usable = snapshots?.newest(length) ?? length;
    return usable >= minLength ? usable : 0;
  };
  const truncate = (length: number): void => {
    const sound = Number.isInteger(length) && keepable(length) === length && length <= ids.length;
    invariant(sound && length >= 0, 'cache', `cannot keep ${length} of ${ids.length} rows`);
    ids.length = length;
    // From row 0 on, every row is written before it is read.
    if (length > 0) return;
    minLength = 0;
    setPacked(undefined);
  };
  const touch = (end: number): void => {
    for (const { window, rows } of rings) {
      // Positions before end − rows are overwritten; a truncated cache needs the window − 1 positions before its end.
      if (end > rows) minLength = Math.max(minLength, end - rows + window - 1);
    }
  };
  const reserve = (count: number): void => {
    if (ids.length + count <= capacity) return;
    fail('prompt-too-long', {
      who: 'cache',
      message: 'the conversation is longer than the model’s cache',
      expected: `at most ${capacity} tokens`,
      got: ids.length + count,
    });
  };

  return {
    capacity,
    get length() {
      return ids.length;
    },
    get ids() {
      return ids;
    },
    get minLength() {
      return minLength;
    },
    get packed() {
      return packed;
    },
    ringRows: Math.max(0, ...rings.map((ring) => ring.rows)),
    commonPrefix: (other) => commonPrefix(ids, other),
    keepable,
    holds: (other) => commonPrefix(ids, other) === other.length && keepable(other.length) === other.length,
    reuse(other) {
      truncate(keepable(Math.min(commonPrefix(ids, other), Math.max(0, other.length - 1))));
      return ids.length;
    },
    truncate,
    restore(all, restoredMinLength, restored) {
      ids.length = 0;
      reserve(all.length);
      for (const id of all) ids.push(id);
      minLength = Math.max(restoredMinLength, restored?.length ?? 0);
      setPacked(restored);
    },
    pack(next) {
      invariant(next.length <= ids.length, 'cache', `${next.length} rows packed of ${ids.length}`);
      minLength = Math.max(minLength, next.length);
      setPacked(next);
    },
    touch,
    append(more) {
      reserve(more.length);
      for (const id of more) ids.push(id);
      touch(ids.length);
    },
    reserve,
  };
}
