/**
 * Keys or values on their way to a cache of 8 bits: each head by itself, by its largest magnitude (tensor/kv8.ts).
 * The numbers that come out are those that the bytes stand for.
 */
import { isConstant } from '../../symbolic/dim.ts';
import { packKv8, unpackKv8 } from '../../tensor/kv8.ts';
import type { TensorType } from '../../tensor/tensor.ts';
import { activation, numberAt, wrong } from './check.ts';
import { S } from './letters.ts';
import type { Op, OpCase } from './op.ts';

export const quantise: Op = {
  name: 'quantise',
  inputs: ['x'],
  outputs: ['out'],

  infer(inputs, attributes) {
    const { rows, cols } = activation('quantise', inputs, 'x');
    const headWidth = numberAt('quantise', attributes, 'headWidth');
    if (!isConstant(cols) || cols % headWidth !== 0) {
      wrong('quantise', 'columns of x', `whole heads of ${headWidth}`, String(cols));
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
};

/** Shared with heads: the type of keys or values in 8 bits. */
export function kv8Type(op: string, shape: TensorType['shape'], headWidth: number): TensorType {
  if (!Number.isInteger(headWidth) || headWidth < 4 || headWidth % 4 !== 0) {
    wrong(op, 'attribute headWidth', 'a multiple of 4', String(headWidth));
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
