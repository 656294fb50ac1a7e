import { expect, test } from 'vitest';
import { multiplyHigh, philox } from './random.ts';

// Known answers from the authors' library (Random123, tests/kat_vectors, philox2x32 10).
test.each([
  [0, [0, 0], [0xff1dae59, 0x6cd10df2]],
  [0xffffffff, [0xffffffff, 0xffffffff], [0x2c3f628b, 0xab4fd7ad]],
  [0x13198a2e, [0x243f6a88, 0x85a308d3], [0xdd7ce038, 0xf62a4c12]],
] as const)('known answer for key %i', (key, counter, expected) => {
  expect(philox(key, counter)).toEqual(expected);
});

test('multiplyHigh returns the upper 32 bits of a product', () => {
  expect(multiplyHigh(0xffffffff, 0xffffffff)).toBe(0xfffffffe);
  expect(multiplyHigh(0x10000, 0x10000)).toBe(1);
  expect(multiplyHigh(3, 5)).toBe(0);
});
