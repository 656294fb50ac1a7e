/**
 * The grids to which calibration rounds: in each, 32 weights share s and b, and w = s·(base + q·step) + b for whole q, or
 * s·table[q]. Here is also how rounded groups are stored.
 */
import { type CellRows, rowOf } from '../quant/cells/planes.ts';
import { m0e4Layout } from '../quant/m0e4.ts';
import { cellForm } from '../tensor/cells.ts';

/** Weights of a group. */
export const GROUP = 32;

export interface Grid {
  /** The largest q. */
  readonly most: number;
  readonly base: number;
  readonly step: number;
  /** Bits of q below its nibble. */
  readonly extra: 0 | 1;
  /** b is stored; otherwise it is 0, and s may be negative. */
  readonly offset: boolean;
  /** The values of q from the smallest to the largest, in place of base + q·step. */
  readonly table?: readonly number[];
}

const GRIDS = {
  m0e4: { most: 15, base: 1, step: 1 / 16, extra: 0, offset: true },
  q4_0: { most: 15, base: -8, step: 1, extra: 0, offset: false },
  iq4_nl: {
    most: 15,
    base: 0,
    step: 1,
    extra: 0,
    offset: false,
    table: cellForm('iq4_nl').table as readonly number[],
  },
  q5_0: { most: 31, base: -16, step: 1, extra: 1, offset: false },
} as const satisfies Record<string, Grid>;

/** A type to which matrices can be calibrated. */
export type GridName = keyof typeof GRIDS;

export const gridOf = (name: GridName): Grid => GRIDS[name];

/** The value of q where s is 1 and b is 0. */
export const valueAt = ({ base, step, table }: Grid, q: number): number =>
  table === undefined ? base + q * step : (table[q] as number);

export const isGrid = (dtype: string): dtype is GridName => Object.hasOwn(GRIDS, dtype);

/** Rounded groups, row by row; rows are padded to whole groups. */
export interface RoundedGroups {
  /** u32[rows, groups · 4]: the upper four bits of each q, packed as in M0E4. */
  readonly nibbles: Uint32Array;
  /** u32[rows, groups]: the bit below them, in the same order; not read where there is none. */
  readonly low: Uint32Array;
  /** u32[rows, groups]: s in the low half, b in the high one. */
  readonly pairs: Uint32Array;
}

/** The sections of rows of `k` weights as stored: nibbles and scales of M0E4, or main and rest of a cell. */
export function storedGroups(name: GridName, k: number, { nibbles, low, pairs }: RoundedGroups): CellRows {
  if (name === 'm0e4') return { main: nibbles, rest: pairs };
  const row = rowOf(name, k);
  const groups = k / GROUP;
  const rows = pairs.length / groups;
  const rest = new Uint32Array(rows * row.rest);
  for (let n = 0; n < rows; n++) {
    const at = n * row.rest;
    if (row.extra > 0) rest.set(low.subarray(n * groups, (n + 1) * groups), at);
    for (let g = 0; g < groups; g++) {
      const word = at + row.extra + (g >> 1);
      const half = (pairs[n * groups + g] as number) & 0xffff;
      rest[word] = (rest[word] as number) | (half << (16 * (g & 1)));
    }
  }
  return { main: nibbles, rest };
}

/** Room for `rows` rows of `k` weights. */
export function roomForGroups(rows: number, k: number): RoundedGroups {
  const { words, groups } = m0e4Layout(k, GROUP);
  return {
    nibbles: new Uint32Array(rows * words),
    low: new Uint32Array(rows * groups),
    pairs: new Uint32Array(rows * groups),
  };
}
