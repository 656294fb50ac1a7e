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
 * A weight is **w = s·(q − zero) + b**, or s·table[q] where the cell has a table, or s·q with q a float in 8 bits; `scales`
 * says how s and b of a group are stored. All of it is exact in f32 but for the last sum or product, which is rounded once, as ggml does.
 *
 * Here: sizes. Packing: engine/quant/cells. GPU: wgsl/lib/weights/cell.wgsl.
 */

/**
 * How a row's scales are stored; words are u32, halves are two to a word, the first in the low bits.
 *
 *   half       s for 32 weights: a half
 *   half-256   s for 256 weights: a half
 *   sign-128   d for 128 weights: a half; s = 2·d, so that w = d·(2q − 1)
 *   pair       s and b for a group: two halves
 *   pair-bf16  s and b for a group: two bfloat16
 *   pair-f32   s and b for a group: two f32
 *   zero       s and z for a group: a half, and a whole number of 16 bits; b = −s·z
 *   zero-bf16  s and z for a group: a bfloat16, and a whole number of 16 bits; b = −s·z
 *   single     s for a group: an f32
 *   exponent   s for 32 weights: a byte e, four to a word; s = 2^(e − 128)
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
  | 'half-256'
  | 'sign-128'
  | 'pair'
  | 'pair-bf16'
  | 'pair-f32'
  | 'zero'
  | 'zero-bf16'
  | 'exponent'
  | 'single'
  | 'six-min'
  | 'six'
  | 'six-32'
  | 'eight'
  | 'four-min';

export interface CellForm {
  readonly main: 1 | 2 | 4;
  readonly extra: 0 | 1 | 2 | 4;
  readonly scales: CellScales;
  /** Weights that share s and b, for the kinds of scales that leave it open (pairs, zeros, single). */
  readonly group?: CellGroup;
  /** Subtracted from q, whole or a half; 0 with a table. */
  readonly zero: number;
  /** The sixteen values of a nibble, each exact in f32. */
  readonly table?: readonly number[];
  /** The eight bits are a float: E4M3 without infinities (OCP 8-bit Floating Point 1.0); its two codes of NaN are not used. */
  readonly float?: 'e4m3';
}

/** Groups of weights with a scale each that kernels know. */
export const CELL_GROUPS = [32, 64, 128] as const;
export type CellGroup = (typeof CELL_GROUPS)[number];

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

/** FP4 of bitsandbytes: a sign and E2M1 scaled to 1, in its own order. */
const FP4_SIZES = [
  0, 0.0052083334885537624, 0.6666666865348816, 1, 0.3333333432674408, 0.5, 0.1666666716337204, 0.25,
] as const;
const FP4 = [...FP4_SIZES, ...FP4_SIZES.map((size) => 0 - size)];

/** The cells that are named after one published type. */
const CELLS = {
  q4_0: { main: 4, extra: 0, scales: 'half', zero: 8 },
  q4_1: { main: 4, extra: 0, scales: 'pair', group: 32, zero: 0 },
  q5_0: { main: 4, extra: 1, scales: 'half', zero: 16 },
  q5_1: { main: 4, extra: 1, scales: 'pair', group: 32, zero: 0 },
  q8_0: { main: 4, extra: 4, scales: 'half', zero: 128 },
  q2_k: { main: 2, extra: 0, scales: 'four-min', zero: 0 },
  q3_k: { main: 2, extra: 1, scales: 'six', zero: 4 },
  q4_k: { main: 4, extra: 0, scales: 'six-min', zero: 0 },
  q5_k: { main: 4, extra: 1, scales: 'six-min', zero: 0 },
  q6_k: { main: 4, extra: 2, scales: 'eight', zero: 32 },
  iq4_nl: { main: 4, extra: 0, scales: 'half', zero: 0, table: NON_LINEAR },
  iq4_xs: { main: 4, extra: 0, scales: 'six-32', zero: 0, table: NON_LINEAR },
  mxfp4: { main: 4, extra: 0, scales: 'exponent', zero: 0, table: E2M1 },
  q1_0: { main: 1, extra: 0, scales: 'sign-128', zero: 0.5 },
  tq1_0: { main: 2, extra: 0, scales: 'half-256', zero: 1 },
  tq2_0: { main: 2, extra: 0, scales: 'half-256', zero: 1 },
  nf4: { main: 4, extra: 0, scales: 'single', group: 64, zero: 0, table: NORMAL },
  fp4: { main: 4, extra: 0, scales: 'single', group: 64, zero: 0, table: FP4 },
  e4m3_32: { main: 4, extra: 4, scales: 'single', group: 32, zero: 0, float: 'e4m3' },
  e4m3_64: { main: 4, extra: 4, scales: 'single', group: 64, zero: 0, float: 'e4m3' },
  e4m3_128: { main: 4, extra: 4, scales: 'single', group: 128, zero: 0, float: 'e4m3' },
} as const satisfies Record<string, CellForm>;

