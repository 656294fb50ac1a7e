/** Numbers that are the same for the same seed, so that a campaign can be repeated. */

export interface Random {
  /** A whole number below `end`. */
  below(end: number): number;
  pick<T>(from: readonly T[]): T;
}

/** mulberry32, by Tommy Ettinger (public domain): 32 bits of state, period 2^32. */
export function seeded(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (end: number) => Math.floor(next() * end);
  return {
    below,
    pick: (from) => from[below(from.length)]!,
  };
}
