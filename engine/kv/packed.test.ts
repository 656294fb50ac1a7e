import { describe, expect, it } from 'vitest';
import { choosePacked, packedBy, shareOf } from './packed.ts';

/** Worth of rows 0 … length − 1 to a head. */
const worth = (length: number, of: (row: number) => number) =>
  Float32Array.from({ length }, (_, row) => of(row));

describe('choosePacked', () => {
  it('keeps the rows that are worth most over all heads together, and the first and last of each', () => {
    const heads = [worth(40, (row) => (row % 2 === 0 ? 0.9 : 0.1)), worth(40, () => 0.01)];
    const kept = choosePacked(heads, 40, 0.25);
    const even = Array.from({ length: 20 }, (_, i) => 2 * i);
    expect(kept[0]).toEqual([...new Set([...even, 1, 3, 33, 35, 37, 39])].toSorted((a, b) => a - b));
    expect(kept[1]).toEqual([0, 1, 2, 3, 32, 33, 34, 35, 36, 37, 38, 39]);
    expect(packedBy(kept, 40)).toEqual({ length: 40, starts: [14, 28] });
    expect(shareOf(packedBy(kept, 40))).toBeCloseTo((26 + 12) / 80);
  });

  it('keeps all rows for a share of 1, but for those that get no attention at all', () => {
    const [kept] = choosePacked([worth(30, (row) => (row === 10 ? 0 : 1e-9))], 30, 1);
    expect(kept).toEqual(Array.from({ length: 30 }, (_, row) => row).filter((row) => row !== 10));
  });

  it('chooses none of the rows that are gone already', () => {
    const before = { length: 40, starts: [25] };
    const [kept] = choosePacked([worth(40, () => 1)], 40, 0.3, before);
    expect(kept).toEqual(Array.from({ length: 15 }, (_, i) => 25 + i));
  });

  it.each([0, 1.5, Number.NaN])('refuses a share of %d', (share) => {
    expect(() => choosePacked([worth(4, () => 1)], 4, share)).toThrow('share');
  });
});
