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
