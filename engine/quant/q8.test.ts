import { describe, expect, it } from 'vitest';
import { f32FromF16 } from '../tensor/f16.ts';
import { seededRandom } from '../tensor/random.ts';
import { dequantiseQ8, q8Layout, quantiseQ8 } from './q8.ts';

describe('q8', () => {
  it('has the layout that the shader reads', () => {
    expect(q8Layout(172, 32)).toEqual({ groups: 6, dataBytes: 192, scaleBytes: 24 });
    const { bytes, scales } = quantiseQ8(Float32Array.from([-127, 127, 1, -1, 2]), 5, 32);
    expect(bytes[0]).toBe(0xff017f81);
    expect(bytes[1]).toBe(2);
    expect([f32FromF16(scales[0]! & 0xffff), f32FromF16(scales[0]! >>> 16)]).toEqual([1, 0]);
  });

  it('errs by at most half a step plus the rounding of s and b to halves', () => {
    const random = seededRandom(5);
    for (const group of [32, 64, 128]) {
      const k = 172;
      const weights = Float32Array.from({ length: 7 * k }, () => (random() - 0.4) * 0.2);
      const back = dequantiseQ8(quantiseQ8(weights, k, group), k, group);
      weights.forEach((w, i) => {
        expect(Math.abs(w - back[i]!)).toBeLessThan(0.2 / 254 / 2 + 0.1 * 2 ** -10);
      });
    }
  });

  it('keeps equal weights exactly, including zeros', () => {
    expect([...dequantiseQ8(quantiseQ8(new Float32Array(4).fill(0.5), 4, 32), 4, 32)]).toEqual([
      0.5, 0.5, 0.5, 0.5,
    ]);
    expect([...dequantiseQ8(quantiseQ8(new Float32Array(2), 2, 32), 2, 32)]).toEqual([0, 0]);
  });

  it('the error gives the position of a weight that is not finite', () => {
    expect(() => quantiseQ8(Float32Array.from([1, 2, 3, Number.NaN]), 2, 32, 'head', 10)).toThrow(
      /head.*row 11, column 1/,
    );
    expect(() => quantiseQ8(Float32Array.from([-3e38, 3e38]), 2, 32)).toThrow('8 bits');
  });
});
