/**
 * Elementwise sum of two activations of the same type, times a number where there is one.
 *
 *   a act[M,N], b act[M,N], scale? f32[1] → out act[M,N]
 */
import addSource from '../../../wgsl/add/add.wgsl?raw';
import scaled from '../../../wgsl/lib/scaled.wgsl?raw';
import scaledNone from '../../../wgsl/lib/scaled-none.wgsl?raw';
import { elementwise } from '../../kernels/elementwise.ts';
import type { KernelInput } from '../../kernels/kernel.ts';
import { activation, optionalVector, sameTypeAs, typeOf } from '../lib/guards.ts';
import { S } from '../lib/letters.ts';
import type { Types } from '../../tensor/signature.ts';
import type { Op, OpCase } from '../op.ts';

/** The part that scales a sum. */
export const scalePart = ({ types }: KernelInput): string =>
  types.scale === undefined ? scaledNone : scaled;

const addKernel = elementwise('add.element', addSource, 'a', { parts: (node) => [scalePart(node)] });

export const add: Op = {
  name: 'add',
  inputs: ['a', 'b'],
  optional: ['scale'],
  outputs: ['out'],

  infer(inputs) {
    const { dtype, rows, cols } = activation('add', inputs, 'a');
    sameTypeAs('add', inputs, 'b', typeOf('add', inputs, 'a'));
    optionalVector('add', inputs, 'scale', 1);
    return { out: { dtype, shape: [rows, cols] } };
  },

  reference({ a, b, scale }) {
    const by = scale === undefined ? 1 : (scale.data[0] as number);
    const out = new Float32Array(a!.data.length);
    for (let i = 0; i < out.length; i++) out[i] = ((a!.data[i] as number) + (b!.data[i] as number)) * by;
    return { out: { shape: a!.shape, data: out } };
  },

  cases: [
    row('smallest', 1, 4),
    row('odd', 3, 65),
    row('stories260K', 9, 64),
    row('wide', 2, 2048),
    row('scaled', 3, 65, true),
  ],

  kernels: [addKernel],
};

function row(name: string, s: number, cols: number, scale = false): OpCase {
  const type = { dtype: 'f32', shape: [S, cols] } as const;
  const by: Types = scale ? { scale: { dtype: 'f32', shape: [1] } as const } : {};
  return { name, inputs: { a: type, b: type, ...by }, attributes: {}, binding: { S: s } };
}
