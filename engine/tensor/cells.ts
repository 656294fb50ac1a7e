/**
 * Row cells: matrices of weights whose bits are those that were published. A row of K weights has two parts:
 *
 *   main  `main` bits of each weight, the upper ones: u32[K·main/32]
 *   rest  `extra` bits more of each weight, u32[K·extra/32], then the scales of the row, u32[…]
 *
 * Bits are packed as in M0E4, so that two bit operations make two halves of them: a word has 32/bits weights in pairs;
 * pair p is in the bits from bits·p on and from 16 + bits·p on. Together the bits are the top of a mantissa under a
 * constant exponent: v = 1 + q/2^(main + extra), E0Mn with n = main + extra.
 *
 * A weight is **w = s·(q − zero) + b**, or s·table[q] where the cell has a table; `scales` says how s and b of a group
 * are stored. All of it is exact in f32 but for the last sum or product, which is rounded once, as ggml does.
 *
 * Here: sizes. Packing: engine/quant/cells. GPU: wgsl/lib/weights/cell.wgsl.
 */

/**
 * How a row's scales are stored; words are u32, halves are two to a word, the first in the low bits.
 *
 *   half       s for 32 weights: a half
 *   pair       s and b for 32 weights: two halves
 *   exponent   s for 32 weights: a byte e, four to a word; s = 2^(e − 128)
 *   single     s for 64 weights: an f32
 *   six-min    for 256: halves d and m; 6 bits each for eight scales and eight minima of 32 weights: a word with the
 *              low nibbles of the scales, one with those of the minima, one with the high two bits of all sixteen;
 *              s = d·scale, b = −m·min
 *   six        for 256: a half d in a word; sixteen scales of 16 weights in 6 bits: two words of low nibbles, one of
 *              the high two bits; s = d·(scale − 32)
 *   six-32     for 256: eight scales of 32 weights in 6 bits: a word of low nibbles; 16 high bits and a half d in
 *              another; s = d·(scale − 32)
 *   eight      for 256: a half d in a word, sixteen signed bytes for 16 weights each; s = d·scale
 *   four-min   for 256: halves d and m, sixteen bytes for 16 weights each: scale in the low nibble, min in the high
 *              one; s = d·scale, b = −m·min
 */
export type CellScales =
  | 'half'
  | 'pair'
  | 'exponent'
  | 'single'
  | 'six-min'
  | 'six'
  | 'six-32'
  | 'eight'
  | 'four-min';

export interface CellForm {
  readonly main: 2 | 4;
  readonly extra: 0 | 1 | 2 | 4;
  readonly scales: CellScales;
  /** Subtracted from q; 0 with a table. */
  readonly zero: number;
  /** The sixteen values of a nibble, each exact in f32. */
  readonly table?: readonly number[];
}

/** IQ4_NL and IQ4_XS: `kvalues_iq4nl` of ggml. */
const NON_LINEAR = [-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113] as const;
/** MXFP4: twice the values of E2M1 (OCP Microscaling Formats 1.0). */
const E2M1 = [0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12] as const;
/** NF4: quantiles of the normal distribution (QLoRA, arXiv 2305.14314, appendix E). */
const NORMAL = [
  -1, -0.6961928009986877, -0.5250730514526367, -0.39491748809814453, -0.28444138169288635,
  -0.18477343022823334, -0.09105003625154495, 0, 0.07958029955625534, 0.16093020141124725,
  0.24611230194568634, 0.33791524171829224, 0.44070982933044434, 0.5626170039176941, 0.7229568362236023, 1,
] as const;

/** The cells by the name of the published type; E0M6 is ours, for conversion to six bits. */
const CELLS = {
  q4_0: { main: 4, extra: 0, scales: 'half', zero: 8 },
  q4_1: { main: 4, extra: 0, scales: 'pair', zero: 0 },
  q5_0: { main: 4, extra: 1, scales: 'half', zero: 16 },
  q5_1: { main: 4, extra: 1, scales: 'pair', zero: 0 },
  q8_0: { main: 4, extra: 4, scales: 'half', zero: 128 },
  q2_k: { main: 2, extra: 0, scales: 'four-min', zero: 0 },
  q3_k: { main: 2, extra: 1, scales: 'six', zero: 4 },
  q4_k: { main: 4, extra: 0, scales: 'six-min', zero: 0 },
  q5_k: { main: 4, extra: 1, scales: 'six-min', zero: 0 },
  q6_k: { main: 4, extra: 2, scales: 'eight', zero: 32 },
  iq4_nl: { main: 4, extra: 0, scales: 'half', zero: 0, table: NON_LINEAR },
  iq4_xs: { main: 4, extra: 0, scales: 'six-32', zero: 0, table: NON_LINEAR },
  mxfp4: { main: 4, extra: 0, scales: 'exponent', zero: 0, table: E2M1 },
  nf4: { main: 4, extra: 0, scales: 'single', zero: 0, table: NORMAL },
  e0m6: { main: 4, extra: 2, scales: 'pair', zero: 0 },
} as const satisfies Record<string, CellForm>;

/** Name of a cell: an element type of weights. */
export type CellName = keyof typeof CELLS;

export const CELL_NAMES = Object.keys(CELLS) as readonly CellName[];

export const isCell = (dtype: string): dtype is CellName => Object.hasOwn(CELLS, dtype);

export const cellForm = (name: CellName): CellForm => CELLS[name];

/** Of each kind of scales: the weights and the words of one unit, and how many weights share s and b. */
const UNITS: Readonly<Record<CellScales, { weights: number; words: number; group: number }>> = {
  half: { weights: 32, words: 1 / 2, group: 32 },
  pair: { weights: 32, words: 1, group: 32 },
  exponent: { weights: 32, words: 1 / 4, group: 32 },
  single: { weights: 64, words: 1, group: 64 },
  'six-min': { weights: 256, words: 4, group: 32 },
  six: { weights: 256, words: 4, group: 16 },
  'six-32': { weights: 256, words: 2, group: 32 },
  eight: { weights: 256, words: 5, group: 16 },
  'four-min': { weights: 256, words: 5, group: 16 },
};

/** Weights that share s and b. */
export const cellGroup = (name: CellName): number => UNITS[cellForm(name).scales].group;

/** A row's width is a multiple of this. */
export const cellBlock = (name: CellName): number => UNITS[cellForm(name).scales].weights;

/** Sizes of a stored row, in u32 words. */
export interface CellRow {
  readonly main: number;
  /** Extra bits and scales together. */
  readonly rest: number;
  /** Extra bits alone; the scales follow. */
  readonly extra: number;
}

/** Undefined where rows of `k` weights are not whole blocks. */
export function cellRow(name: CellName, k: number): CellRow | undefined {
  const { main, extra, scales } = cellForm(name);
  const { weights, words } = UNITS[scales];
  if (k % weights !== 0) return undefined;
  const bits = (k * extra) / 32;
  return { main: (k * main) / 32, extra: bits, rest: bits + Math.ceil((k / weights) * words) };
}
