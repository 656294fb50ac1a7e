/**
 * cap · tanh(x / cap): bounds numbers to ±cap and keeps their order (Gemma 2, arXiv 2408.00118).
 *
 *   x act[M,N] → out act[M,N]   {cap}
 */
import softcapSource from '../../../wgsl/softcap/softcap.wgsl?raw';
import { elementwise } from '../../kernels/elementwise.ts';
import { numberIn } from '../../kernels/kernel.ts';
import { activation, numberAt, mismatch } from '../lib/guards.ts';
import { S } from '../lib/letters.ts';
import type { Op, OpCase } from '../op.ts';

const softcapKernel = elementwise('softcap.element', softcapSource, 'x', {
  params: (node) => ({ cap: numberIn(node, 'cap') }),
});

export const softcap: Op = {
  name: 'softcap',
  inputs: ['x'],
  outputs: ['out'],

  infer(inputs, attributes) {
    const { dtype, rows, cols } = activation('softcap', inputs, 'x');
    const cap = numberAt('softcap', attributes, 'cap');
    if (!(cap > 0)) mismatch('softcap', 'attribute cap', 'a number above 0', String(cap));
    return { out: { dtype, shape: [rows, cols] } };
  },

  reference({ x }, attributes) {
    const cap = numberAt('softcap', attributes, 'cap');
    const data = Float32Array.from(x!.data, (value) => cap * Math.tanh(value / cap));
    return { out: { shape: x!.shape, data } };
  },

  cases: [row('smallest', 1, 4, 30), row('odd', 3, 65, 0.7), row('tight', 1, 512, 0.01)],

  kernels: [softcapKernel],
};

function row(name: string, s: number, cols: number, cap: number): OpCase {
  return { name, inputs: { x: { dtype: 'f32', shape: [S, cols] } }, attributes: { cap }, binding: { S: s } };
}
