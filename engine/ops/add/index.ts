/**
 * Elementwise sum of two activations of the same type.
 *
 *   a act[M,N], b act[M,N] → out act[M,N]
 */
import addSource from '../../../wgsl/add/add.wgsl?raw';
import { elementwise } from '../../kernels/elementwise.ts';
import { activation, sameTypeAs, typeOf } from '../lib/guards.ts';
import { S } from '../lib/letters.ts';
import type { Op, OpCase } from '../op.ts';

const addKernel = elementwise('add.element', addSource, 'a');

export const add: Op = {
  name: 'add',
  inputs: ['a', 'b'],
  outputs: ['out'],

  infer(inputs) {
    const { dtype, rows, cols } = activation('add', inputs, 'a');
    sameTypeAs('add', inputs, 'b', typeOf('add', inputs, 'a'));
    return { out: { dtype, shape: [rows, cols] } };
  },

  reference({ a, b }) {
    const out = new Float32Array(a!.data.length);
    for (let i = 0; i < out.length; i++) out[i] = (a!.data[i] as number) + (b!.data[i] as number);
    return { out: { shape: a!.shape, data: out } };
  },

  cases: [row('smallest', 1, 4), row('odd', 3, 65), row('stories260K', 9, 64), row('wide', 2, 2048)],

  kernels: [addKernel],
};

function row(name: string, s: number, cols: number): OpCase {
  const type = { dtype: 'f32', shape: [S, cols] } as const;
  return { name, inputs: { a: type, b: type }, attributes: {}, binding: { S: s } };
}
