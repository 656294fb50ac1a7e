/**
 * Bookkeeping of one conversation's cache: which token's keys and values lie in which row. Row i of every
 * cache tensor belongs to the i-th id here, so a new prompt that starts with the same ids needs only its
 * rest to be run. Nothing is copied or cleared: rows beyond the length are simply not read.
 *
 * Layers with a window may keep their rows in a ring: then row i is gone once position i + rows has been written,
 * and the cache can be cut back only so far that the window before the cut is still there. `floor` says how far;
 * below it the whole text is read anew.
 *
 * Not here: the buffers (`engine/runtime`), what the rows hold (`ops/attention`).
 */
import { fail, invariant } from '../base/errors.ts';

/** A cache that keeps the last `rows` positions for layers that see `window` of them, their own included. */
export interface Ring {
  readonly window: number;
  readonly rows: number;
}

export interface Cache {
  /** Rows that there are: the bound value of C. */
  readonly capacity: number;
  /** Rows that hold a token: the P of the next run. */
  readonly length: number;
  readonly ids: readonly number[];
  /** The least length but 0 that the cache can be cut to: never more than the length, and 0 where no ring is. */
  readonly floor: number;
  /** Rows of the longest ring; 0 where none is. */
  readonly ringRows: number;
  /** How many ids at the start are in the cache already. */
  commonPrefix(ids: readonly number[]): number;
  /** How many of the first `length` rows can be kept alone: all, or none. */
  keepable(length: number): number;
  /** Whether a run can go on after exactly these ids. */
  holds(ids: readonly number[]): boolean;
  /**
   * Keeps what `ids` starts with and forgets the rest; returns how many rows stay. At most all ids but the
   * last: a run must see one token at least to give logits. None, if they cannot be kept alone.
   */
  reuse(ids: readonly number[]): number;
  /** Forgets rows from `length` on; not to less than `floor` but 0. */
  truncate(length: number): void;
  /** Says that the rows of `ids` were put back, as they were when `floor` was what it says. */
  restore(ids: readonly number[], floor: number): void;
  /** Says that a run may write the rows before `end`, though they may never count: a draft, a step ahead. */
  touch(end: number): void;
  /** Says that a run wrote the next rows. Throws `prompt-too-long` when they do not fit. */
  append(ids: readonly number[]): void;
  /** Throws `prompt-too-long` unless that many more tokens fit. */
  reserve(count: number): void;
}

export function createCache(capacity: number, rings: readonly Ring[] = []): Cache {
  invariant(Number.isInteger(capacity) && capacity >= 1, 'cache', `capacity ${capacity} is not a count`);
  const ids: number[] = [];
  let floor = 0;

  const commonPrefix = (other: readonly number[]): number => {
    const end = Math.min(ids.length, other.length);
    let n = 0;
    while (n < end && ids[n] === other[n]) n++;
    return n;
  };
  const keepable = (length: number) => (length >= floor ? length : 0);
  const truncate = (length: number): void => {
    const sound = Number.isInteger(length) && keepable(length) === length && length <= ids.length;
    invariant(sound && length >= 0, 'cache', `cannot keep ${length} of ${ids.length} rows`);
    ids.length = length;
    // Whatever is written from row 0 on is read after it is written.
    if (length === 0) floor = 0;
  };
  const touch = (end: number): void => {
    for (const { window, rows } of rings) {
      // Positions before end − rows are gone; a cut needs the window − 1 before it.
      if (end > rows) floor = Math.max(floor, end - rows + window - 1);
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
    get floor() {
      return floor;
    },
    ringRows: Math.max(0, ...rings.map((ring) => ring.rows)),
    commonPrefix,
    keepable,
    holds: (other) => commonPrefix(other) === other.length && keepable(other.length) === other.length,
    reuse(other) {
      truncate(keepable(Math.min(commonPrefix(other), Math.max(0, other.length - 1))));
      return ids.length;
    },
    truncate,
    restore(all, before) {
      ids.length = 0;
      reserve(all.length);
      for (const id of all) ids.push(id);
      floor = before;
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
