/**
 * The original numbers of one stage's matrices, in 8 bits, so that the stage can be run as it would be without rounding to 4.
 * Their error is a hundredth of that of 4 bits or less, and f32 would take four times the memory.
 */
import { bytesIn, concatBytes } from '../base/bytes.ts';
import { quantiseQ8 } from '../quant/q8.ts';
import type { WeightSource } from '../runtime/index.ts';

/** Weights that share a scale. */
export const EXACT_GROUP = 32;

export interface ExactRows {
  /** Adds the next rows of a matrix, f32[rows, width]. Throws `checkpoint-damaged` as `quantiseQ8` does. */
  add(tensor: string, values: Float32Array, width: number): void;
  rows(tensor: string): number;
  drop(tensor: string): void;
  /** These matrices, and what `others` has. */
  over(others: WeightSource): WeightSource;
}

interface Held {
  readonly width: number;
  rows: number;
  readonly data: Uint8Array[];
  readonly scales: Uint8Array[];
}

export function exactRows(): ExactRows {
  const held = new Map<string, Held>();
  return {
    add(tensor, values, width) {
      const own = held.get(tensor) ?? { width, rows: 0, data: [], scales: [] };
      const { bytes, scales } = quantiseQ8(values, width, EXACT_GROUP, tensor, own.rows);
      own.data.push(bytesIn(bytes));
      own.scales.push(bytesIn(scales));
      own.rows += values.length / width;
      held.set(tensor, own);
    },
    rows: (tensor) => held.get(tensor)?.rows ?? 0,
    drop: (tensor) => void held.delete(tensor),
    over: (others) => ({
      type(name) {
        const own = held.get(name);
        if (own === undefined) return others.type(name);
        return { dtype: 'q8', group: EXACT_GROUP, shape: [own.rows, own.width] };
      },
      async read(name, first, count, signal) {
        const own = held.get(name);
        if (own === undefined) return await others.read(name, first, count, signal);
        const part = (blocks: Uint8Array[]) => {
          // Joined once; later reads find one block.
          if (blocks.length > 1) blocks.splice(0, blocks.length, concatBytes(blocks));
          const [all] = blocks as [Uint8Array];
          const rowBytes = all.length / own.rows;
          return all.subarray(first * rowBytes, (first + count) * rowBytes);
        };
        return { data: part(own.data), scales: part(own.scales) };
      },
    }),
  };
}
