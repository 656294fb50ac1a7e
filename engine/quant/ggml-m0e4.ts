/**
 * Converts ggml's Q4_0 and Q4_1 to M0E4 with unchanged nibbles: w = d·q + m (Q4_0: m = −8d) equals s·(1 + q/16) + b
 * with s = 16d and b = m − 16d (Q4_0: −24d).
 *
 * s is always exact: a half times 16. b often is not. −24d is 3 times d's 11-bit mantissa, which a half holds for
 * one d in three; m − 16d is rarely exact. Rounding b alone would move all 32 weights of a block by up to d/85,
 * including the zeros. So s may move too: of 16d and its four neighbours, the code takes the one whose best b gives
 * the least squared error over the block's nibbles. For Q4_0 that is mostly a neighbour whose 24d is exact, which
 * scales the block by at most 1 + 2/1366 and keeps zeros zero. Measured (`ggml-m0e4.test.ts`: 20,000 Gaussian
 * blocks; root mean square errors as fractions of the step d):
 *
 *            exact blocks   this code   only b rounded   requantised   largest error of a weight, this code
 *   Q4_0     36 %           0.0024      0.0055           0.17          0.012
 *   Q4_1     33 %           0.0026      0.0054           0.0054        0.013
 *
 * Quantisation to four bits itself errs by 0.29 d, so this adds less than a ten-thousandth to the squared error.
 * Blocks are requantised only where s or b is not a normal half: |d| < 2^-18 (weights of millionths) or |b| > 65504.
 * For such a block both conversions are tried and the one with the smaller error is kept.
 */
import { f32FromF16 } from '../tensor/f16.ts';
import { type GgmlType, ggmlToF32, halfAt } from './ggml.ts';
import { type M0e4Rows, m0e4Layout, quantiseRows } from './m0e4.ts';
import { type NibbleSums, nearestPair, sumsOf } from './m0e4-pair.ts';

/** Weights of a block. Only this group size keeps one scale per block. */
const GROUP = 32;

/** Bytes of a block before its nibbles. */
const HEAD: Readonly<Record<string, number>> = { Q4_0: 2, Q4_1: 4 };

/**
 * Converts whole rows of `k` weights with unchanged nibbles. Returns undefined where the type or the group size does
 * not allow it. Throws `checkpoint-damaged` for a weight that is not finite or too large for a half; the message
 * names the tensor `name` and a row counted from `firstRow`.
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
    const requantised = quantiseRows(ggmlToF32(type, rowBytes), k, group, name, firstRow + row);
    const within = block - row * layout.groups;
    const scale = requantised.scales[within] as number;
    const words = requantised.nibbles.subarray(within * 4, within * 4 + 4);
    if (squaredError(type, bytes.subarray(at, at + type.bytes), scale, words) >= fit.error) continue;
    scales[block] = scale;
    nibbles.set(words, block * 4);
  }
  return { nibbles, scales };
}

/**
 * Reorders the nibbles for M0E4 and returns their sums. ggml stores weights i and i + 16 in byte i. M0E4 stores eight
 * neighbours in a word: weight 2p in bits 4p…4p + 3, weight 2p + 1 in bits 16 + 4p…16 + 4p + 3.
 */
function repack(bytes: Uint8Array, from: number, words: Uint32Array, to: number): NibbleSums {
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

/** Squared error of one block for a stored pair s, b and nibbles in M0E4's order. */
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
