/**
 * ggml's k-quants: blocks of 256 weights in groups of 32 or 16, whose scales are themselves integers times one or
 * two halves. Layout: `block_q4_K`, `block_q5_K`, `block_q6_K` in ggml's `ggml-common.h`.
 *
 * ggml computes in f32: d·scale (17 or 19 bits) and its product with q in Q4_K and Q5_K (22 bits) are exact
 * there, so it rounds once, at the difference; in Q6_K once, at the last product (25 bits). Storing a double in a
 * Float32Array rounds once too.
 */
import { f32FromF16 } from '../tensor/f16.ts';

/** `d, dmin, scales[12], q[128]`: w = d·scale·q − dmin·min. */
export function q4K(bytes: Uint8Array, at: number, out: Float32Array, to: number): void {
  groupsOf32(bytes, at, at + 16, undefined, out, to);
}

/** `d, dmin, scales[12], high[32], q[128]`: the same with a fifth bit of q. */
export function q5K(bytes: Uint8Array, at: number, out: Float32Array, to: number): void {
  groupsOf32(bytes, at, at + 48, at + 16, out, to);
}

/**
 * Groups 2n and 2n + 1 share 32 bytes of `q`: low halves, then high halves. Bit g of byte i of `high` is the
 * fifth bit of weight i in group g.
 */
function groupsOf32(
  bytes: Uint8Array,
  at: number,
  q: number,
  high: number | undefined,
  out: Float32Array,
  to: number,
): void {
  const d = half(bytes, at);
  const dmin = half(bytes, at + 2);
  for (let g = 0; g < 8; g++) {
    const scale = d * sixBits(bytes, at + 4, g, 0);
    const min = dmin * sixBits(bytes, at + 4, g, 1);
    const from = q + (g >> 1) * 32;
    for (let i = 0; i < 32; i++) {
      const low = ((bytes[from + i] as number) >> ((g & 1) * 4)) & 15;
      const fifth = high === undefined ? 0 : ((bytes[high + i] as number) >> g) & 1;
      out[to + g * 32 + i] = scale * (low | (fifth << 4)) - min;
    }
  }
}

/**
 * Eight scales and eight minima of six bits in 12 bytes. `which`: 0 scale, 1 minimum. The first four of each
 * are the low six bits of bytes 0…3 and 4…7; the upper two bits of those bytes complete the last four, whose low
 * four bits are the halves of bytes 8…11.
 */
function sixBits(bytes: Uint8Array, at: number, g: number, which: 0 | 1): number {
  const byte = (n: number) => bytes[at + n] as number;
  if (g < 4) return byte(g + 4 * which) & 63;
  return ((byte(g + 4) >> (4 * which)) & 15) | ((byte(g - 4 + 4 * which) >> 6) << 4);
}

/**
 * `low[128], high[64], scales[16] as i8, d`: w = d·scale·(q − 32), one scale for 16 weights. Each half of the block
 * (128 weights) is four runs of 32: run r of byte i has its low four bits in low[i + 32·(r & 1)], in the upper
 * half of it for r ≥ 2, and its high two bits in bits 2r and 2r + 1 of high[i].
 */
export function q6K(bytes: Uint8Array, at: number, out: Float32Array, to: number): void {
  const d = half(bytes, at + 208);
  for (let h = 0; h < 2; h++) {
    for (let r = 0; r < 4; r++) {
      for (let i = 0; i < 32; i++) {
        const low = ((bytes[at + h * 64 + (r & 1) * 32 + i] as number) >> ((r >> 1) * 4)) & 15;
        const high = ((bytes[at + 128 + h * 32 + i] as number) >> (2 * r)) & 3;
        const scale = ((bytes[at + 192 + h * 8 + r * 2 + (i >> 4)] as number) << 24) >> 24;
        out[to + h * 128 + r * 32 + i] = d * scale * ((low | (high << 4)) - 32);
      }
    }
  }
}

function half(bytes: Uint8Array, at: number): number {
  return f32FromF16((bytes[at] as number) | ((bytes[at + 1] as number) << 8));
}
