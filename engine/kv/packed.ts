/**
 * Which rows of a text's cache are kept when it is packed: for each key/value head of each layer those that the text needs to
 * be repeated from them, the most first over all heads and layers together (KVzip, arXiv 2505.23416, section 3). So one
 * head may keep nearly all of its rows and another one a handful.
 *
 * The kept rows of a head are moved to the end of the text's rows, in their order. Row and position of every later token
 * stay the same, and a head reads from its first kept row on: that row is its start.
 *
 * Not here: what rows are worth (`engine/ops/worth`), how they are moved (`engine/runtime/packing`).
 */
import { invariant } from '../base/errors.ts';

/** The rows of a packed text. */
export interface Packed {
  /** Rows [0, length) are packed: the text's tokens. */
  readonly length: number;
  /** The first kept row of each head of each layer, layer by layer; `length` for a head that keeps none. */
  readonly starts: readonly number[];
}

/** The rows that a head keeps, ascending; one list for each head of each layer, layer by layer. */
export type KeptRows = readonly (readonly number[])[];

/** First and last rows that every head keeps: those that softmax leans on (arXiv 2309.17453), and the words that end the text. */
const FIRST = 4;
const LAST = 8;

/**
 * Chooses `share` of all rows of all heads. `worth` has for each head what its rows [0, length) are worth, at least 0; rows
 * before its start in `before` are gone already and are not chosen. May keep some more than `share`: the first and the last
 * rows, and rows that are worth the same as the last one chosen.
 */
export function choosePacked(
  worth: readonly Float32Array[],
  length: number,
  share: number,
  before?: Packed,
): KeptRows {
  invariant(share > 0 && share <= 1, 'packed', `a share of ${share}`);
  const all = new Float32Array(worth.length * length);
  for (const [i, head] of worth.entries()) all.set(head.subarray(0, length), i * length);
  all.sort();
  const least = all[Math.max(0, all.length - Math.ceil(all.length * share))] as number;
  return worth.map((head, i) => {
    const start = before?.starts[i] ?? 0;
    const rows: number[] = [];
    for (let row = start; row < length; row++) {
      const always = row < start + FIRST || row >= length - LAST;
      if (always || (head[row] as number) >= Math.max(least, Number.MIN_VALUE)) rows.push(row);
    }
    return rows;
  });
}

/** The state of a text of `length` rows of which these are kept. */
export function packedBy(kept: KeptRows, length: number): Packed {
  return { length, starts: kept.map((rows) => length - rows.length) };
}

/** The share of its rows that a packed text still has, over all heads and layers. */
export function shareOf({ length, starts }: Packed): number {
  return starts.reduce((sum, start) => sum + (length - start), 0) / Math.max(1, starts.length * length);
}
