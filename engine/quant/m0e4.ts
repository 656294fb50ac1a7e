/**
 * M0E4: 4-bit weights that are converted to floats by bit operations alone (Transformer-Lite, arXiv 2403.20041;
 * the abstract prints M0E4, a comment of the authors says that E0M4 was meant).
 *
 * A nibble q (0…15) is the top of a float's mantissa with a constant exponent: v = 1 + q/16, exact in
 * f16 and f32. `Q` weights along K share two halves s and b and encode **w' = s·v + b**.
 *
 * Packing, row-major, for a matrix [N, K] whose rows are padded to whole groups (Kp = ⌈K/Q⌉·Q):
 *   nibbles u32[N, Kp/8]  a word holds 8 neighbours in K; element 2p in bits 4p…4p+3, element 2p+1 in bits
 *                         16+4p…16+4p+3, so `((w << 6 >> 4p) & 0x03C003C0) | 0x3C003C00` is a vec2<f16> of
 *                         the neighbours 2p and 2p+1
 *   scales  u32[N, Kp/Q]  s in the low half, b in the high half (`unpack2x16float`)
 * Padding: nibbles are 0, so w' = s + b, a finite number. Kernels must multiply it by a zero
 * activation or not read it. Padding does not affect the choice of s and b.
 *
 * s and b are never subnormal halves, since GPUs may flush those to zero.
 * Not here: GPU code (`wgsl/lib/weights/m0e4*.wgsl`).
 */
import { fail, invariant } from '../base/errors.ts';
import { F16_MAX, F16_MIN_NORMAL, f16FromF32, f32FromF16 } from '../tensor/f16.ts';

export type M0e4Group = 32 | 64 | 128;
export const M0E4_GROUPS: readonly M0e4Group[] = [32, 64, 128];

export interface M0e4Rows {
  /** u32[rows, wordsPerRow] */
  readonly nibbles: Uint32Array;
  /** u32[rows, groupsPerRow] */
  readonly scales: Uint32Array;
}

/** Counts per row of K weights. */
export interface M0e4Layout {
  readonly groups: number;
  /** u32 words of nibbles. A multiple of 4, so every row is aligned to 16 bytes. */
  readonly words: number;
  readonly nibbleBytes: number;
  readonly scaleBytes: number;
}

export function m0e4Layout(k: number, group: number): M0e4Layout {
  invariant(M0E4_GROUPS.includes(group as M0e4Group), 'm0e4', `group ${group} is not 32, 64 or 128`);
  const groups = Math.ceil(k / group);
  const words = (groups * group) / 8;
  return { groups, words, nibbleBytes: words * 4, scaleBytes: groups * 4 };
}

/**
 * Quantises f32[rows, k] row by row. The length of `weights` gives the number of rows.
 * s and b start from the group's extremes and are refitted by least squares ({@link refine}). Each nibble is
 * the nearest one for s and b as stored.
 * Throws `checkpoint-damaged` with the position for weights that are not finite or too large for a half.
 * `name` is the tensor's name, `firstRow` the index of the first row in it.
 */
export function quantiseRows(
  weights: Float32Array,
  k: number,
  group: number,
  name = 'm0e4',
  firstRow = 0,
): M0e4Rows {
  const layout = m0e4Layout(k, group);
  const rows = weights.length / k;
  invariant(Number.isInteger(rows), 'm0e4', `${weights.length} weights are not whole rows of ${k}`);
  const nibbles = new Uint32Array(rows * layout.words);
  const scales = new Uint32Array(rows * layout.groups);
  const fit = groupFit(group);
  for (let row = 0; row < rows; row++) {
    for (let g = 0; g < layout.groups; g++) {
      const from = row * k + g * group;
      const to = Math.min(from + group, (row + 1) * k);
      const widest = rangeScale(weights, from, to);
      if (widest === undefined) rejectWeight(weights, from, to, k, name, firstRow);
      scales[row * layout.groups + g] = refine(fit, weights, from, to, widest);
      pack(fit.best, to - from, nibbles, row * layout.words + (g * group) / 8);
    }
  }
  return { nibbles, scales };
}

/** Returns the f32[rows, k] that the stored rows encode. */
export function dequantiseRows(stored: M0e4Rows, k: number, group: number): Float32Array {
  const layout = m0e4Layout(k, group);
  const rows = stored.scales.length / layout.groups;
  const out = new Float32Array(rows * k);
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < k; i++) {
      const scale = stored.scales[row * layout.groups + Math.floor(i / group)] as number;
      const word = stored.nibbles[row * layout.words + (i >>> 3)] as number;
      const v = 1 + ((word >>> nibbleShift(i)) & 15) / 16;
      out[row * k + i] = f32FromF16(scale & 0xffff) * v + f32FromF16(scale >>> 16);
    }
  }
  return out;
}

/** Bit position of element `i` of a row in its word. */
export function nibbleShift(i: number): number {
  return ((i & 1) << 4) + ((i & 6) << 1);
}

/** Stored s and b of one group, from its extremes. Undefined when a weight is not finite or s or b exceeds a half. */
function rangeScale(weights: Float32Array, from: number, to: number): number | undefined {
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  let sum = 0; // not finite when any weight is not finite; the comparisons alone would ignore NaN
  for (let i = from; i < to; i++) {
    const w = weights[i] as number;
    if (w < min) min = w;
    if (w > max) max = w;
    sum += w;
  }
  if (!Number.isFinite(sum)) return undefined;
  const s = ((max - min) * 16) / 15;
  return packPair(s, min - f32FromF16(normalHalf(s)));
}

