/**
 * The case table of row cells: for every cell the products of one row, of a few and of many rows, and the rows of an
 * embedding; merged weights and two cells in one matrix once each.
 */
import { CELL_NAMES, type CellName, cellBlock } from '../../tensor/cells.ts';
import type { TensorType } from '../../tensor/tensor.ts';
import type { OpCase } from '../op.ts';

/** A matrix in one cell. */
export const cellMatrix = (dtype: CellName, n: number, k: number): TensorType => ({ dtype, shape: [n, k] });

/** A matrix whose rows from `split` on are in another cell. */
export const twoCells = (
  [first, second]: readonly [CellName, CellName],
  split: number,
  n: number,
  k: number,
): TensorType => ({
  dtype: first,
  shape: [n, k],
  zones: [
    { dtype: first, rows: split },
    { dtype: second, rows: n - split },
  ],
});

/** The case with its weights in cells; `of` gets their rows and columns. */
export function inCells(row: OpCase, name: string, of: (n: number, k: number) => TensorType): OpCase {
  const [n, k] = (row.inputs.weight as TensorType).shape as [number, number];
  return { ...row, name: `${name} ${row.name}`, inputs: { ...row.inputs, weight: of(n, k) } };
}

/** Of the cells of whole numbers: each width, kind of scales and group at least once; rows of 2 bits that begin within a vec4. */
const INTEGERS: readonly CellName[] = [
  'u2_bf16_64',
  'u3_f16_32',
  'u3_f16_128',
  'u4_f16z_128',
  'u4_bf16_64',
  'u5_f32_32',
  'u6_bf16z_64',
  'u8_f32_128',
  'u8_f16z_32',
];
export const CELL_SAMPLE: readonly CellName[] = [
  ...CELL_NAMES.filter((name) => !/^u\d_/.test(name)),
  ...INTEGERS,
];

/** An odd number of blocks a row, so that halves and bytes end within a word; 40 blocks need more than one lane each. */
const narrow = (cell: CellName) => 3 * cellBlock(cell);
const wide = (cell: CellName) => Math.max(cellBlock(cell), 32) * 5;

/** Rows, columns and results of the products. */
export const CELL_PRODUCTS = CELL_SAMPLE.flatMap((cell) => [
  { cell, rows: 1, k: wide(cell), n: 37 },
  { cell, rows: 35, k: narrow(cell), n: 70 },
]);
/** Products of a few rows: one cell of each kind of planes and of halves of a chunk. */
export const CELL_FEW = (['q5_0', 'q6_k', 'q2_k', 'iq4_xs', 'q1_0'] as const).map((cell) => ({
  cell,
  rows: 4,
  k: narrow(cell),
  n: 36,
}));
/** Pairs of cells that published mixtures of types have for q, k and v. */
export const CELL_PAIRS = [
  ['q5_0', 'q8_0'],
  ['q4_k', 'q6_k'],
  ['q2_k', 'q4_k'],
  ['q3_k', 'q5_k'],
  ['iq4_xs', 'q5_k'],
  ['q1_0', 'q4_k'],
  ['tq2_0', 'q6_k'],
  ['u4_bf16_64', 'u6_bf16_64'],
  ['u4_f16z_128', 'e4m3_128'],
] as const satisfies readonly (readonly [CellName, CellName])[];
