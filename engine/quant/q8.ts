/**
 * Q8: 8-bit weights for the few tensors where 4 bits lose too much precision (embedding, head). A weight is a signed
 * byte q. `Q` weights along K share two halves s and b and encode **w' = s·q + b**. With b = 0 this is the arithmetic
 * of GGUF's Q8_0.
 *
 * Packing, row-major, for a matrix [N, K] whose rows are padded to whole groups (Kp = ⌈K/Q⌉·Q):
 *   bytes  u32[N, Kp/4]  a word holds 4 neighbours in K, the first in the lowest byte
 *   scales u32[N, Kp/Q]  s in the low half, b in the high half, as in M0E4
 * Padding: bytes are 0, so w' = b. Kernels multiply it by a zero activation.
 *
 * Not here: GPU code (`wgsl/lib/weights/q8.wgsl`), the choice of tensors stored in Q8 (`engine/weights`).
 */
import { fail, invariant } from '../base/errors.ts';
import { F16_MAX, F16_MIN_NORMAL, f16FromF32, f32FromF16 } from '../tensor/f16.ts';

export interface Q8Rows {
  /** u32[rows, wordsPerRow] */
  readonly bytes: Uint32Array;
  /** u32[rows, groupsPerRow] */
  readonly scales: Uint32Array;
}

/** Counts per row of K weights. */
export interface Q8Layout {
  readonly groups: number;
  /** A multiple of 32, so every row is aligned to 16 bytes. */
  readonly dataBytes: number;
  readonly scaleBytes: number;
}

export function q8Layout(k: number, group: number): Q8Layout {
  invariant(group % 32 === 0, 'q8', `group ${group} is not a multiple of 32`);
  const groups = Math.ceil(k / group);
  return { groups, dataBytes: groups * group, scaleBytes: groups * 4 };
}

/**
 * Quantises f32[rows, k] row by row. The length of `weights` gives the number of rows. s and b map −127 and 127 to
 * the group's extremes. Throws `checkpoint-damaged` for weights that are not finite or too large for a half.
 * `name` is the tensor's name, `firstRow` the index of the first row in it.
 */
export function quantiseQ8(
  weights: Float32Array,
  k: number,
  group: number,
  name = 'q8',
  firstRow = 0,
): Q8Rows {
  const { groups, dataBytes } = q8Layout(k, group);
  const rows = weights.length / k;
  invariant(Number.isInteger(rows), 'q8', `${weights.length} weights are not whole rows of ${k}`);
  const signed = new Int8Array(rows * dataBytes);
  const scales = new Uint32Array(rows * groups);
  // Loops over indices: a view or a call for each group would take longer than the sums.
  for (let row = 0; row < rows; row++) {
    for (let g = 0; g < groups; g++) {
      const from = row * k + g * group;
      const to = Math.min(from + group, (row + 1) * k);
      const pair = pairOf(weights, from, to);
      if (pair === -1) reject(weights.subarray(from, to), name, firstRow + row, g * group);
      scales[row * groups + g] = pair;
      const s = f32FromF16(pair & 0xffff);
      if (s === 0) continue; // all bytes are 0 already
      const b = f32FromF16(pair >>> 16);
      const at = row * dataBytes + g * group - from;
      for (let i = from; i < to; i++) {
        const q = Math.round(((weights[i] as number) - b) / s);
        signed[at + i] = Math.max(-127, Math.min(127, q));
      }
    }
  }
  return { bytes: new Uint32Array(signed.buffer), scales };
}

/** Returns the f32[rows, k] that the stored rows encode. */
export function dequantiseQ8(stored: Q8Rows, k: number, group: number): Float32Array {
  const { groups, dataBytes } = q8Layout(k, group);
  const signed = new Int8Array(stored.bytes.buffer, stored.bytes.byteOffset, stored.bytes.byteLength);
  const rows = stored.scales.length / groups;
  const out = new Float32Array(rows * k);
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < k; i++) {
      const pair = stored.scales[row * groups + Math.floor(i / group)] as number;
      const q = signed[row * dataBytes + i] as number;
      out[row * k + i] = f32FromF16(pair & 0xffff) * q + f32FromF16(pair >>> 16);
    }
  }
  return out;
}

/** Stored s and b of the group [from, to). -1 when a weight is not finite or s or b exceeds a half. */
function pairOf(weights: Float32Array, from: number, to: number): number {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  let sum = 0; // not finite when any weight is not finite; the comparisons alone would ignore NaN
  for (let i = from; i < to; i++) {
    const w = weights[i] as number;
    if (w < low) low = w;
    if (w > high) high = w;
    sum += w;
  }
  if (!Number.isFinite(sum)) return -1;
  const b = normalHalf((low + high) / 2);
  // Rounding b moves the middle, so s is computed for the farther end.
  const middle = f32FromF16(b);
  const s = normalHalf(Math.max(high - middle, middle - low) / 127);
  const fits = Math.abs(middle) <= F16_MAX && f32FromF16(s) <= F16_MAX;
  return fits ? ((b << 16) | s) >>> 0 : -1;
}

/** The nearest half that is zero or normal: GPUs may flush subnormal ones to zero. */
function normalHalf(x: number): number {
  const size = Math.abs(x);
  if (size >= F16_MIN_NORMAL) return f16FromF32(x);
  return size < F16_MIN_NORMAL / 2 ? 0 : f16FromF32(Math.sign(x) * F16_MIN_NORMAL);
}

function reject(part: Float32Array, name: string, row: number, firstColumn: number): never {
  const bad = part.findIndex((w) => !Number.isFinite(w));
  const at = Math.max(bad, 0);
  fail('checkpoint-damaged', {
    who: name,
    where: `row ${row}, column ${firstColumn + at}`,
    message: 'a weight cannot be stored in 8 bits',
    expected: `finite weights whose range fits ±${F16_MAX}`,
    got: part[at] as number,
  });
}
