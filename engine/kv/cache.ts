/**
 * Bookkeeping of one conversation's cache: which token's keys and values lie in which row. Row i of every
 * cache tensor belongs to the i-th id here, so a new prompt that starts with the same ids needs only its
 * rest to be run. Nothing is copied or cleared: rows beyond the length are simply not read.
 *
 * Not here: the buffers (`engine/runtime`), what the rows hold (`graph/ops/attention.ts`).
 */
import { fail, invariant } from '../base/errors.ts';

export interface Cache {
  /** Rows that there are: the bound value of C. */
  readonly capacity: number;
  /** Rows that hold a token: the P of the next run. */
  readonly length: number;
  readonly ids: readonly number[];
  /** How many ids at the start are in the cache already. */
  commonPrefix(ids: readonly number[]): number;
  /**
   * Keeps what `ids` starts with and forgets the rest; returns how many rows stay. At most all ids but the
   * last: a run must see one token at least to give logits.
   */
  reuse(ids: readonly number[]): number;
  /** Forgets rows from `length` on. */
  truncate(length: number): void;
  /** Says that a run wrote the next rows. Throws `prompt-too-long` when they do not fit. */
  append(ids: readonly number[]): void;
  /** Throws `prompt-too-long` unless that many more tokens fit. */
  reserve(count: number): void;
}

export function createCache(capacity: number): Cache {
  invariant(Number.isInteger(capacity) && capacity >= 1, 'cache', `capacity ${capacity} is not a count`);
  const ids: number[] = [];

  const commonPrefix = (other: readonly number[]): number => {
    const end = Math.min(ids.length, other.length);
    let n = 0;
    while (n < end && ids[n] === other[n]) n++;
    return n;
  };
  const truncate = (length: number): void => {
    const sound = Number.isInteger(length) && 0 <= length && length <= ids.length;
    invariant(sound, 'cache', `cannot keep ${length} of ${ids.length} rows`);
    ids.length = length;
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
    commonPrefix,
    reuse(other) {
      truncate(Math.min(commonPrefix(other), Math.max(0, other.length - 1)));
      return ids.length;
    },
    truncate,
    append(more) {
      reserve(more.length);
      for (const id of more) ids.push(id);
    },
    reserve,
  };
}
