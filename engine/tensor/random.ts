/** Seeded pseudo-random numbers for tests, fuzzing and random weights. The same seed gives the same numbers. */
import type { HostTensor } from './tensor.ts';

/** Uniform in [0, 1). Mulberry32 (Tommy Ettinger, public domain). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** f32 tensor, uniform in [centre − spread, centre + spread). */
export function randomTensor(
  shape: readonly number[],
  random: () => number,
  { spread = 1, centre = 0 }: { spread?: number; centre?: number } = {},
): HostTensor {
  const data = new Float32Array(shape.reduce((n, d) => n * d, 1));
  for (let i = 0; i < data.length; i++) data[i] = centre + (random() * 2 - 1) * spread;
  return { shape, data };
}
