/** ggml's types whose nibbles choose one of sixteen values (`tensor/cells.ts` has the tables). */
import { cellForm } from '../tensor/cells.ts';
import { f32FromF16 } from '../tensor/f16.ts';

const NON_LINEAR = cellForm('iq4_nl').table as readonly number[];
const E2M1 = cellForm('mxfp4').table as readonly number[];

/** IQ4_NL: `d, q[16]`; w = d·table[q]. Weight i is the low nibble of byte i, weight i + 16 the high one. */
export function iq4Nl(bytes: Uint8Array, at: number, out: Float32Array, to: number): void {
  chosen(bytes, at + 2, half(bytes, at), NON_LINEAR, out, to);
}

/** MXFP4: `e as u8, q[16]`; w = 2^(e − 128)·table[q], since the table has twice the values of E2M1. */
export function mxfp4(bytes: Uint8Array, at: number, out: Float32Array, to: number): void {
  chosen(bytes, at + 1, 2 ** ((bytes[at] as number) - 128), E2M1, out, to);
}

/**
 * IQ4_XS: `d, high u16, low[4], q[128]`; w = d·(scale − 32)·table[q] for 32 weights. The low four bits of scale g are
 * nibble g of low, the high two are bits 2g and 2g + 1 of high.
 */
export function iq4Xs(bytes: Uint8Array, at: number, out: Float32Array, to: number): void {
  const d = half(bytes, at);
  for (let g = 0; g < 8; g++) {
    const low = ((bytes[at + 4 + (g >> 1)] as number) >> (4 * (g & 1))) & 15;
    const high = ((bytes[at + 2 + (g >> 2)] as number) >> (2 * (g & 3))) & 3;
    chosen(bytes, at + 8 + g * 16, d * ((low | (high << 4)) - 32), NON_LINEAR, out, to + g * 32);
  }
}

function chosen(
  bytes: Uint8Array,
  at: number,
  scale: number,
  table: readonly number[],
  out: Float32Array,
  to: number,
): void {
  for (let i = 0; i < 16; i++) {
    const byte = bytes[at + i] as number;
    out[to + i] = scale * (table[byte & 15] as number);
    out[to + i + 16] = scale * (table[byte >> 4] as number);
  }
}

function half(bytes: Uint8Array, at: number): number {
  return f32FromF16((bytes[at] as number) | ((bytes[at + 1] as number) << 8));
}
