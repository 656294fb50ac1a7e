/**
 * Layer normalisation over the last axis: (x − mean) / sqrt(variance + eps) · weight + bias.
 *
 *   x act[M,E], weight f32[E], bias f32[E], shift? f32[E] → out act[M,E]   {eps}
 *
 * `shift` is added to every row of x first: the embedding of a token type that all tokens have. Source: Ba et al.,
 * arXiv 1607.06450; the variance divides by E, as in PyTorch.
 */
import source from '../../../wgsl/layer-norm/layer-norm.wgsl?raw';
import shift from '../../../wgsl/layer-norm/shift.wgsl?raw';
import shiftNone from '../../../wgsl/layer-norm/shift-none.wgsl?raw';
import { kernel, needsF16, numberIn, scalarOf, typeIn } from '../../kernels/kernel.ts';
import { columns, foldPart } from '../../kernels/wgsl-parts.ts';
import { rowsOf } from '../../tensor/tensor.ts';
import { activation, numberAt, optionalVector, vector } from '../lib/guards.ts';
import { S } from '../lib/letters.ts';
import type { Op, OpCase } from '../op.ts';

const layerNormKernel = kernel('layer_norm.row', {
  source,
  parts: (node) => [foldPart(node), node.types.shift === undefined ? shiftNone : shift],
  accepts: (node) => needsF16(node, 'x'),
  header: (node) => scalarOf(typeIn(node, 'x')),
  params: (node) => ({
    rows: rowsOf(typeIn(node, 'x')),
    cols: columns(node, 'x'),
    eps: numberIn(node, 'eps'),
  }),
  workgroups: (node) => rowsOf(typeIn(node, 'x')),
});

export const layerNorm: Op = {
  name: 'layer_norm',
  inputs: ['x', 'weight', 'bias'],
  optional: ['shift'],
  outputs: ['out'],

  infer(inputs, attributes) {
    const { dtype, rows, cols } = activation('layer_norm', inputs, 'x');
    vector('layer_norm', inputs, 'weight', cols);
    vector('layer_norm', inputs, 'bias', cols);
    optionalVector('layer_norm', inputs, 'shift', cols);
    numberAt('layer_norm', attributes, 'eps');
    return { out: { dtype, shape: [rows, cols] } };
  },

  reference({ x, weight, bias, shift }, attributes) {
    const [rows, cols] = x!.shape as [number, number];
    const eps = numberAt('layer_norm', attributes, 'eps');
    const out = new Float32Array(rows * cols);
    for (let r = 0; r < rows; r++) {
      const row = Float64Array.from(
        { length: cols },
        (_, c) => (x!.data[r * cols + c] as number) + ((shift?.data[c] as number | undefined) ?? 0),
      );
      const mean = row.reduce((sum, value) => sum + value, 0) / cols;
      const variance = row.reduce((sum, value) => sum + (value - mean) ** 2, 0) / cols;
      const scale = 1 / Math.sqrt(variance + eps);
      for (let c = 0; c < cols; c++) {
        const normed = ((row[c] as number) - mean) * scale;
        out[r * cols + c] = normed * (weight!.data[c] as number) + (bias!.data[c] as number);
      }
    }
    return { out: { shape: x!.shape, data: out } };
  },

  cases: [
    row('smallest', 1, 4),
    row('odd', 3, 65),
    row('large eps', 2, 96, { eps: 0.5 }),
    row('shift', 5, 72, { shift: true }),
    row('all-MiniLM-L6', 7, 384, { eps: 1e-12 }),
  ],

  kernels: [layerNormKernel],
};

function row(
  name: string,
  s: number,
  cols: number,
  { eps = 1e-5, shift = false }: { eps?: number; shift?: boolean } = {},
): OpCase {
  const vector = { dtype: 'f32', shape: [cols] } as const;
  return {
    name,
    inputs: {
      x: { dtype: 'f32', shape: [S, cols] },
      weight: vector,
      bias: vector,
      ...(shift ? { shift: vector } : {}),
    },
    attributes: { eps },
    binding: { S: s },
  };
}
