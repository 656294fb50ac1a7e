/** The numbers of calibration on the CPU: the factor of XᵀX, and rounding by it. */
import { expect, test } from 'vitest';
import { dequantiseCells } from '../quant/cells/dequantise.ts';
import { encodeCells } from '../quant/cells/encode.ts';
import { dequantiseRows, quantiseRows } from '../quant/m0e4.ts';
import { f16FromF32, f32FromF16 } from '../tensor/f16.ts';
import { roundedValues } from '../testing/rounded-values.ts';
import { seededRandom } from '../tensor/random.ts';
import { correlatedInputs, outputError } from '../testing/correlated-inputs.ts';
import { addOuter, factorOf } from './factor.ts';
import { calibrateRows } from './sweep.ts';

const GROUP = 32;
const CELLS = ['q4_0', 'q5_0'] as const;

function sumOf(x: Float32Array, k: number): Float64Array {
  const sum = new Float64Array(k * k);
  addOuter(sum, x, k);
  for (let i = 0; i < k; i++) for (let j = 0; j < i; j++) sum[i * k + j] = sum[j * k + i]!;
  return sum;
}

const weightsOf = (random: () => number, count: number) =>
  Float32Array.from({ length: count }, () => (random() + random() + random() - 1.5) * 0.1);

test('the factor times its transpose is XᵀX with the damping on its diagonal', () => {
  const random = seededRandom(1);
  const k = 45;
  const sum = sumOf(correlatedInputs(random, 200, k), k);
  const r = factorOf(sum, k, 0.01);
  const mean = Array.from({ length: k }, (_, i) => sum[i * k + i]!).reduce((a, b) => a + b) / k;
  let [worst, below] = [0, 0];
  for (let i = 0; i < k; i++) {
    for (let j = 0; j < k; j++) {
      let got = 0;
      for (let m = 0; m < k; m++) got += r[i * k + m]! * r[j * k + m]!;
      const want = sum[i * k + j]! + (i === j ? 0.01 * mean : 0);
      worst = Math.max(worst, Math.abs(got - want) / mean);
      if (j < i) below = Math.max(below, Math.abs(r[i * k + j]!));
    }
  }
  expect(worst).toBeLessThan(1e-5); // R is stored as f32
  expect(below).toBe(0);
});

test('targets are those of GPTQ as published, by the Cholesky factor of the inverse', () => {
  const random = seededRandom(2);
  const k = 24;
  const sum = sumOf(correlatedInputs(random, 100, k), k);
  const r = factorOf(sum, k);
  const upper = inverseFactor(r, k);
  const weights = weightsOf(random, k);
  const moved = Float64Array.from(weights);
  const errors = new Float64Array(k);
  for (let i = 0; i < k; i++) {
    let fed = 0;
    for (let j = 0; j < i; j++) fed += errors[j]! * r[j * k + i]!;
    const target = weights[i]! + fed / r[i * k + i]!;
    // Tolerance: R has 24 bits, and its inverse is worse by the condition of XᵀX.
    expect(target).toBeCloseTo(moved[i]!, 4);
    const q = Math.round(moved[i]! / 0.02) * 0.02;
    errors[i] = weights[i]! - q;
    const error = (moved[i]! - q) / upper[i * k + i]!;
    for (let j = i; j < k; j++) moved[j]! -= error * upper[i * k + j]!;
  }
});

/** U, upper triangular, with UᵀU the inverse of R·Rᵀ: the inverse of R. */
function inverseFactor(r: Float32Array, k: number): Float64Array {
  const inverse = new Float64Array(k * k);
  for (let column = 0; column < k; column++) {
    for (let i = column; i >= 0; i--) {
      let left = i === column ? 1 : 0;
      for (let m = i + 1; m <= column; m++) left -= r[i * k + m]! * inverse[m * k + column]!;
      inverse[i * k + column] = left / r[i * k + i]!;
    }
  }
  return inverse;
}

