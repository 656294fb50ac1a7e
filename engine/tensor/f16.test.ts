import { expect, it } from 'vitest';
import { f16FromF32, f32ArrayFromBf16, f32FromF16, roundToF16 } from './f16.ts';

it('converts all 65,536 halves to f32 and back', () => {
  for (let h = 0; h < 65536; h++) {
    const x = f32FromF16(h);
    const back = f16FromF32(x);
    if (Number.isNaN(x)) expect(back & 0x7fff).toBeGreaterThan(0x7c00);
    else if (back !== h) expect(back).toBe(h);
  }
});

it('rounds to nearest, ties to even, between every pair of neighbours', () => {
  for (let h = 0; h < 0x7bff; h++) {
    const low = f32FromF16(h);
    const high = f32FromF16(h + 1);
    const middle = (low + high) / 2;
    const even = h % 2 === 0 ? h : h + 1;
    const eps = (high - low) / 8;
    const got = [f16FromF32(middle), f16FromF32(middle - eps), f16FromF32(middle + eps), f16FromF32(-middle)];
    const want = [even, h, h + 1, even | 0x8000];
    if (got.some((g, i) => g !== want[i])) expect(got, `between ${low} and ${high}`).toEqual(want);
  }
});

it('handles overflow, infinity, NaN, negative zero and underflow', () => {
  expect(roundToF16(65519.9)).toBe(65504);
  expect(roundToF16(65520)).toBe(Number.POSITIVE_INFINITY);
  expect(roundToF16(-1e30)).toBe(Number.NEGATIVE_INFINITY);
  expect(roundToF16(Number.NaN)).toBeNaN();
  expect(Object.is(roundToF16(-0), -0)).toBe(true);
  expect(roundToF16(2 ** -25)).toBe(0);
  expect(roundToF16(2 ** -25 * 1.01)).toBe(2 ** -24);
});

it('converts bfloat16', () => {
  expect([...f32ArrayFromBf16(Uint16Array.of(0x3f80, 0xc040, 0x7f80))]).toEqual([
    1,
    -3,
    Number.POSITIVE_INFINITY,
  ]);
});
