/**
 * Root-mean-square normalisation over the last axis: x / sqrt(mean(x²) + eps) · weight.
 * Source: Zhang and Sennrich 2019, arXiv 1910.07467; eps inside the root as in Llama.
 */
import { activation, numberAt, vector } from './check.ts';
import { S } from './letters.ts';
import type { Op, OpCase } from './op.ts';

export const rmsnorm: Op = {
  name: 'rmsnorm',
  inputs: ['x', 'weight'],
  outputs: ['out'],

  infer(inputs, attributes) {
    const { dtype, rows, cols } = activation('rmsnorm', inputs, 'x');
    vector('rmsnorm', inputs, 'weight', cols);
    numberAt('rmsnorm', attributes, 'eps');
    return { out: { dtype, shape: [rows, cols] } };
  },

  reference({ x, weight }, attributes) {
    const [rows, cols] = x!.shape as [number, number];
    const eps = numberAt('rmsnorm', attributes, 'eps');
    const out = new Float32Array(rows * cols);
    for (let r = 0; r < rows; r++) {
      let squares = 0;
      for (let c = 0; c < cols; c++) squares += (x!.data[r * cols + c] as number) ** 2;
      const scale = 1 / Math.sqrt(squares / cols + eps);
      for (let c = 0; c < cols; c++) {
        out[r * cols + c] = (x!.data[r * cols + c] as number) * scale * (weight!.data[c] as number);
      }
    }
    return { out: { shape: [rows, cols], data: out } };
  },

  cases: [
    row('smallest', 1, 4),
    row('odd', 3, 65),
    row('stories260K', 7, 64),
    row('ffn 172', 2, 172),
    row('large eps', 2, 96, 0.5),
    row('Llama-3.2-1B', 5, 2048),
    { ...row('Llama-3.2-3B prefill', 512, 3072), heavy: true },
  ],
};

function row(name: string, s: number, cols: number, eps = 1e-5): OpCase {
  return {
    name,
    inputs: { x: { dtype: 'f32', shape: [S, cols] }, weight: { dtype: 'f32', shape: [cols] } },
    attributes: { eps },
    binding: { S: s },
  };
}
