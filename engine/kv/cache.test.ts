import { describe, expect, it } from 'vitest';
import { createCache } from './cache.ts';

function filled(capacity: number, ...ids: number[]) {
  const cache = createCache(capacity);
  cache.append(ids);
  return cache;
}

describe('cache', () => {
  it('starts empty', () => {
    const cache = createCache(4);
    expect([cache.length, cache.capacity, cache.commonPrefix([1, 2])]).toEqual([0, 4, 0]);
  });

  it.each([
    [[], 0],
    [[9], 0],
    [[1, 2], 2],
    [[1, 2, 3], 3],
    [[1, 2, 3, 4], 3],
    [[1, 7, 3], 1],
  ])('the common prefix with %j has %i ids', (ids, n) => {
    expect(filled(8, 1, 2, 3).commonPrefix(ids)).toBe(n);
  });

  it.each([
    ['a longer prompt keeps all rows', [1, 2, 3, 4, 5], [1, 2, 3]],
    ['the same prompt keeps all rows except the last', [1, 2, 3], [1, 2]],
    ['a shorter prompt keeps all its rows except the last', [1, 2], [1]],
    ['another turn keeps the common rows', [1, 2, 8, 9], [1, 2]],
    ['another conversation keeps no rows', [5, 6], []],
    ['an empty prompt keeps no rows', [], []],
  ])('reuse: %s', (_name, ids, kept) => {
    const cache = filled(8, 1, 2, 3);
    expect(cache.reuse(ids)).toBe(kept.length);
    expect([...cache.ids]).toEqual(kept);
  });

  it('appends after truncation', () => {
    const cache = filled(4, 1, 2, 3, 4);
    cache.truncate(2);
    cache.append([7]);
    expect([...cache.ids]).toEqual([1, 2, 7]);
    expect(() => cache.truncate(4)).toThrow('cannot keep 4 of 3');
    expect(() => cache.truncate(-1)).toThrow('cannot keep');
  });

  it('refuses ids that do not fit, and stays unchanged', () => {
    const cache = filled(4, 1, 2, 3);
    expect(() => cache.append([4, 5])).toThrow(/expected at most 4 tokens, got 5/);
    expect(() => cache.reserve(2)).toThrow(expect.objectContaining({ code: 'prompt-too-long' }));
    cache.reserve(1);
    expect(cache.length).toBe(3);
    expect(() => createCache(0)).toThrow('capacity');
  });
});

describe('cache with a ring of 10 rows for a window of 4', () => {
  const ring = { window: 4, rows: 10 };
  const filledTo = (length: number, rings = [ring]) => {
    const cache = createCache(100, rings);
    cache.append(Array.from({ length }, (_, i) => i));
    return cache;
  };

  it.each([
    ['minLength is 0 while all rows fit', 10, 0],
    ['minLength is 4 once row 0 is overwritten: the three positions before it are needed', 11, 4],
    ['minLength far beyond the window', 60, 53],
  ])('%s', (_, length, minLength) => {
    expect(filledTo(length).minLength).toBe(minLength);
  });

  it('truncates to minLength, and keeps nothing below it', () => {
    const cache = filledTo(20);
    expect([12, 13, 20].map(cache.keepable)).toEqual([0, 13, 20]);
    expect(() => cache.truncate(12)).toThrow('cannot keep 12 of 20');
    cache.truncate(13);
    // Truncation does not bring back the rows that were overwritten.
    expect([cache.length, cache.minLength, cache.keepable(12)]).toEqual([13, 13, 0]);
    cache.truncate(0);
    expect(cache.minLength).toBe(0);
  });

  it('keeps no rows of a prompt that diverges too early', () => {
    const ids = (count: number, other: number) =>
      Array.from({ length: 22 }, (_, i) => (i < count ? i : other));
    expect(filledTo(20).reuse(ids(13, 99))).toBe(13);
    expect(filledTo(20).reuse(ids(12, 99))).toBe(0);
    expect(filledTo(20).holds(ids(20, 99).slice(0, 13))).toBe(true);
    expect(filledTo(20).holds(ids(20, 99).slice(0, 12))).toBe(false);
  });

  it('accounts for rows that were written but not appended', () => {
    const cache = filledTo(10);
    cache.touch(12);
    expect([cache.length, cache.minLength]).toEqual([10, 5]);
  });

  it('uses the strictest ring, and restores minLength', () => {
    const cache = filledTo(20, [ring, { window: 9, rows: 12 }]);
    expect([cache.minLength, cache.ringRows]).toEqual([16, 12]);
    cache.restore([7, 8, 9], 2);
    expect([cache.length, cache.minLength, cache.keepable(1)]).toEqual([3, 2, 0]);
    expect(createCache(5).ringRows).toBe(0);
  });
});

describe('a packed text', () => {
  const packed = { length: 6, starts: [2, 0] };

  it('is kept as a whole or not at all', () => {
    const told: unknown[] = [];
    const cache = createCache(20, [], undefined, (state) => told.push(state));
    cache.append([1, 2, 3, 4, 5, 6, 7, 8]);
    cache.pack(packed);
    expect([cache.minLength, cache.keepable(7), cache.keepable(6), cache.keepable(5)]).toEqual([6, 7, 6, 0]);
    expect(cache.reuse([1, 2, 3, 4, 5, 6, 9, 9])).toBe(6);
    expect(cache.packed).toBe(packed);
    expect(cache.reuse([1, 2, 3, 9])).toBe(0);
    expect([cache.packed, cache.minLength]).toEqual([undefined, 0]);
    cache.restore([1, 2, 3, 4, 5, 6], 0, packed);
    expect([cache.packed, cache.minLength]).toEqual([packed, 6]);
    expect(told).toEqual([packed, undefined, packed]);
  });

  it('is not longer than the cache', () => {
    const cache = createCache(20);
    cache.append([1, 2, 3]);
    expect(() => cache.pack(packed)).toThrow('6 rows packed of 3');
  });
});
