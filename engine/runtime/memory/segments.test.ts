import { describe, expect, it } from 'vitest';
import { roomOf, rowBytes, segmentRows } from './segments.ts';

const MIB = 2 ** 20;

describe('segments', () => {
  it('are one where the tensor fits', () => {
    expect(segmentRows({ dtype: 'f32', shape: [100, 16] }, 6400)).toEqual([100]);
    expect(segmentRows({ dtype: 'f32', shape: [7] }, 128 * MIB)).toEqual([7]);
  });

  it('have an even number of rows, but for the last', () => {
    expect(segmentRows({ dtype: 'f32', shape: [100, 16] }, 6399)).toEqual([98, 2]);
    expect(segmentRows({ dtype: 'f16', shape: [7, 5] }, 50)).toEqual([4, 3]);
  });

  it('have room for whole vectors of cells', () => {
    const type = { dtype: 'u3_f16_32', shape: [37, 160] } as const;
    expect(rowBytes(type).map(([, bytes]) => [bytes, roomOf(type, 37, bytes)])).toEqual([
      [40, 1488],
      [40, 1488],
    ]);
    expect(roomOf({ dtype: 'f16', shape: [7, 5] }, 7, 10)).toBe(72);
  });

  it('hold the embeddings of large models on a phone', () => {
    const fits = (rows: number, cols: number, dtype: 'f16' | 'm0e4') => {
      const type = { dtype, shape: [rows, cols], ...(dtype === 'm0e4' ? { group: 32 } : {}) } as const;
      const cut = segmentRows(type, 128 * MIB);
      expect(cut.reduce((a, b) => a + b, 0)).toBe(rows);
      for (const [, bytes] of rowBytes(type)) expect(Math.max(...cut) * bytes).toBeLessThanOrEqual(128 * MIB);
      return cut.length;
    };
    expect(fits(151936, 1024, 'm0e4')).toBe(1);
    expect(fits(151936, 1024, 'f16')).toBe(3);
    expect(fits(256000, 2048, 'm0e4')).toBe(2);
    expect(fits(256000, 2048, 'f16')).toBe(8);
  });

  it('refuse rows that no binding takes', () => {
    expect(() => segmentRows({ dtype: 'f32', shape: [4, 16] }, 100)).toThrow('two rows of 64 bytes');
  });
});
