/**
 * Blocks of ggml whose weights are −d, 0 or d (TQ1_0, TQ2_0), or −d or d (Q1_0). Source: `dequantize_row_tq1_0` and its
 * neighbours in ggml's `ggml-quants.c`; `gguf.quants` of gguf-py.
 */
import { f32FromF16 } from '../tensor/f16.ts';

/** Takes the integers of the block that begins at byte `at`; returns the bits of its half. */
export type ReadIntegers = (bytes: Uint8Array, at: number, q: Uint8Array, to: number) => number;

const half = (bytes: Uint8Array, at: number) => (bytes[at] as number) | ((bytes[at + 1] as number) << 8);

/** Runs of bytes of TQ1_0: from which byte, how many, and digits of each. A digit is (3·byte) >> 8, then byte = 3·byte. */
const RUNS = [
  [0, 32, 5],
  [32, 16, 5],
  [48, 4, 4],
] as const;

/** TQ1_0: `q[48], qh[4], d`, five or four digits of base 3 in a byte; w = d·(q − 1). */
export const tq1Integers: ReadIntegers = (bytes, at, q, to) => {
  let next = to;
  for (const [from, count, digits] of RUNS) {
    for (let digit = 0, power = 1; digit < digits; digit++, power *= 3) {
      for (let i = 0; i < count; i++, next++) {
        q[next] = ((((bytes[at + from + i] as number) * power) & 255) * 3) >> 8;
      }
    }
  }
  return half(bytes, at + 52);
};

/** TQ2_0: `q[64], d`; each half of 128 weights has four runs of 32, two bits each of the same 32 bytes; w = d·(q − 1). */
export const tq2Integers: ReadIntegers = (bytes, at, q, to) => {
  for (let i = 0; i < 256; i++) {
    q[to + i] = ((bytes[at + (i >> 7) * 32 + (i & 31)] as number) >> (2 * ((i >> 5) & 3))) & 3;
  }
  return half(bytes, at + 64);
};

/** Q1_0: `d, bits[16]`, weight i is bit i; w = d where it is set, −d where not. */
export const q1Integers: ReadIntegers = (bytes, at, q, to) => {
  for (let i = 0; i < 128; i++) q[to + i] = ((bytes[at + 2 + (i >> 3)] as number) >> (i & 7)) & 1;
  return half(bytes, at);
};

const block = new Uint8Array(256);

/** A block as f32: w = d·(step·q − 1). */
const numbersOf =
  (read: ReadIntegers, count: number, step: 1 | 2) =>
  (bytes: Uint8Array, at: number, out: Float32Array, to: number): void => {
    const d = f32FromF16(read(bytes, at, block, 0));
    for (let i = 0; i < count; i++) out[to + i] = d * (step * (block[i] as number) - 1);
  };

export const tq1 = numbersOf(tq1Integers, 256, 1);
export const tq2 = numbersOf(tq2Integers, 256, 1);
export const q1 = numbersOf(q1Integers, 128, 2);
