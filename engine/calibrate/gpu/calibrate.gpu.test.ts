/**
 * The kernels of calibration against their meaning on the CPU. Sums of the kernels are f32, those of the references f64, so
 * a column may be rounded the other way where its target is half way between two values. What that changes in the outputs
 * is far below what rounding itself changes, which the tests compare.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTestGpu } from '../../../scripts/testing/gpu.ts';
import {
  type Buffer,
  createBuffer,
  type Gpu,
  openGpu,
  readbackRing,
  submit,
  writeBuffer,
} from '../../gpu/index.ts';
import type { CellRows } from '../../quant/cells/planes.ts';
import { dequantiseRows, quantiseRows } from '../../quant/m0e4.ts';
import { roundedValues } from '../../testing/rounded-values.ts';
import { seededRandom } from '../../tensor/random.ts';
import { correlatedInputs, outputError } from '../../testing/correlated-inputs.ts';
import { addOuter, factorOf } from '../factor.ts';
import { calibrateRows } from '../sweep.ts';
import { addOuterOn, createMatrix, factorOn, matrixBytes, padded } from './factor.ts';
import { calibrationSeconds, fitsCalibration } from './measure.ts';
import { sweepOn } from './sweep.ts';

let gpu: Gpu;
beforeAll(async () => {
  gpu = await openGpu((await openTestGpu()).gpu);
});
afterAll(() => gpu.dispose());

function uploaded(numbers: Float32Array<ArrayBuffer>): Buffer {
  const buffer = createBuffer(gpu, 'test', numbers.byteLength);
  writeBuffer(gpu, buffer, 0, numbers);
  return buffer;
}

async function read(from: Buffer, bytes: number): Promise<Float32Array> {
  const ring = readbackRing(gpu, 'test', bytes, 1);
  const slot = ring.take();
  submit(gpu, [], [], [{ from, to: slot.buffer, bytes }]);
  const numbers = new Float32Array(await slot.read(bytes));
  ring.destroy();
  return numbers;
}

/** The factor of `x`, added in two parts of different length, on the GPU. */
async function factored(x: Float32Array, k: number): Promise<Buffer> {
  const matrix = createMatrix(gpu, k);
  const rows = x.length / k;
  const cut = Math.floor(rows / 3) * k;
  for (const part of [x.slice(0, cut), x.slice(cut)]) {
    const buffer = uploaded(part as Float32Array<ArrayBuffer>);
    await addOuterOn(gpu, matrix, buffer, part.length / k, k);
    buffer.destroy();
  }
  await factorOn(gpu, matrix, k);
  return matrix;
}

const WIDTHS = [32, 45, 96, 172, 300];

test.each(WIDTHS)('XᵀX of width %i and its factor', async (k) => {
  const x = correlatedInputs(seededRandom(k), 2 * k + 5, k);
  const matrix = await factored(x, k);
  const got = await read(matrix, matrixBytes(k));
  matrix.destroy();
  const sum = new Float64Array(k * k);
  addOuter(sum, x, k);
  const want = factorOf(sum, k);
  const largest = want.reduce((most, r) => Math.max(most, Math.abs(r)), 0);
  let worst = 0;
  for (let i = 0; i < k; i++) {
    for (let j = i; j < k; j++) {
      worst = Math.max(worst, Math.abs(got[i * padded(k) + j]! - want[i * k + j]!));
    }
  }
  // 24 bits, lost to the square root of the condition, which the damping bounds by about 1e4.
  expect(worst / largest).toBeLessThan(2e-3);
});

test.each([
  ...WIDTHS.map((k) => ['m0e4', k] as const),
  ...[32, 96, 288].flatMap((k) => (['q4_0', 'q5_0', 'iq4_nl'] as const).map((cell) => [cell, k] as const)),
])('%s: columns of width %i are rounded as on the CPU', async (dtype, k) => {
  const random = seededRandom(k + 1);
  const x = correlatedInputs(random, 2 * k, k);
  const weights = Float32Array.from({ length: 70 * k }, () => (random() + random() - 1) * 0.1);
  const sum = new Float64Array(k * k);
  addOuter(sum, x, k);
  const matrix = await factored(x, k);
  const got = await sweepOn(gpu, { factor: matrix, width: k, name: 'w', dtype }, weights);
  matrix.destroy();
  const want = calibrateRows(weights, k, dtype, factorOf(sum, k));
  const error = (rows: CellRows) => outputError(x, weights, roundedValues(dtype, rows, k), k);
  const plain = outputError(x, weights, dequantiseRows(quantiseRows(weights, k, 32), k, 32), k);
  expect(error(got)).toBeLessThan(plain * 0.8);
  expect(Math.abs(error(got) / error(want) - 1)).toBeLessThan(0.1);
});