/**
 * Whole numbers of a few bits in groups, as GPTQ, AWQ, MLX and others publish them: `u4_f16z_128` has 4 bits, a scale in
 * f16 and a zero point for 128 weights; without `z`, an offset of the scale's type.
 */
const PLANES = { 2: [2, 0], 3: [2, 1], 4: [4, 0], 5: [4, 1], 6: [4, 2], 8: [4, 4] } as const;
export type CellBits = keyof typeof PLANES;
const PAIRS = { f16: 'pair', bf16: 'pair-bf16', f32: 'pair-f32', f16z: 'zero', bf16z: 'zero-bf16' } as const;
/** How s and b of whole numbers are stored. */
export type CellPair = keyof typeof PAIRS;
export type IntegerCell = `u${CellBits}_${CellPair}_${CellGroup}`;

/** Name of a cell: an element type of weights. */
export type CellName = keyof typeof CELLS | IntegerCell;

export const integerCell = (bits: CellBits, pair: CellPair, group: CellGroup): IntegerCell =>
  `u${bits}_${pair}_${group}`;

export const isCellBits = (bits: number): bits is CellBits => Object.hasOwn(PLANES, bits);

function integerForms(): [IntegerCell, CellForm][] {
  const bits = Object.keys(PLANES).map(Number) as CellBits[];
  const pairs = Object.keys(PAIRS) as CellPair[];
  return bits.flatMap((b) =>
    pairs.flatMap((pair) =>
      CELL_GROUPS.map((group): [IntegerCell, CellForm] => {
        const [main, extra] = PLANES[b];
        return [integerCell(b, pair, group), { main, extra, scales: PAIRS[pair], group, zero: 0 }];
      }),
    ),
  );
}

const NAMED: readonly [string, CellForm][] = Object.entries(CELLS);
const FORMS: ReadonlyMap<string, CellForm> = new Map([...NAMED, ...integerForms()]);

export const CELL_NAMES = [...FORMS.keys()] as readonly CellName[];

export const isCell = (dtype: string): dtype is CellName => FORMS.has(dtype);

export const cellForm = (name: CellName): CellForm => FORMS.get(name) as CellForm;

/** Weights and words of one unit of scales, and how many weights share s and b. */
interface ScaleUnits {
  readonly weights: number;
  readonly words: number;
  readonly group: number;
}

const UNITS: Readonly<Partial<Record<CellScales, ScaleUnits>>> = {
  half: { weights: 32, words: 1 / 2, group: 32 },
  'half-256': { weights: 256, words: 1 / 2, group: 256 },
  'sign-128': { weights: 128, words: 1 / 2, group: 128 },
  exponent: { weights: 32, words: 1 / 4, group: 32 },
  'six-min': { weights: 256, words: 4, group: 32 },
  six: { weights: 256, words: 4, group: 16 },
  'six-32': { weights: 256, words: 2, group: 32 },
  eight: { weights: 256, words: 5, group: 16 },
  'four-min': { weights: 256, words: 5, group: 16 },
};

function unitsOf(name: CellName): ScaleUnits {
  const { scales, group = 32 } = cellForm(name);
  return UNITS[scales] ?? { weights: group, words: scales === 'pair-f32' ? 2 : 1, group };
}

/** Weights that share s and b. */
export const cellGroup = (name: CellName): number => unitsOf(name).group;

/** A row's width is a multiple of this. */
export const cellBlock = (name: CellName): number => unitsOf(name).weights;

/** Cells whose blocks are smaller, and which are about as exact: up to half a bit more goes into their scales. */
const NARROWER: Partial<Record<CellName, CellName>> = {
  q3_k: 'u3_f16_32',
  q4_k: 'u4_f16_32',
  q5_k: 'u5_f16_32',
  iq4_xs: 'iq4_nl',
};

/** The cell for rows of `k` weights: this one, or one that is about as exact; undefined where neither has whole blocks. */
export function cellFor(name: CellName, k: number): CellName | undefined {
  return [name, NARROWER[name]].find((one) => one !== undefined && k % cellBlock(one) === 0);
}

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
  const { main, extra } = cellForm(name);
  const { weights, words } = unitsOf(name);
  if (k % weights !== 0) return undefined;
  const bits = (k * extra) / 32;
  return { main: (k * main) / 32, extra: bits, rest: bits + Math.ceil((k / weights) * words) };
}
