/**
 * Finds the pair s, b of halves that is nearest to another format's scale and offset for unchanged nibbles:
 * w = s·(1 + q/16) + b over a block. `ggml-m0e4.ts` explains why s and b are not rounded separately.
 */
import { F16_MAX, F16_MIN_NORMAL, f16FromF32, f32FromF16 } from '../tensor/f16.ts';

/** Sums over a block of v = 1 + q/16 and of v². */
export interface NibbleSums {
  /** Number of weights in the block. */
  readonly n: number;
  readonly v: number;
  readonly vv: number;
}

/** `q` is the sum of the nibbles, `qq` the sum of their squares. */
export function sumsOf(n: number, q: number, qq: number): NibbleSums {
  return { n, v: n + q / 16, vv: n + q / 8 + qq / 256 };
}

/** Offsets in units of the last place, nearest first: ties go to the nearer neighbour. */
const NEIGHBOURS = [0, 1, -1, 2, -2];

/** The two halves nearest to s·v + b over a block. `normal`: s and b are both in the range of normal halves or zero. */
export function nearestPair(s: number, b: number, { n, v, vv }: NibbleSums) {
  let error = Number.POSITIVE_INFINITY;
  let scale = 0;
  const bits = f16FromF32(s);
  for (const step of NEIGHBOURS) {
    const low = nearestNormal(f32FromF16(bits + step));
    const ds = f32FromF16(low) - s;
    const high = nearestNormal(b - (ds * v) / n);
    const db = f32FromF16(high) - b;
    const e = ds * ds * vv + 2 * ds * db * v + n * db * db;
    if (!(e < error)) continue; // also skips a neighbour that is NaN
    error = e;
    scale = ((high << 16) | low) >>> 0;
    if (e === 0) break;
  }
  return { scale, error, normal: isNormal(s) && isNormal(b) };
}

function isNormal(x: number): boolean {
  const size = Math.abs(x);
  return size === 0 || (size >= F16_MIN_NORMAL && size <= F16_MAX);
}

/** The nearest half that is zero or normal: GPUs may flush subnormal ones to zero. */
function nearestNormal(x: number): number {
  const size = Math.abs(x);
  if (size >= F16_MIN_NORMAL) return f16FromF32(x);
  return size < F16_MIN_NORMAL / 2 ? 0 : f16FromF32(x < 0 ? -F16_MIN_NORMAL : F16_MIN_NORMAL);
}
