import { describe, expect, test } from 'vitest';
import { CELL_NAMES, type CellName, cellBlock, cellRow } from '../../tensor/cells.ts';
import { GGML_TYPES, ggmlToF32 } from '../ggml.ts';
import goldens from '../goldens/ggml-blocks.json' with { type: 'json' };
import { dequantiseCells } from './dequantise.ts';
import { encodeCells } from './encode.ts';
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

  test('a row of usual width takes what it took in the file, within 2 %', () => {
    const k = 4096;
    const { main, rest } = cellRow(cell, k)!;
    const published = (k / type.weights) * type.bytes;
    expect(Math.abs((4 * (main + rest)) / published - 1)).toBeLessThan(0.02);
  });
});

test('every cell but NF4 and our own has a type of ggml', () => {
  const others = ['nf4', 'e0m6'];
  expect(cases.map(({ cell }) => cell).sort()).toEqual(
    CELL_NAMES.filter((name) => !others.includes(name)).sort(),
  );
});

/**
 * Root mean square error of Gaussian weights, as a fraction of their deviation, that plain rounding to a grid between the
 * extremes of a group may have; tables of 16 values scaled to the largest magnitude.
 */
const LARGEST_ERROR: Record<CellName, number> = {
  q2_k: 0.4,
  q3_k: 0.26,
  q4_0: 0.12,
  q4_1: 0.09,
  q4_k: 0.1,
  q5_0: 0.06,
  q5_1: 0.045,
  q5_k: 0.055,
  q6_k: 0.03,
  q8_0: 0.008,
  iq4_nl: 0.12,
  iq4_xs: 0.13,
  mxfp4: 0.16,
  nf4: 0.12,
  e0m6: 0.022,
};

test.each(CELL_NAMES)('%s encodes weights of a converted model', (cell) => {
  const k = Math.max(64, cellBlock(cell)) * 2;
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
  expect(Math.sqrt(squared / weights.length) / 0.02).toBeLessThan(LARGEST_ERROR[cell]);
});
