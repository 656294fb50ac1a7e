/**
 * The element types of ggml, as stored in GGUF files, and their conversion to f32.
 *
 * A row is a sequence of blocks; the weights of a block share scales. Formulas: the comments and `block_*` structs of
 * ggml's `ggml-common.h`, which computes in f32. This code computes in double and rounds once. Every product below has
 * at most 25 significant bits and every sum is exact in double, so the results are equal bit by bit (`ggml-k.ts`
 * argues the same for its products).
 *
 * Here: types and blocks of 32. Blocks of 256: `ggml-k.ts`. Tables of 16 values: `ggml-tables.ts`. Three values or two: `ggml-ternary.ts`. Rows that keep their
 * bits: `cells/ggml-cells.ts`. Conversion to M0E4 without dequantising: `ggml-m0e4.ts`.
 * Not here: files (engine/weights/gguf).
 */
import { fail, invariant } from '../base/errors.ts';
import { f32ArrayFromBf16, f32ArrayFromF16, f32FromF16 } from '../tensor/f16.ts';
import { q2K, q3K, q4K, q5K, q6K } from './ggml-k.ts';
import { iq4Nl, iq4Xs, mxfp4 } from './ggml-tables.ts';
import { q1, tq1, tq2 } from './ggml-ternary.ts';

export interface GgmlType {
  readonly name: string;
  /** Number of weights and of bytes in one block. */
  readonly weights: number;
  readonly bytes: number;
}

/** Keyed by the number used in files (`enum ggml_type`). ggml has withdrawn the missing numbers. */
export const GGML_TYPES: ReadonlyMap<number, GgmlType> = new Map(
  (
    [
      [0, 'F32', 1, 4],
      [1, 'F16', 1, 2],
      [2, 'Q4_0', 32, 18],
      [3, 'Q4_1', 32, 20],
      [6, 'Q5_0', 32, 22],
      [7, 'Q5_1', 32, 24],
      [8, 'Q8_0', 32, 34],
      [9, 'Q8_1', 32, 36],
      [10, 'Q2_K', 256, 84],
      [11, 'Q3_K', 256, 110],
      [12, 'Q4_K', 256, 144],
      [13, 'Q5_K', 256, 176],
      [14, 'Q6_K', 256, 210],
      [15, 'Q8_K', 256, 292],
      [16, 'IQ2_XXS', 256, 66],
      [17, 'IQ2_XS', 256, 74],
      [18, 'IQ3_XXS', 256, 98],
      [19, 'IQ1_S', 256, 50],
      [20, 'IQ4_NL', 32, 18],
      [21, 'IQ3_S', 256, 110],
      [22, 'IQ2_S', 256, 82],
      [23, 'IQ4_XS', 256, 136],
      [24, 'I8', 1, 1],
      [25, 'I16', 1, 2],
      [26, 'I32', 1, 4],
      [27, 'I64', 1, 8],
      [28, 'F64', 1, 8],
      [29, 'IQ1_M', 256, 56],
      [30, 'BF16', 1, 2],
      [34, 'TQ1_0', 256, 54],
      [35, 'TQ2_0', 256, 66],
      [39, 'MXFP4', 32, 17],
      [40, 'NVFP4', 64, 36],
      [41, 'Q1_0', 128, 18],
    ] as const
  ).map(([id, name, weights, bytes]) => [id, { name, weights, bytes }]),
);

/** Writes the weights of the block that begins at byte `at` to `out`, starting at index `to`. */
type ReadBlock = (bytes: Uint8Array, at: number, out: Float32Array, to: number) => void;

const BLOCKS: Readonly<Record<string, ReadBlock>> = {
  Q8_0: q80,
  Q4_0: q40,
  Q4_1: q41,
  Q5_0: q50,
  Q5_1: q51,
  Q2_K: q2K,
  Q3_K: q3K,
  Q4_K: q4K,
  Q5_K: q5K,
  Q6_K: q6K,
  IQ4_NL: iq4Nl,
  IQ4_XS: iq4Xs,
  MXFP4: mxfp4,
  TQ1_0: tq1,
  TQ2_0: tq2,
  Q1_0: q1,
};

