import { describe, expect, it } from 'vitest';
import {
  add,
  ceildiv,
  type Dim,
  equal,
  floordiv,
  max,
  min,
  mul,
  print,
  roundUp,
  sub,
  symbol,
  symbolsOf,
} from './dim.ts';
import { evaluate } from './evaluate.ts';

const S = symbol('S', { min: 1, max: 40 });
const P = symbol('P', { min: 0, max: 40 });
const W = symbol('W', { min: 0, max: 64, multipleOf: 8 });

/** A simplification rule: its name, the dim, its canonical text, and its value in plain numbers. */
type Rule = readonly [
  rule: string,
  dim: Dim,
  text: string,
  meaning: (s: number, p: number, w: number) => number,
];

const { floor, ceil } = Math;
const RULES: readonly Rule[] = [
  ['sums are sorted', add(S, 3, P), 'P + S + 3', (s, p) => p + s + 3],
  ['like terms add', add(S, P, S), 'P + 2*S', (s, p) => p + 2 * s],
  ['like terms cancel', sub(add(S, P), S), 'P', (_, p) => p],
  ['an empty sum is zero', sub(S, S), '0', () => 0],
  ['a product is expanded', mul(add(S, 1), add(P, 2)), 'P + P*S + 2*S + 2', (s, p) => (s + 1) * (p + 2)],
  ['powers are repeated factors', mul(S, S, P), 'P*S*S', (s, p) => s * s * p],
  ['a negative coefficient prints a minus sign', sub(P, mul(2, S)), 'P - 2*S', (s, p) => p - 2 * s],
  ['division by one', floordiv(S, 1), 'S', (s) => s],
  ['zero divided', floordiv(0, S), '0', () => 0],
  ['division by itself', floordiv(add(S, P), add(P, S)), '1', () => 1],
  ['numbers divide', floordiv(-7, 2), '-4', () => -4],
  ['all terms move out of the fraction', floordiv(add(mul(8, S), 16), 8), 'S + 2', (s) => s + 2],
  [
    'some terms move out of the fraction',
    floordiv(add(mul(8, S), P), 8),
    'S + floor((P) / (8))',
    (s, p) => floor((8 * s + p) / 8),
  ],
  [
    'a constant remainder that adds nothing is dropped',
    floordiv(add(mul(8, S), 7), 8),
    'S',
    (s) => floor((8 * s + 7) / 8),
  ],
  [
    'a negative constant remainder rounds down',
    floordiv(add(mul(8, S), -1), 8),
    'S - 1',
    (s) => floor((8 * s - 1) / 8),
  ],
  [
    'a common factor is cancelled',
    floordiv(add(mul(4, S), 6), 8),
    'floor((S + 1) / (2))',
    (s) => floor((4 * s + 6) / 8),
  ],
  ['nested floors merge', floordiv(floordiv(S, 3), 4), 'floor((S) / (12))', (s) => floor(floor(s / 3) / 4)],
  [
    'a floor plus a number inside a floor merges',
    ceildiv(floordiv(S, 3), 4),
    'floor((S + 9) / (12))',
    (s) => ceil(floor(s / 3) / 4),
  ],
  [
    'a symbol with a declared multiple divides exactly',
    ceildiv(W, 8),
    'floor((W) / (8))',
    (_s, _p, w) => w / 8,
  ],
  [
    'an exact term is split from an inexact one',
    floordiv(add(W, P), 4),
    'floor((P) / (4)) + floor((W) / (4))',
    (_, p, w) => floor((w + p) / 4),
  ],
  ['rounding up a declared multiple changes nothing', roundUp(mul(3, W), 8), '3*W', (_s, _p, w) => 3 * w],
  ['rounding up', roundUp(S, 8), '8*floor((S + 7) / (8))', (s) => 8 * ceil(s / 8)],
  ['ceil of a multiple', ceildiv(mul(64, S), 64), 'S', (s) => s],
  ['a symbolic divisor', floordiv(P, S), 'floor((P) / (S))', (s, p) => floor(p / s)],
  ['min of equal arguments is the argument', min(S, S), 'S', (s) => s],
  ['max sorts its arguments', max(S, P), 'max(P, S)', (s, p) => Math.max(s, p)],
  ['min of numbers is a number', min(3, 4), '3', () => 3],
];

describe('simplification of dims', () => {
  it.each(RULES)('%s: %#', (_rule, dim, text, meaning) => {
    expect(print(dim)).toBe(text);
    for (let s = 1; s <= 40; s += 3) {
      for (let p = 0; p <= 40; p += 1) {
        for (let w = 0; w <= 64; w += 8) {
          expect(evaluate(dim, { S: s, P: p, W: w })).toBe(meaning(s, p, w));
        }
      }
    }
  });
});

describe('dims', () => {
  it('are equal when they print equally', () => {
    expect(equal(mul(2, add(S, P)), add(mul(2, P), mul(2, S)))).toBe(true);
    expect(equal(S, P)).toBe(false);
    expect(equal(4, 4)).toBe(true);
  });

  it('list their symbols, including those inside functions', () => {
    expect([...symbolsOf(add(floordiv(S, P), min(W, 3))).keys()].sort()).toEqual(['P', 'S', 'W']);
  });

  it('refuse unsound bounds and divisors', () => {
    expect(() => symbol('X', { min: 5, max: 4 })).toThrow('symbol X');
    expect(() => symbol('X', { min: 0, max: 1.5 })).toThrow('integers');
    expect(() => floordiv(S, 0)).toThrow('divisor');
    expect(() => floordiv(S, -2)).toThrow('divisor');
  });
});
