/** Numbers that are the same for the same seed, so that a campaign can be repeated. */
import { seededRandom } from '../../engine/tensor/random.ts';

export interface Random {
  /** A whole number below `end`. */
  below(end: number): number;
  pick<T>(from: readonly T[]): T;
}

export function seeded(seed: number): Random {
  const next = seededRandom(seed);
  const below = (end: number) => Math.floor(next() * end);
  return {
    below,
    pick: (from) => from[below(from.length)]!,
  };
}
