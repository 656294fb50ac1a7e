import { describe, expect, it } from 'vitest';
import { fuse } from './fuse.ts';
import { Likeness } from './likeness.ts';

describe('how near the parts of a text are', () => {
  const parts = [
    { start: 0, end: 10 },
    { start: 12, end: 20 },
    { start: 20, end: 30 },
    { start: 30, end: 40 },
  ];

  it('is counted from the mean of all, whatever the encoder’s cosines are like', () => {
    const low = new Likeness(parts, [0, 0, 0.4, 0]);
    const high = new Likeness(parts, [0.7, 0.7, 0.8, 0.7]);
    for (const likeness of [low, high]) {
      expect(likeness.of({ start: 20, end: 30 })).toBeCloseTo(Math.sqrt(3), 5);
      expect(likeness.of({ start: 0, end: 10 })).toBeCloseTo(-1 / Math.sqrt(3), 5);
    }
  });

  it('is that of the nearest part that a range has characters of', () => {
    const likeness = new Likeness(parts, [0, 0.1, 0.2, 0.9]);
    expect(likeness.of({ start: 0, end: 21 })).toBe(likeness.of({ start: 25, end: 28 }));
    expect(likeness.of({ start: 0, end: 31 })).toBe(likeness.of({ start: 30, end: 40 }));
    expect(likeness.of({ start: 10, end: 12 })).toBe(Number.NEGATIVE_INFINITY);
    expect(likeness.of({ start: 40, end: 90 })).toBe(Number.NEGATIVE_INFINITY);
  });

  it('is not known of parts without a vector, nor where all are alike', () => {
    const some = new Likeness(parts, [0.1, 0.5, Number.NaN, Number.NaN]);
    expect(some.of({ start: 20, end: 40 })).toBe(Number.NEGATIVE_INFINITY);
    expect(some.of({ start: 12, end: 40 })).toBeCloseTo(1, 5);
    expect(new Likeness(parts, [0.5, 0.5, 0.5, 0.5]).of({ start: 0, end: 40 })).toBe(
      Number.NEGATIVE_INFINITY,
    );
    expect(new Likeness([], []).of({ start: 0, end: 40 })).toBe(Number.NEGATIVE_INFINITY);
  });
});

describe('rankings that are joined', () => {
  it('put first what is high in both, and keep what only one has', () => {
    expect(fuse([1, 2, 3], [9, 2])).toEqual([2, 1, 9, 3]);
    expect(fuse([1, 2], [])).toEqual([1, 2]);
    expect(fuse([], [5, 4])).toEqual([5, 4]);
    expect(fuse()).toEqual([]);
  });
});
