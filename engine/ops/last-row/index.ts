/**
 * Copies the last row: only the newest token's hidden state goes through the head.
 *
 *   x act[S,E] → out act[1,E]
 */
import lastRowSource from '../../../wgsl/last-row/last-row.wgsl?raw';
import { elementwise } from '../../kernels/elementwise.ts';
import { typeIn } from '../../kernels/kernel.ts';
import { columns } from '../../kernels/wgsl-parts.ts';
import { sub } from '../../symbolic/dim.ts';
import { rowsOf } from '../../tensor/tensor.ts';
import { activation } from '../lib/guards.ts';
import { S } from '../lib/letters.ts';
import type { Op, OpCase } from '../op.ts';

const lastRowKernel = elementwise('last_row.copy', lastRowSource, 'x', {
  params: (node) => ({ row: sub(rowsOf(typeIn(node, 'x')), 1) }),
  count: (node) => columns(node, 'x'),
});

export const lastRow: Op = {
  name: 'last_row',
  inputs: ['x'],
  outputs: ['out'],

  infer(inputs) {
    const { dtype, cols } = activation('last_row', inputs, 'x');
    return { out: { dtype, shape: [1, cols] } };
  },

  reference({ x }) {
    const [rows, cols] = x!.shape as [number, number];
    const data = Float32Array.from(x!.data.subarray((rows - 1) * cols, rows * cols));
    return { out: { shape: [1, cols], data } };
  },

  cases: [row('one row', 1, 4), row('odd', 3, 65), row('stories260K', 9, 64)],

  kernels: [lastRowKernel],
};

function row(name: string, s: number, cols: number): OpCase {
  return { name, inputs: { x: { dtype: 'f32', shape: [S, cols] } }, attributes: {}, binding: { S: s } };
}
