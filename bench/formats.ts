/**
 * 4-bit formats, compared by their squared error on weights and, in `format-table.ts`, by a model's perplexity.
 *
 * Every format rounds f32 to f32 here, with its scales as halves, so the formats differ only in their grids.
 * Results: docs/ENGINE.md. Not here: speed, which depends on the kernel as well.
 */
import { dequantiseRows, roundToF16, type M0e4Group, quantiseRows } from '../engine/bench.ts';

/** Rounds a row-major matrix f32[rows, k] to values that the format can represent. */
export type MatrixRounding = (weights: Float32Array, k: number) => Float32Array;

export interface WeightFormat {
  readonly name: string;
  /** Bits of the nibble plus its share of the group's scales. */
  readonly bitsPerWeight: number;
  readonly round: MatrixRounding;
}

/** Applies an in-place rounding to each group of a row. The last group may be shorter. */
function grouped(size: number, group: (w: Float32Array) => void): MatrixRounding {
  return (weights, k) => {
    const out = weights.slice();
    for (let row = 0; row < out.length; row += k) {
      for (let at = 0; at < k; at += size) group(out.subarray(row + at, row + Math.min(at + size, k)));
    }
    return out;
  };
}

const m0e4 = (group: M0e4Group): WeightFormat => ({
  name: `M0E4, groups of ${group}`,
  bitsPerWeight: 4 + 32 / group,
  round: (weights, k) => dequantiseRows(quantiseRows(weights, k, group), k, group),
});

/** M0E4 with s and b from the extremes alone. Shows the gain of refitting. */
const m0e4Extremes = (group: number): WeightFormat => ({
  name: `M0E4 by extremes, groups of ${group}`,
  bitsPerWeight: 4 + 32 / group,
  round: grouped(group, (w) => {
    const low = Math.min(...w);
    const s = roundToF16(((Math.max(...w) - low) * 16) / 15);
    const b = roundToF16(low - s);
    w.forEach((x, i) => {
      const q = s === 0 ? 0 : Math.min(15, Math.max(0, Math.round(((x - b) / s) * 16 - 16)));
      w[i] = s * (1 + q / 16) + b;
    });
  }),
});

/** GGUF Q4_0: w = d·(q − 8). The weight of largest magnitude maps to −8. */
const q40: WeightFormat = {
  name: 'Q4_0 style (symmetric), groups of 32',
  bitsPerWeight: 4.5,
  round: grouped(32, (w) => {
    const widest = w.reduce((a, x) => (Math.abs(x) > Math.abs(a) ? x : a), 0);
    const d = roundToF16(widest / -8);
    w.forEach((x, i) => {
      w[i] = d === 0 ? 0 : d * (Math.min(15, Math.max(0, Math.floor(x / d + 8.5))) - 8);
    });
  }),
};

/** GGUF Q4_1: w = d·q + m. */
const q41: WeightFormat = {
  name: 'Q4_1 style (minimum), groups of 32',
  bitsPerWeight: 5,
  round: grouped(32, (w) => {
    const m = roundToF16(Math.min(...w));
    const d = roundToF16((Math.max(...w) - Math.min(...w)) / 15);
    w.forEach((x, i) => {
      w[i] = d === 0 ? m : d * Math.min(15, Math.max(0, Math.round((x - m) / d))) + m;
    });
  }),
};

/** Plain int4 with a 4-bit integer zero point: w = d·(q − z). */
const int4 = (group: number): WeightFormat => ({
  name: `int4 (integer zero), groups of ${group}`,
  bitsPerWeight: 4 + 20 / group,
  round: grouped(group, (w) => {
    const low = Math.min(0, ...w);
    const d = roundToF16((Math.max(0, ...w) - low) / 15);
    const z = d === 0 ? 0 : Math.round(-low / d);
    w.forEach((x, i) => {
      w[i] = d === 0 ? 0 : d * (Math.min(15, Math.max(0, Math.round(x / d) + z)) - z);
    });
  }),
});

/** The sixteen values of NF4 (Dettmers et al., arXiv 2305.14314, appendix E). */
const NF4 = [
  -1, -0.6961928, -0.52507305, -0.39491749, -0.28444138, -0.18477343, -0.09105004, 0, 0.0795803, 0.1609302,
  0.2461123, 0.33791524, 0.44070983, 0.562617, 0.72295684, 1,
];

const nf4 = (group: number): WeightFormat => ({
  name: `NF4 style, groups of ${group}`,
  bitsPerWeight: 4 + 16 / group,
  round: grouped(group, (w) => {
    const d = roundToF16(w.reduce((a, x) => Math.max(a, Math.abs(x)), 0));
    w.forEach((x, i) => {
      w[i] = d * NF4.reduce((a, v) => (Math.abs(x - d * v) < Math.abs(x - d * a) ? v : a), 0);
    });
  }),
});

export const FORMATS: readonly WeightFormat[] = [
  m0e4(128),
  nf4(64),
  m0e4(64),
  q40,
  nf4(32),
  int4(32),
  m0e4(32),
  m0e4Extremes(32),
  q41,
];

/** Sum of squared errors divided by the sum of squared weights. */
export function relativeError(weights: Float32Array, rounded: Float32Array): number {
  let off = 0;
  let all = 0;
  weights.forEach((w, i) => {
    off += (w - (rounded[i] as number)) ** 2;
    all += w * w;
  });
  return off / all;
}
