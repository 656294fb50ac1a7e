/**
 * ggml's k-quants: blocks of 256 weights in groups of 32 or 16. The scale of a group is an integer times a half.
 * Layout: `block_q4_K`, `block_q5_K`, `block_q6_K` in ggml's `ggml-common.h`.
 *
 * The results equal ggml's bit by bit. ggml computes in f32. In Q4_K and Q5_K, d·scale (17 or 19 bits) and its product
 * with q (22 bits) are exact in f32, so ggml rounds once, at the difference. In Q6_K it rounds once, at the last
 * product (25 bits). This code computes in double, and storing a double in a Float32Array rounds once too.
 */
import { f32FromF16 } from '../tensor/f16.ts';

/** Q4_K: `d, dmin, scales[12], q[128]`; w = d·scale·q − dmin·min. */
export function q4K(bytes: Uint8Array, at: number, out: Float32Array, to: number): void {
  groupsOf32(bytes, at, at + 16, undefined, out, to);
}

/** Q5_K: `d, dmin, scales[12], high[32], q[128]`; as Q4_K, with a fifth bit of q. */
export function q5K(bytes: Uint8Array, at: number, out: Float32Array, to: number): void {
  groupsOf32(bytes, at, at + 48, at + 16, out, to);
}

/**
 * Groups 2n and 2n + 1 share 32 bytes of `q`: low nibbles, then high nibbles. Bit g of byte i of `high` is the
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
 * Reads one of eight scales (`which` 0) or eight minima (`which` 1), six bits each, packed in 12 bytes. The first
 * four of each are the low six bits of bytes 0…3 and 4…7. The last four of each have their low four bits in the
 * nibbles of bytes 8…11, and their upper two bits in the upper two bits of bytes 0…3 and 4…7.
 */
function sixBits(bytes: Uint8Array, at: number, g: number, which: 0 | 1): number {
  const byte = (n: number) => bytes[at + n] as number;
  if (g < 4) return byte(g + 4 * which) & 63;
  return ((byte(g + 4) >> (4 * which)) & 15) | ((byte(g - 4 + 4 * which) >> 6) << 4);
}

/**
 * Q6_K: `low[128], high[64], scales[16] as i8, d`; w = d·scale·(q − 32), one scale for 16 weights. Each half of the
 * block (128 weights) has four runs of 32. Weight i of run r has its low four bits in low[i + 32·(r & 1)], in the high
 * nibble for r ≥ 2, and its high two bits in bits 2r and 2r + 1 of high[i].
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

/**
 * Q2_K: `scales[16], q[64], d, dmin`; w = d·scale·q − dmin·min for 16 weights. Scale is the low nibble of a byte, min the
 * high one. Each half of the block has four runs of 32 weights in two bits each of the same 32 bytes.
 */
export function q2K(bytes: Uint8Array, at: number, out: Float32Array, to: number): void {
  const d = half(bytes, at + 80);
  const dmin = half(bytes, at + 82);
  for (let i = 0; i < 256; i++) {
    const both = bytes[at + (i >> 4)] as number;
    const q = ((bytes[at + 16 + (i >> 7) * 32 + (i & 31)] as number) >> (2 * ((i >> 5) & 3))) & 3;
    out[to + i] = d * (both & 15) * q - dmin * (both >> 4);
  }
}

/**
 * Q3_K: `high[32], q[64], scales[12], d`; w = d·(scale − 32)·(q − 4) for 16 weights. The two low bits of q lie as in Q2_K;
 * the third bit of weight i of run g is bit g of high[i]. The low four bits of scale g are a nibble of scales[g & 7], the
 * high two those from 2·(g >> 2) on of scales[8 + (g & 3)].
 */
export function q3K(bytes: Uint8Array, at: number, out: Float32Array, to: number): void {
  const d = half(bytes, at + 108);
  for (let g = 0; g < 16; g++) {
    const low = ((bytes[at + 96 + (g & 7)] as number) >> (4 * (g >> 3))) & 15;
    const high = ((bytes[at + 104 + (g & 3)] as number) >> (2 * (g >> 2))) & 3;
    const scale = d * ((low | (high << 4)) - 32);
    for (let i = g * 16; i < g * 16 + 16; i++) {
      const q = ((bytes[at + 32 + (i >> 7) * 32 + (i & 31)] as number) >> (2 * ((i >> 5) & 3))) & 3;
      const third = ((bytes[at + (i & 31)] as number) >> (i >> 5)) & 1;
      out[to + i] = scale * ((q | (third << 2)) - 4);
    }
  }
}

function half(bytes: Uint8Array, at: number): number {
  return f32FromF16((bytes[at] as number) | ((bytes[at + 1] as number) << 8));
}
