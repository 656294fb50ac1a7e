/**
 * Counter-based random numbers: Philox2x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011).
 * It mixes a key and a counter, so the number for a position does not depend on the order of evaluation or on
 * whether the CPU or the GPU (wgsl/sample/sample.wgsl) computes it. Integer operations only.
 */
const MULTIPLIER = 0xd256d193;
const WEYL = 0x9e3779b9;
const ROUNDS = 10;

/** Returns two words for a key and a counter of two words. All are u32. */
export function philox(key: number, counter: readonly [number, number]): [number, number] {
  let [low, high] = counter;
  let k = key;
  for (let round = 0; round < ROUNDS; round++) {
    const next = (multiplyHigh(MULTIPLIER, low) ^ k ^ high) >>> 0;
    high = Math.imul(MULTIPLIER, low) >>> 0;
    low = next;
    k = (k + WEYL) >>> 0;
  }
  return [low, high];
}

/** The upper 32 bits of the product of two u32. */
export function multiplyHigh(a: number, b: number): number {
  return Number((BigInt(a) * BigInt(b)) >> 32n);
}
