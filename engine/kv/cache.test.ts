import { describe, expect, it } from 'vitest';
import { createCache } from './cache.ts';

function filled(capacity: number, ...ids: number[]) {
  const cache = createCache(capacity);
  cache.append(ids);
  return cache;
}

describe('a conversation’s cache', () => {
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
  ])('knows how much of %j it has', (ids, n) => {
    expect(filled(8, 1, 2, 3).commonPrefix(ids)).toBe(n);
  });

  it.each([
    ['a longer prompt keeps all', [1, 2, 3, 4, 5], [1, 2, 3]],
    ['the same prompt runs its last token again', [1, 2, 3], [1, 2]],
    ['a shorter one too', [1, 2], [1]],
    ['another turn keeps what is common', [1, 2, 8, 9], [1, 2]],
    ['another conversation keeps nothing', [5, 6], []],
    ['an empty one keeps nothing', [], []],
  ])('reuse: %s', (_name, ids, kept) => {
    const cache = filled(8, 1, 2, 3);
    expect(cache.reuse(ids)).toBe(kept.length);
    expect([...cache.ids]).toEqual(kept);
  });

  it('goes on after truncation', () => {
    const cache = filled(4, 1, 2, 3, 4);
    cache.truncate(2);
    cache.append([7]);
    expect([...cache.ids]).toEqual([1, 2, 7]);
    expect(() => cache.truncate(4)).toThrow('cannot keep 4 of 3');
    expect(() => cache.truncate(-1)).toThrow('cannot keep');
  });

  it('refuses what does not fit, and stays as it was', () => {
    const cache = filled(4, 1, 2, 3);
    expect(() => cache.append([4, 5])).toThrow(/expected at most 4 tokens, got 5/);
    expect(() => cache.reserve(2)).toThrow(expect.objectContaining({ code: 'prompt-too-long' }));
    cache.reserve(1);
    expect(cache.length).toBe(3);
    expect(() => createCache(0)).toThrow('capacity');
  });
});

describe('with a ring of 10 rows for a window of 4', () => {
  const ring = { window: 4, rows: 10 };
  const filledTo = (length: number, rings = [ring]) => {
    const cache = createCache(100, rings);
    cache.append(Array.from({ length }, (_, i) => i));
    return cache;
  };

  it.each([
    ['nothing is lost while all fits', 10, 0],
    ['row 0 is gone, and a cut needs the three before it', 11, 4],
    ['far beyond the window', 60, 53],
  ])('%s', (_, length, floor) => {
    expect(filledTo(length).floor).toBe(floor);
  });

  it('cuts back to the floor, and below it keeps nothing', () => {
    const cache = filledTo(20);
    expect([12, 13, 20].map(cache.keepable)).toEqual([0, 13, 20]);
    expect(() => cache.truncate(12)).toThrow('cannot keep 12 of 20');
    cache.truncate(13);
    // What was written beyond the cut is gone all the same.
    expect([cache.length, cache.floor, cache.keepable(12)]).toEqual([13, 13, 0]);
    cache.truncate(0);
    expect(cache.floor).toBe(0);
  });

  it('reads a prompt anew that parts too early', () => {
    const ids = (count: number, other: number) =>
      Array.from({ length: 22 }, (_, i) => (i < count ? i : other));
    expect(filledTo(20).reuse(ids(13, 99))).toBe(13);
    expect(filledTo(20).reuse(ids(12, 99))).toBe(0);
    expect(filledTo(20).holds(ids(20, 99).slice(0, 13))).toBe(true);
    expect(filledTo(20).holds(ids(20, 99).slice(0, 12))).toBe(false);
  });

  it('counts rows that were written and never counted', () => {
    const cache = filledTo(10);
    cache.touch(12);
    expect([cache.length, cache.floor]).toEqual([10, 5]);
  });

  it('the strictest ring decides; what was put back has the floor it had', () => {
    const cache = filledTo(20, [ring, { window: 9, rows: 12 }]);
    expect([cache.floor, cache.ringRows]).toEqual([16, 12]);
    cache.restore([7, 8, 9], 2);
    expect([cache.length, cache.floor, cache.keepable(1)]).toEqual([3, 2, 0]);
    expect(createCache(5).ringRows).toBe(0);
  });
});
