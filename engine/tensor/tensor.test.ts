import { describe, expect, it } from 'vitest';
import { print, symbol } from '../symbolic/dim.ts';
import { seededRandom } from './random.ts';
import { byteSize, dimOf, elements, printType, rowsOf, sameType, type TensorType } from './tensor.ts';

const S = symbol('S', { min: 1, max: 8 });

describe('tensor types', () => {
  it.each<[TensorType, string, string]>([
    [{ dtype: 'f32', shape: [S, 64] }, 'f32[S, 64]', '256*S'],
    [{ dtype: 'u32', shape: [S] }, 'u32[S]', '4*S'],
    [{ dtype: 'f16', shape: [S, 64] }, 'f16[S, 64]', '128*S'],
    [{ dtype: 'f16', shape: [S, 3] }, 'f16[S, 3]', '4*floor((3*S + 1) / (2))'], // rounded up to whole words
    [{ dtype: 'm0e4', shape: [10, 64], group: 32 }, 'm0e4/32[10, 64]', '400'], // 10·2 groups of 16 + 4 bytes
    [{ dtype: 'm0e4', shape: [10, 172], group: 32 }, 'm0e4/32[10, 172]', '1200'], // 6 groups, the last one padded
    [{ dtype: 'm0e4', shape: [2, 172], group: 128 }, 'm0e4/128[2, 172]', '272'],
  ])('%#: prints %2$s', (type, text, bytes) => {
    expect(printType(type)).toBe(text);
    expect(print(byteSize(type))).toBe(bytes);
  });

  it('give their rows, elements and dims', () => {
    const type: TensorType = { dtype: 'f32', shape: [S, 3, 5] };
    expect(print(rowsOf(type))).toBe('3*S');
    expect(print(elements(type))).toBe('15*S');
    expect([dimOf(type, -1), dimOf(type, 1)]).toEqual([5, 3]);
    expect(() => dimOf(type, 3)).toThrow('no axis 3 in f32[S, 3, 5]');
  });

  it('are equal when dtype, shape and group are', () => {
    const type: TensorType = { dtype: 'm0e4', shape: [S, 64], group: 32 };
    expect(sameType(type, { ...type })).toBe(true);
    expect(sameType(type, { ...type, group: 64 })).toBe(false);
    expect(sameType(type, { ...type, shape: [S, 65] })).toBe(false);
    expect(sameType(type, { ...type, shape: [S] })).toBe(false);
  });
});

it('seeded numbers repeat and are uniform in [0, 1)', () => {
  const [a, b] = [seededRandom(5), seededRandom(5)];
  const numbers = Array.from({ length: 1000 }, () => a());
  expect(numbers.every((x) => x === b() && 0 <= x && x < 1)).toBe(true);
  expect(numbers.reduce((sum, x) => sum + x, 0) / 1000).toBeCloseTo(0.5, 1);
});