test('with independent inputs nibbles and scales are those of plain conversion', async () => {
  const [k, rows] = [77, 40];
  const random = seededRandom(5);
  const weights = Float32Array.from({ length: rows * k }, () => (random() + random() - 1) * 0.1);
  const size = padded(k);
  const one = Float32Array.from({ length: size * size }, (_, i) => (i % (size + 1) === 0 ? 1 : 0));
  const matrix = uploaded(one);
  const got = await sweepOn(gpu, { factor: matrix, width: k, name: 'w', dtype: 'm0e4' }, weights);
  matrix.destroy();
  const want = quantiseRows(weights, k, 32);
  const same = got.rest.filter((pair, i) => pair === want.scales[i]).length;
  // The fit of s and b in f32 may end in a neighbouring half.
  expect(same / want.scales.length).toBeGreaterThan(0.9);
  const back = (main: Uint32Array, rest: Uint32Array) => {
    const values = roundedValues('m0e4', { main, rest }, k);
    return outputError(new Float32Array(one), pad(weights, k, size), pad(values, k, size), size);
  };
  expect(back(got.main, got.rest)).toBeLessThan(back(want.nibbles, want.scales) * 1.001);
});

function pad(rows: Float32Array, k: number, size: number): Float32Array {
  const out = new Float32Array((rows.length / k) * size);
  for (let row = 0; row * k < rows.length; row++) out.set(rows.subarray(row * k, (row + 1) * k), row * size);
  return out;
}

test('a weight that is not a number, and one too large for a half, are named', async () => {
  const k = 40;
  const matrix = await factored(correlatedInputs(seededRandom(3), 80, k), k);
  const weights = new Float32Array(3 * k).fill(0.5);
  weights[2 * k + 7] = Number.NaN;
  const swept = { factor: matrix, width: k, name: 'w', dtype: 'm0e4' } as const;
  await expect(sweepOn(gpu, swept, weights)).rejects.toMatchObject({ where: 'row 2, column 7' });
  weights[2 * k + 7] = 1e6;
  await expect(sweepOn(gpu, swept, weights)).rejects.toMatchObject({
    code: 'checkpoint-damaged',
    where: 'row 2, column 7',
  });
  matrix.destroy();
});

test('the time of a model grows with its layers, and a GPU that is too slow is known after the smallest width', async () => {
  const products = (layers: number) => [64, 96].flatMap((width) => Array(layers).fill({ width, rows: 128 }));
  const need = (layers: number) => ({ tokens: 1024, keptBytes: 1e6, products: products(layers) });
  let clock = 0;
  const options = { most: 1e9, now: () => (clock += 10) };
  const one = await calibrationSeconds(gpu, need(1), options);
  expect(one).toBeGreaterThan(0);
  expect(await calibrationSeconds(gpu, need(10), options)).toBeCloseTo(10 * one, 5);
  clock = 0;
  const slow = await calibrationSeconds(gpu, need(10), { ...options, most: one / 100 });
  expect(slow).toBeGreaterThan(one / 100);
  expect(clock).toBe(80); // four measurements of one width, two looks at the clock each
});

test('a matrix that exceeds a binding is refused before anything is read', () => {
  const limits = { maxStorageBufferBindingSize: 128 << 20, maxBufferSize: 256 << 20 };
  const phone = { ...gpu, facts: { ...gpu.facts, limits } };
  const need = (width: number) => ({ tokens: 1, keptBytes: 0, products: [{ width, rows: 64 }] });
  expect(fitsCalibration(need(5632), phone)).toBe(true);
  expect(fitsCalibration(need(8192), phone)).toBe(false);
});
