import { describe, expect, test } from 'vitest';
import { CELL_NAMES, type CellName, cellBlock, cellForm, cellFor, cellRow } from '../../tensor/cells.ts';
import { f16FromF32 } from '../../tensor/f16.ts';
import { GGML_TYPES, ggmlToF32 } from '../ggml.ts';
import goldens from '../goldens/ggml-blocks.json' with { type: 'json' };
import { dequantiseCells, scaleOf, valuesOf } from './dequantise.ts';
import { encodeCells } from './encode.ts';
import { nearestIn, valuedForm } from './fit.ts';
import { cellOf, ggmlToCells } from './ggml-cells.ts';

const bytesOf = (text: string) => Uint8Array.from(Buffer.from(text, 'base64'));
const cases = Object.entries(goldens).map(([name, { blocks, weights }]) => {
  const type = [...GGML_TYPES.values()].find((t) => t.name === name)!;
  return { type, cell: cellOf(type) as CellName, blocks: bytesOf(blocks), weights: bytesOf(weights) };
});
const sameBits = (got: Float32Array, want: Uint8Array) =>
  Buffer.compare(Buffer.from(got.buffer, got.byteOffset, got.byteLength), want);

describe.each(cases)('$type.name', ({ type, cell, blocks, weights }) => {
  test('the blocks are read as gguf-py reads them, bit by bit', () => {
    expect(sameBits(ggmlToF32(type, blocks), weights)).toBe(0);
  });

  test.each([1, 2])('a cell of %i blocks a row encodes the same numbers, bit by bit', (perRow) => {
    const k = Math.max(type.weights, 32) * perRow;
    expect(sameBits(dequantiseCells(cell, ggmlToCells(cell, type, blocks, k), k), weights)).toBe(0);
  });

  // Digits of base 3 become two bits each.
  const most = cell === 'tq1_0' ? 0.23 : 0.02;
  test('a row of usual width takes what it took in the file, within 2 %', () => {
    const k = 4096;
    const { main, rest } = cellRow(cell, k)!;
    const published = (k / type.weights) * type.bytes;
    expect(Math.abs((4 * (main + rest)) / published - 1)).toBeLessThan(most);
  });
});

/** Cells of formats that are published in safetensors. */
const isOther = (name: CellName) => /^(?:nf4|fp4|e4m3_.*|u\d_.*)$/.test(name);

test('every other cell has a type of ggml', () => {
  expect(cases.map(({ cell }) => cell).sort()).toEqual(CELL_NAMES.filter((name) => !isOther(name)).sort());
});

test('scales of every kind are read as they were written', () => {
  const words = new Uint32Array([
    f16FromF32(0.5) | (f16FromF32(-3) << 16),
    0xc0404000,
    0x3f000000,
    0x40a00000,
  ]);
  words.set([f16FromF32(0.5) | (9 << 16), 0x4000 | (9 << 16)], 2);
  expect(scaleOf('pair', words, 0, 0)).toEqual([0.5, -3]);
  expect(scaleOf('pair-bf16', words, 0, 1)).toEqual([2, -3]);
  expect(scaleOf('zero', words, 0, 2)).toEqual([0.5, -4.5]);
  expect(scaleOf('zero-bf16', words, 0, 3)).toEqual([2, -18]);
  const singles = new Uint32Array(Float32Array.of(0.1, -0.7).buffer);
  expect(scaleOf('pair-f32', singles, 0, 0)).toEqual([Math.fround(0.1), Math.fround(-0.7)]);
  expect(scaleOf('single', singles, 0, 1)[0]).toBe(Math.fround(-0.7));
});

test('floats of 8 bits have the values of E4M3', () => {
  const values = valuesOf('e4m3_128')!;
  expect([0x00, 0x01, 0x07, 0x08, 0x38, 0x7e, 0x80, 0xfe].map((q) => values[q])).toEqual([
    ...[0, 2 ** -9, 7 * 2 ** -9, 2 ** -6, 1, 448, -0, -448],
  ]);
});

/**
 * Root mean square error of Gaussian weights, as a fraction of their deviation, that rounding to the grid of a group may
 * have. Grids of at most five bits are fitted (`fit.ts`).
 */
const LARGEST_ERROR: Partial<Record<CellName, number>> = {
  q2_k: 0.4,
  q3_k: 0.15,
  q4_0: 0.12,
  q4_1: 0.09,
  q4_k: 0.08,
  q5_0: 0.06,
  q5_1: 0.045,
  q5_k: 0.041,
  q6_k: 0.03,
  q8_0: 0.008,
  iq4_nl: 0.082,
  iq4_xs: 0.082,
  mxfp4: 0.16,
  // Of a normal distribution √(1 − 2/π) = 0.603 is the least that one bit leaves.
  q1_0: 0.64,
  tq1_0: 0.5,
  tq2_0: 0.5,
  nf4: 0.09,
  fp4: 0.2,
};
/** Of whole numbers by their width, in groups of 128. */
const LARGEST_BY_BITS = [0, 0, 0.4, 0.21, 0.11, 0.055, 0.035, 0.009];
const largestError = (cell: CellName): number =>
  LARGEST_ERROR[cell] ?? (cell.startsWith('e4m3') ? 0.03 : (LARGEST_BY_BITS[Number(cell[1])] ?? 0.009));

test.each(['iq4_nl', 'nf4'] as const)('the nearest value of the table of %s is found', (cell) => {
  const { values = [], search } = valuedForm(cellForm(cell), valuesOf(cell));
  const most = 1.1 * Math.max(...values.map(Math.abs));
  for (let x = -most; x < most; x += most / 5000) {
    const off = values.map((value) => Math.abs(value - x));
    expect(off[nearestIn(search!, x)]).toBe(Math.min(...off));
  }
});

/** The root mean square error of Gaussian weights in rows of `k`, as a fraction of their deviation. */
function errorOf(cell: CellName, k: number): number {
  let state = 3;
  const uniform = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state + 1) / 2 ** 32;
  };
  const weights = Float32Array.from(
    { length: 4 * k },
    () => 0.02 * Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform()),
  );
  const got = dequantiseCells(cell, encodeCells(cell, weights, k), k);
  const squared = got.reduce((sum, w, i) => sum + (w - (weights[i] as number)) ** 2, 0);
  return Math.sqrt(squared / weights.length) / 0.02;
}

test.each(CELL_NAMES)('%s encodes weights of a converted model', (cell) => {
  expect(errorOf(cell, Math.max(64, cellBlock(cell)) * 2)).toBeLessThan(largestError(cell));
});

test.each(['q3_k', 'q4_k', 'q5_k', 'iq4_xs'] as const)(
  'what stands for %s in rows of other widths is about as exact',
  (cell) => {
    const other = cellFor(cell, 576)!;
    expect([cellFor(cell, 512), other]).toEqual([cell, expect.stringMatching(/^(?:u\d_f16_32|iq4_nl)$/)]);
    expect(errorOf(other, 512) / errorOf(cell, 512)).toBeLessThan(1.1);
  },
);
