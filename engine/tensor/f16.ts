/**
 * Half-precision numbers as bit patterns: not every supported JavaScript engine has Float16Array. Rounds to
 * nearest, ties to even, as IEEE 754 and GPUs do.
 *
 * Not here: packing of quantised weights (`quant/m0e4.ts`).
 */

const float = new Float32Array(1);
const bits = new Uint32Array(float.buffer);

/** Largest finite half. */
export const F16_MAX = 65504;
/** Smallest normal half, 2^-14. GPUs may flush anything smaller to zero. */
export const F16_MIN_NORMAL = 2 ** -14;

/** The 16 bits of the half nearest to `x`. From 65520 on the result is infinity; NaN stays NaN. */
export function f16FromF32(x: number): number {
  float[0] = x;
  const b = bits[0] as number;
  const sign = (b >>> 16) & 0x8000;
  const magnitude = b & 0x7fffffff;
  if (magnitude >= 0x7f800000) return sign | (magnitude > 0x7f800000 ? 0x7e00 : 0x7c00);
  if (magnitude >= 0x477ff000) return sign | 0x7c00; // 65520 and up round to infinity
  if (magnitude < 0x38800000) {
    // Below 2^-14 the result is subnormal, a multiple of 2^-24. Adding 0.5 aligns the bits and rounds.
    float[0] = Math.abs(x) + 0.5;
    return sign | ((bits[0] as number) - 0x3f000000);
  }
  // Rounds away the lowest 13 bits: adds just under half a unit, plus one if the last kept bit is odd (ties to even).
  const rounded = magnitude + 0xfff + ((magnitude >>> 13) & 1);
  return sign | ((rounded - 0x38000000) >>> 13);
}

/** The last place of a half by its sign and exponent, bits 10 to 15: a table, since a power takes ten times as long. */
const LAST_PLACE = Float64Array.from({ length: 64 }, (_, i) => {
  const exponent = i & 31;
  return (i < 32 ? 1 : -1) * 2 ** (Math.max(exponent, 1) - 25);
});

/** The number that the 16 bits of a half encode. Exact. */
export function f32FromF16(h: number): number {
  const exponent = (h >>> 10) & 0x1f;
  const mantissa = h & 0x3ff;
  const place = LAST_PLACE[(h >>> 10) & 0x3f] as number;
  if (exponent === 0) return mantissa * place;
  if (exponent === 31) return mantissa === 0 ? place * Number.POSITIVE_INFINITY : Number.NaN;
  return (1024 + mantissa) * place;
}

/** `x` rounded to the nearest half. */
export function roundToF16(x: number): number {
  return f32FromF16(f16FromF32(x));
}

/** Converts numbers to halves: f16[n] as bit patterns. */
export function f16Array(values: ArrayLike<number>): Uint16Array {
  const out = new Uint16Array(values.length);
  for (let i = 0; i < out.length; i++) out[i] = f16FromF32(values[i] as number);
  return out;
}

/** Converts halves to f32[n]. */
export function f32ArrayFromF16(halves: Uint16Array): Float32Array {
  const out = new Float32Array(halves.length);
  for (let i = 0; i < out.length; i++) out[i] = f32FromF16(halves[i] as number);
  return out;
}

/** Converts bfloat16 bit patterns to f32[n]. Exact. */
export function f32ArrayFromBf16(halves: Uint16Array): Float32Array {
  const out = new Float32Array(halves.length);
  const words = new Uint32Array(out.buffer);
  for (let i = 0; i < words.length; i++) words[i] = (halves[i] as number) << 16;
  return out;
}
