/**
 * Quantises keys or values for a cache of 8 bits: each head by its largest magnitude (tensor/kv8.ts). The reference
 * returns the numbers that the bytes encode.
 *
 *   x act[S,G·D] → out kv8[S,G·D] (a view)   {headWidth}
 */
import kv8Pack from '../../../wgsl/lib/kv8-pack.wgsl?raw';
import quantiseSource from '../../../wgsl/quantise/quantise.wgsl?raw';
import { kernel, numberIn, scalarOf, typeIn } from '../../kernels/kernel.ts';
import { acceptsKv8, cacheRowPart, columns, ringParams } from '../../kernels/wgsl-parts.ts';
import { isConstant, mul } from '../../symbolic/dim.ts';
import { packKv8, unpackKv8 } from '../../tensor/kv8.ts';
import { rowsOf, type TensorType } from '../../tensor/tensor.ts';
import { activation, numberAt, mismatch } from '../lib/guards.ts';
import { S } from '../lib/letters.ts';
import type { Op, OpCase } from '../op.ts';

const quantiseKernel = kernel('quantise.workgroup', {
  source: quantiseSource,
  parts: (node) => [kv8Pack, cacheRowPart(node, 'out')],
  accepts: (node) => acceptsKv8(node, 'out'),
  header: (node) => scalarOf(typeIn(node, 'x')),
  params: (node) => ({
    rows: rowsOf(typeIn(node, 'x')),
    heads: columns(node, 'x') / numberIn(node, 'headWidth'),
    head_width: numberIn(node, 'headWidth'),
    out_row: node.rows.out ?? 0,
    ...ringParams(node, 'out', node.rows.out ?? 0),
  }),
  workgroups: (node) => mul(rowsOf(typeIn(node, 'x')), columns(node, 'x') / numberIn(node, 'headWidth')),
});

export const quantise: Op = {
  name: 'quantise',
  inputs: ['x'],
  outputs: ['out'],

  infer(inputs, attributes) {
    const { rows, cols } = activation('quantise', inputs, 'x');
    const headWidth = numberAt('quantise', attributes, 'headWidth');
    if (!isConstant(cols) || cols % headWidth !== 0) {
      mismatch('quantise', 'columns of x', `whole heads of ${headWidth}`, String(cols));
    }
    return { out: kv8Type('quantise', [rows, cols], headWidth) };
  },

  reference({ x }, attributes) {
    const headWidth = numberAt('quantise', attributes, 'headWidth');
    const data = unpackKv8(packKv8(Float32Array.from(x!.data), headWidth), headWidth);
    return { out: { shape: x!.shape, data } };
  },

  cases: [
    row('smallest', 1, 1, 4),
    row('head 20', 3, 3, 20),
    row('head 64', 5, 2, 64),
    row('head 80', 2, 3, 80),
    row('head 256', 2, 1, 256),
    row('prefill', 67, 4, 32),
  ],

  kernels: [quantiseKernel],
};

/** Also used by heads: the type of keys or values in 8 bits. */
export function kv8Type(op: string, shape: TensorType['shape'], headWidth: number): TensorType {
  if (!Number.isInteger(headWidth) || headWidth < 4 || headWidth % 4 !== 0) {
    mismatch(op, 'attribute headWidth', 'a multiple of 4', String(headWidth));
  }
  return { dtype: 'kv8', shape, group: headWidth };
}

function row(name: string, s: number, heads: number, headWidth: number): OpCase {
  return {
    name,
    inputs: { x: { dtype: 'f32', shape: [S, heads * headWidth] } },
    attributes: { headWidth },
    binding: { S: s },
  };
}
