/**
 * ggml's Q4_0 and Q4_1 as M0E4 with the very same nibbles: w = d·q + m (Q4_0: m = −8d) is s·(1 + q/16) + b with
 * s = 16d and b = m − 16d (Q4_0: −24d).
 *
 * s is always exact: a half times 16. b often is not: −24d is 3 times d's 11-bit mantissa, which a half holds for
 * one d in three; m − 16d needs luck. Rounding b alone would move all 32 weights of a block by up to d/85,
 * including the zeros. So s may move too: of 16d and its four neighbours the one is taken whose best b gives the
 * least squared error over the block's own nibbles. For Q4_0 that is mostly a neighbour whose 24d is exact, which
 * scales the block by at most 1 + 2/1366 and leaves its zeros zero. Measured (`ggml-m0e4.test.ts`: 20,000 Gaussian
 * blocks; errors as fractions of the step d, root mean square):
 *
 *            exact blocks   as here   b alone rounded   quantised anew   largest of a weight, as here
 *   Q4_0     36 %           0.0024    0.0055            0.17             0.012
 *   Q4_1     33 %           0.0026    0.0054            0.0054           0.013
 *
 * The four bits themselves err by 0.29 d, so this adds less than a ten-thousandth to their squared error.
 * Quantising anew is the choice only for blocks whose s or b no half holds as a
 * normal number: |d| < 2^-18 (weights of millionths) or |b| > 65504. There both ways are tried, a block at a time, and
 * the nearer is kept.
 */
import { f32FromF16 } from '../tensor/f16.ts';
import { type GgmlType, ggmlToF32, halfAt } from './ggml.ts';
import { type M0e4Rows, m0e4Layout, quantiseRows } from './m0e4.ts';
import { nearestPair, type Sums, sumsOf } from './m0e4-pair.ts';

/** Weights of a block, and the only group that keeps its scales. */
const GROUP = 32;

/** Bytes before the nibbles. */
const HEAD: Readonly<Record<string, number>> = { Q4_0: 2, Q4_1: 4 };

/**
 * Whole rows of `k` weights with their nibbles unchanged; undefined where type or group do not allow it.
 * `name` and `firstRow` are for the message about a weight that is not finite.
 */
export function ggmlToM0e4(
  type: GgmlType,
  bytes: Uint8Array,
  k: number,
  group: number,
  name: string,
  firstRow: number,
): M0e4Rows | undefined {
  const head = HEAD[type.name];
  if (head === undefined || group !== GROUP) return undefined;
  const layout = m0e4Layout(k, group);
  const blocks = bytes.length / type.bytes;
  const nibbles = new Uint32Array((blocks * GROUP) / 8);
  const scales = new Uint32Array(blocks);
  for (let block = 0; block < blocks; block++) {
    const at = block * type.bytes;
    const sums = repack(bytes, at + head, nibbles, block * 4);
    const d = halfAt(bytes, at);
    const b = head === 2 ? -24 * d : halfAt(bytes, at + 2) - 16 * d;
    const fit = nearestPair(16 * d, b, sums);
    scales[block] = fit.scale;
    if (fit.normal) continue;
    const row = Math.floor(block / layout.groups);
    const rowBytes = bytes.subarray(row * layout.groups * type.bytes, (row + 1) * layout.groups * type.bytes);
    const anew = quantiseRows(ggmlToF32(type, rowBytes), k, group, name, firstRow + row);
    const within = block - row * layout.groups;
    const scale = anew.scales[within] as number;
    const words = anew.nibbles.subarray(within * 4, within * 4 + 4);
    if (squaredError(type, bytes.subarray(at, at + type.bytes), scale, words) >= fit.error) continue;
    scales[block] = scale;
    nibbles.set(words, block * 4);
  }
  return { nibbles, scales };
}

/**
 * Into M0E4's order: ggml has weights i and i + 16 in byte i; M0E4 has eight neighbours in a word, weight 2p
 * in bits 4p… and 2p + 1 in bits 16 + 4p….
 */
function repack(bytes: Uint8Array, from: number, words: Uint32Array, to: number): Sums {
  let sum = 0;
  let squares = 0;
  for (let i = 0; i < GROUP; i++) {
    const byte = bytes[from + (i & 15)] as number;
    const q = i < 16 ? byte & 15 : byte >> 4;
    sum += q;
    squares += q * q;
    const word = to + (i >> 3);
    words[word] = (words[word] as number) | (q << (((i & 1) << 4) + ((i & 6) << 1)));
  }
  return sumsOf(GROUP, sum, squares);
}

/** Of one block under a stored pair and nibbles in M0E4's order. */
function squaredError(type: GgmlType, block: Uint8Array, scale: number, words: Uint32Array): number {
  const s = f32FromF16(scale & 0xffff);
  const b = f32FromF16(scale >>> 16);
  let error = 0;
  for (const [i, w] of ggmlToF32(type, block).entries()) {
    const q = ((words[i >> 3] as number) >>> (((i & 1) << 4) + ((i & 6) << 1))) & 15;
    error += (s * (1 + q / 16) + b - w) ** 2;
  }
  return error;
}