/** Names of the types that {@link ggmlToF32} can convert. */
export const GGML_READABLE: readonly string[] = ['F32', 'F16', 'BF16', ...Object.keys(BLOCKS)];

/**
 * Converts whole blocks to f32. `bytes.byteOffset` must be a multiple of 4. Throws `checkpoint-mismatch` for a type that
 * cannot be read.
 */
export function ggmlToF32(type: GgmlType, bytes: Uint8Array): Float32Array {
  const { buffer, byteOffset, length } = bytes;
  const blocks = length / type.bytes;
  invariant(Number.isInteger(blocks), 'ggml', `${length} bytes are not whole blocks of ${type.name}`);
  if (type.name === 'F32') return new Float32Array(buffer, byteOffset, blocks);
  if (type.name === 'F16') return f32ArrayFromF16(new Uint16Array(buffer, byteOffset, blocks));
  if (type.name === 'BF16') return f32ArrayFromBf16(new Uint16Array(buffer, byteOffset, blocks));
  const read = BLOCKS[type.name];
  if (read === undefined) {
    fail('checkpoint-mismatch', {
      who: 'ggml',
      message: 'weights of this type cannot be read',
      expected: GGML_READABLE.join(', '),
      got: type.name,
    });
  }
  const out = new Float32Array(blocks * type.weights);
  for (let i = 0; i < blocks; i++) read(bytes, i * type.bytes, out, i * type.weights);
  return out;
}

/** Reads a half at a byte offset, which may be odd. */
export function halfAt(bytes: Uint8Array, at: number): number {
  return f32FromF16((bytes[at] as number) | ((bytes[at + 1] as number) << 8));
}

/** Q8_0: `d, q[32] as i8`; w = d·q. */
function q80(bytes: Uint8Array, at: number, out: Float32Array, to: number): void {
  const d = halfAt(bytes, at);
  for (let i = 0; i < 32; i++) out[to + i] = d * (((bytes[at + 2 + i] as number) << 24) >> 24);
}

/** Q4_0: `d, q[16]`; w = d·(q − 8). Weight i is the low nibble of byte i, weight i + 16 the high nibble. */
function q40(bytes: Uint8Array, at: number, out: Float32Array, to: number): void {
  const d = halfAt(bytes, at);
  for (let i = 0; i < 16; i++) {
    const q = bytes[at + 2 + i] as number;
    out[to + i] = d * ((q & 15) - 8);
    out[to + i + 16] = d * ((q >> 4) - 8);
  }
}

/** Q4_1: `d, m, q[16]`; w = d·q + m. */
function q41(bytes: Uint8Array, at: number, out: Float32Array, to: number): void {
  const d = halfAt(bytes, at);
  const m = halfAt(bytes, at + 2);
  for (let i = 0; i < 16; i++) {
    const q = bytes[at + 4 + i] as number;
    out[to + i] = d * (q & 15) + m;
    out[to + i + 16] = d * (q >> 4) + m;
  }
}

/** Q5_0: `d, h u32, q[16]`; w = d·(q − 16). The fifth bit of weight i is bit i of h. */
function q50(bytes: Uint8Array, at: number, out: Float32Array, to: number): void {
  const d = halfAt(bytes, at);
  fiveBits(bytes, at + 2, (i, q) => {
    out[to + i] = d * (q - 16);
  });
}

/** Q5_1: `d, m, h u32, q[16]`; w = d·q + m. */
function q51(bytes: Uint8Array, at: number, out: Float32Array, to: number): void {
  const d = halfAt(bytes, at);
  const m = halfAt(bytes, at + 2);
  fiveBits(bytes, at + 4, (i, q) => {
    out[to + i] = d * q + m;
  });
}

function fiveBits(bytes: Uint8Array, at: number, put: (i: number, q: number) => void): void {
  for (let i = 0; i < 16; i++) {
    const q = bytes[at + 4 + i] as number;
    put(i, (q & 15) | (bit(bytes, at, i) << 4));
    put(i + 16, (q >> 4) | (bit(bytes, at, i + 16) << 4));
  }
}

function bit(bytes: Uint8Array, at: number, n: number): number {
  return ((bytes[at + (n >> 3)] as number) >> (n & 7)) & 1;
}
