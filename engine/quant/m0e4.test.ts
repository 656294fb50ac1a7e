import { describe, expect, it } from 'vitest';
import { EngineError } from '../base/errors.ts';
import { byteSize } from '../tensor/tensor.ts';
import { f32FromF16, roundToF16 } from '../tensor/f16.ts';
import { dequantiseRows, M0E4_GROUPS, m0e4Layout, quantiseRows } from './m0e4.ts';

/** Repeatable noise in [-1, 1). */
function noise(length: number, seed = 1): Float32Array {
  let state = seed;
  return Float32Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  });
}

function squaredError(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, x, i) => sum + (x - (b[i] as number)) ** 2, 0);
}

/** Squared error of one group with s and b from its extremes alone. */
function extremesError(w: Float32Array): number {
  const min = Math.min(...w);
  const s = roundToF16(((Math.max(...w) - min) * 16) / 15);
  const b = roundToF16(min - s);
  const q = (x: number) => Math.min(15, Math.max(0, Math.round(((x - b) / s) * 16 - 16)));
  return (
    squaredError(
      w,
      w.map((x) => s * (1 + q(x) / 16) + b),
    ) + 1e-12
  );
}

describe.each(M0E4_GROUPS)('group %i', (group) => {
  it.each([8, 32, 64, 172, 300])('errs no more than with s and b from the extremes, K = %i', (k) => {
    const w = noise(3 * k, k);
    const stored = quantiseRows(w, k, group);
    const layout = m0e4Layout(k, group);
    expect(stored.nibbles.length).toBe(3 * layout.words);
    expect(stored.nibbles.byteLength + stored.scales.byteLength).toBe(
      byteSize({ dtype: 'm0e4', shape: [3, k], group }),
    );
    const back = dequantiseRows(stored, k, group);
    for (let row = 0; row < 3; row++) {
      for (let g = 0; g * group < k; g++) {
        const from = row * k + g * group;
        const to = Math.min(from + group, (row + 1) * k);
        const bound = extremesError(w.subarray(from, to));
        expect(squaredError(w.subarray(from, to), back.subarray(from, to))).toBeLessThanOrEqual(bound);
      }
    }
  });

  it('errs by at most half a step where a weight is not clipped', () => {
    const w = noise(8 * 256, 11);
    const stored = quantiseRows(w, 256, group);
    const { groups } = m0e4Layout(256, group);
    dequantiseRows(stored, 256, group).forEach((x, i) => {
      const scale = stored.scales[Math.floor(i / 256) * groups + Math.floor((i % 256) / group)] as number;
      const s = f32FromF16(scale & 0xffff);
      const b = f32FromF16(scale >>> 16);
      const clipped = Math.min(s + b + (15 / 16) * s, Math.max(s + b, w[i] as number));
      expect(Math.abs(x - clipped)).toBeLessThanOrEqual(s / 32 + 1e-6);
    });
  });
});

it('packs for the shader: elements 2p and 2p+1 are the two halves of one vec2<f16>', () => {
  // Weights that are exactly 1 + q/16 - 1.5 with s = 1: min -0.5, max 0.4375.
  const q = [0, 15, 3, 9, 12, 1, 7, 8];
  const w = Float32Array.from({ length: 32 }, (_, i) => 1 + (q[i % 8] as number) / 16 - 1.5);
  const { nibbles, scales } = quantiseRows(w, 32, 32);
  expect(f32FromF16((scales[0] as number) & 0xffff)).toBe(1);
  expect(f32FromF16((scales[0] as number) >>> 16)).toBe(-1.5);
  const word = nibbles[0] as number;
  const shifted = [word << 6, word << 2, word >>> 2, word >>> 6];
  shifted.forEach((x, p) => {
    const pair = (x & 0x03c003c0) | 0x3c003c00;
    expect(f32FromF16(pair & 0xffff)).toBe(1 + (q[2 * p] as number) / 16);
    expect(f32FromF16(pair >>> 16)).toBe(1 + (q[2 * p + 1] as number) / 16);
  });
  expect([...dequantiseRows({ nibbles, scales }, 32, 32)]).toEqual([...w]);
});

it('keeps zeros and equal weights, and pads with nibble 0', () => {
  const zero = quantiseRows(new Float32Array(40), 40, 32);
  expect([...zero.nibbles, ...zero.scales].every((x) => x === 0)).toBe(true);
  const equal = quantiseRows(new Float32Array(40).fill(0.25), 40, 32);
  expect(new Set(dequantiseRows(equal, 40, 32))).toEqual(new Set([0.25]));
  expect([...equal.nibbles.slice(5)]).toEqual([0, 0, 0]);
});

it.each([1e-9, 1e-6, 1e-5, 1e-4, 1, 1e3, 2e4])(
  'quantises weights of size %f without a subnormal scale',
  (size) => {
    const w = noise(64, 7).map((x) => x * size);
    const stored = quantiseRows(w, 64, 32);
    for (const scale of stored.scales) {
      for (const h of [scale & 0xffff, scale >>> 16]) {
        expect((h & 0x7c00) !== 0 || (h & 0x3ff) === 0).toBe(true);
      }
    }
    // Avoiding subnormals may add an error of up to 2^-14.
    dequantiseRows(stored, 64, 32).forEach((x, i) => {
      expect(Math.abs(x - (w[i] as number))).toBeLessThanOrEqual(size / 14 + 2 ** -14);
    });
  },
);

it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 7e4, -7e4])(
  'refuses %f and gives its position',
  (bad) => {
    const w = noise(96);
    w[70] = bad;
    let error: unknown;
    try {
      quantiseRows(w, 48, 32, 'lm_head.weight', 100);
    } catch (e) {
      error = e;
    }
    expect(error).toBeInstanceOf(EngineError);
    expect((error as EngineError).code).toBe('checkpoint-damaged');
    expect((error as EngineError).message).toContain('lm_head.weight, row 101, column 22');
  },
);