/** s and b packed as two halves, none of them subnormal. Undefined when one of them is too large for a half. */
export function packPair(s: number, b: number): number | undefined {
  const low = normalHalf(s);
  const high = normalHalf(b);
  const fits = (h: number) => Math.abs(f32FromF16(h)) <= F16_MAX;
  return fits(low) && fits(high) ? ((high << 16) | low) >>> 0 : undefined;
}

/** More refits reduce the error by less than a hundredth. */
const REFITS = 3;

/**
 * Working memory of {@link refine} and the results of {@link fitGroup}: one object for all groups, since objects and calls
 * for each would take longer than the sums.
 */
interface GroupFit {
  /** Nibbles for the pair at hand, and for the best one so far. */
  now: Uint8Array;
  best: Uint8Array;
  /** Squared error for the pair at hand, less the sum of w². */
  error: number;
  /** The pair that fits these nibbles best; -1 where there is none. */
  next: number;
}

const groupFit = (group: number): GroupFit => ({
  now: new Uint8Array(group),
  best: new Uint8Array(group),
  error: 0,
  next: -1,
});

/**
 * Refines s and b by Lloyd's iteration: rounds to nibbles with the current pair, then fits the pair to those nibbles by
 * least squares. Returns the best pair seen and leaves its nibbles in `fit.best`, so the squared error is never above that
 * of the extremes. On Gaussian weights it is 8 % (Q = 128) to 13 % (Q = 32) lower.
 */
function refine(fit: GroupFit, weights: Float32Array, from: number, to: number, first: number): number {
  let best = first;
  let least = Number.POSITIVE_INFINITY;
  let candidate = first;
  for (let i = 0; i <= REFITS && candidate !== -1; i++) {
    fitGroup(fit, weights, from, to, candidate);
    if (fit.error < least) {
      least = fit.error;
      best = candidate;
      const { now } = fit;
      fit.now = fit.best;
      fit.best = now;
    }
    // Converged: the stored pair did not change.
    if (fit.next === candidate) break;
    candidate = fit.next;
  }
  return best;
}

/**
 * Rounds a group with one pair s, b: its nibbles, their squared error but for the sum of w², which is the same for all
 * pairs, and the pair that fits these nibbles best.
 */
function fitGroup(fit: GroupFit, weights: Float32Array, from: number, to: number, scale: number): void {
  const { now } = fit;
  const s = f32FromF16(scale & 0xffff);
  const b = f32FromF16(scale >>> 16);
  const n = to - from;
  // w' = low + step·q: sums of q and q² are whole. When s = 0 (all weights equal) q is 0, and w' = b.
  const step = s / 16;
  const inverse = step === 0 ? 0 : 1 / step;
  const low = s + b;
  const shift = 0.5 - low * inverse;
  let sumQ = 0;
  let sumQQ = 0;
  let sumW = 0;
  let sumWQ = 0;
  for (let i = 0; i < n; i++) {
    const w = weights[from + i] as number;
    const x = w * inverse + shift;
    const q = x < 0 ? 0 : x >= 16 ? 15 : x | 0;
    now[i] = q;
    sumQ += q;
    sumQQ += q * q;
    sumW += w;
    sumWQ += w * q;
  }
  fit.error = low * (n * low - 2 * sumW) + step * (2 * (low * sumQ - sumWQ) + step * sumQQ);
  fit.next = -1;
  const spread = n * sumQQ - sumQ * sumQ; // 0 when all nibbles are equal: no line can be fitted
  if (spread === 0) return;
  const slope = (n * sumWQ - sumW * sumQ) / spread;
  // Rounding in tiny groups can give a negative slope, which would reverse the order of the nibbles.
  if (slope > 0) fit.next = packPair(16 * slope, (sumW - slope * sumQ) / n - 16 * slope) ?? -1;
}

/** The nearest half that is zero or normal. */
function normalHalf(x: number): number {
  const size = Math.abs(x);
  if (size >= F16_MIN_NORMAL) return f16FromF32(x);
  if (size < F16_MIN_NORMAL / 2) return 0;
  return f16FromF32(x < 0 ? -F16_MIN_NORMAL : F16_MIN_NORMAL);
}

/** Packs `count` nibbles, eight to a word. */
function pack(q: Uint8Array, count: number, nibbles: Uint32Array, firstWord: number): void {
  for (let word = firstWord, i = 0; i < count; word++) {
    let packed = 0;
    for (const end = Math.min(count, i + 8); i < end; i++) packed |= (q[i] as number) << nibbleShift(i);
    nibbles[word] = packed;
  }
}

/** Throws `checkpoint-damaged` with the place of the weight of [from, to) that cannot be stored. */
export function rejectWeight(
  weights: Float32Array,
  from: number,
  to: number,
  k: number,
  name: string,
  firstRow = 0,
): never {
  let worst = from;
  for (let i = from; i < to; i++) {
    const w = weights[i] as number;
    if (!Number.isFinite(w) || Math.abs(w) > Math.abs(weights[worst] as number)) worst = i;
    if (!Number.isFinite(w)) break;
  }
  fail('checkpoint-damaged', {
    who: name,
    where: `row ${firstRow + Math.floor(worst / k)}, column ${worst % k}`,
    message: 'a weight cannot be stored in 4 bits',
    expected: `finite weights whose range fits ±${F16_MAX}`,
    got: weights[worst] as number,
  });
}