test('where inputs are independent and of one size, the result is that of plain conversion, bit by bit', () => {
  const random = seededRandom(3);
  for (const k of [32, 64, 45]) {
    const weights = weightsOf(random, 9 * k);
    const one = Float32Array.from({ length: k * k }, (_, i) => (i % (k + 1) === 0 ? 1 : 0));
    const { nibbles, scales } = quantiseRows(weights, k, GROUP);
    expect(calibrateRows(weights, k, 'm0e4', one)).toEqual({ main: nibbles, rest: scales });
  }
});

test.each(CELLS)('weights that are on a grid of %s stay there, whatever the inputs are', (cell) => {
  const random = seededRandom(4);
  const k = 96;
  const own = dequantiseCells(cell, encodeCells(cell, weightsOf(random, 20 * k), k), k);
  // The largest weight of a group is at the far end of ggml's grid.
  for (let at = 0; at < own.length; at += GROUP) {
    const step = Math.min(
      ...own
        .subarray(at, at + GROUP)
        .filter((w) => w !== 0)
        .map(Math.abs),
    );
    own[at + 3] = (cell === 'q4_0' ? -8 : 16) * f32FromF16(f16FromF32(step));
    for (let i = 0; i < GROUP; i++)
      own[at + i] = Math.round(own[at + i]! / step) * f32FromF16(f16FromF32(step));
  }
  const factor = factorOf(sumOf(correlatedInputs(random, 200, k), k), k);
  const back = dequantiseCells(cell, calibrateRows(own, k, cell, factor), k);
  expect(back.findIndex((w, i) => w !== own[i])).toBe(-1);
});

test.each(['m0e4', 'iq4_nl', ...CELLS] as const)(
  'on correlated inputs the outputs of %s are nearer to the exact ones than by plain conversion',
  (dtype) => {
    let [calibrated, plain] = [0, 0];
    for (let seed = 1; seed <= 40; seed++) {
      const random = seededRandom(seed);
      const k = [32, 64, dtype === 'm0e4' ? 77 : 96, 128][seed % 4]!;
      const x = correlatedInputs(random, 3 * k, k);
      const weights = weightsOf(random, 16 * k);
      const factor = factorOf(sumOf(x, k), k);
      const error = (back: Float32Array) => outputError(x, weights, back, k);
      const ours = error(roundedValues(dtype, calibrateRows(weights, k, dtype, factor), k));
      const theirs = error(
        dtype === 'm0e4'
          ? dequantiseRows(quantiseRows(weights, k, GROUP), k, GROUP)
          : dequantiseCells(dtype, encodeCells(dtype, weights, k), k),
      );
      expect(ours, `seed ${seed}`).toBeLessThan(theirs);
      calibrated += ours / theirs;
      plain += 1;
    }
    expect(calibrated / plain).toBeLessThan(0.6);
  },
);

test.each(['m0e4', 'iq4_nl', ...CELLS] as const)(
  '%s: inputs that are always zero do no harm, and all-zero weights stay zero',
  (dtype) => {
    const k = dtype === 'm0e4' ? 40 : 64;
    const x = correlatedInputs(seededRandom(7), 80, k).map((value, i) => (i % k < 5 ? 0 : value));
    const weights = weightsOf(seededRandom(8), 3 * k).fill(0, k, 2 * k);
    for (const inputs of [x, new Float32Array(80 * k)]) {
      const back = roundedValues(dtype, calibrateRows(weights, k, dtype, factorOf(sumOf(inputs, k), k)), k);
      expect([...back.subarray(k, 2 * k)].every((w) => w === 0)).toBe(true);
      expect(Math.max(...back.map((w, i) => Math.abs(w - weights[i]!)))).toBeLessThan(0.1);
    }
  },
);

test('names a weight that is not a number', () => {
  const weights = new Float32Array(80).fill(1);
  weights[50] = Number.NaN;
  const factor = factorOf(sumOf(correlatedInputs(seededRandom(9), 80, 40), 40), 40);
  expect(() => calibrateRows(weights, 40, 'm0e4', factor, 'w')).toThrow(/w.*row 1, column 10/);
});
