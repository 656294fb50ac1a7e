import { describe, expect, it } from 'vitest';
import { add, floordiv, max, min, mul, print, sub, symbol } from './dim.ts';
import { bounds, largest, lessOrEqual } from './relate.ts';

const S = symbol('S', { min: 1, max: 16 });
const P = symbol('P', { min: 0, max: 100 });
const W = symbol('W', { min: 3, max: 70, multipleOf: 8 });

describe('bounds', () => {
  it.each([
    [mul(4, S), 4, 64],
    [add(S, P, 1), 2, 117],
    [sub(P, S), -16, 99],
    [mul(S, P), 0, 1600],
    [floordiv(P, S), 0, 100],
    [floordiv(sub(P, 50), 7), -8, 7],
    [min(S, 5), 1, 5],
    [max(S, P), 1, 100],
    [W, 8, 64],
  ])('%#', (dim, low, high) => {
    expect(bounds(dim)).toEqual({ min: low, max: high });
  });
});

describe('lessOrEqual', () => {
  it.each([
    ['S ≤ 2S', S, mul(2, S), true],
    ['2S ≤ S', mul(2, S), S, false],
    ['S ≤ P, unknown', S, P, false],
    ['S ≤ S + P: like terms cancel', S, add(S, P), true],
    ['64S + 4 ≤ 68S, as S ≥ 1', add(mul(64, S), 4), mul(68, S), true],
    ['S ≤ 16', S, 16, true],
    ['S ≤ 15', S, 15, false],
    ['min(S, P) ≤ S', min(S, P), S, true],
    ['S ≤ max(S, P)', S, max(S, P), true],
    ['max(S, P) ≤ S + P', max(S, P), add(S, P), true],
    ['S ≤ min(S, P), unknown', S, min(S, P), false],
    ['min(S, P) ≤ max(S, P)', min(S, P), max(S, P), true],
  ])('%s', (_name, a, b, proved) => {
    expect(lessOrEqual(a, b)).toBe(proved);
  });
});

describe('largest', () => {
  it('returns one of the two where the order is proved', () => {
    expect(print(largest(mul(64, S), mul(172, S)))).toBe('172*S');
    expect(print(largest(mul(172, S), mul(64, S)))).toBe('172*S');
  });

  it('returns a max otherwise, and absorbs a dim that the max already covers', () => {
    const both = largest(mul(4, S), 20);
    expect(print(both)).toBe('max(20, 4*S)');
    expect(print(largest(both, mul(3, S)))).toBe('max(20, 4*S)');
  });
});
