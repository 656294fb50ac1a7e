/**
 * The index of the largest number in each row, the smallest index among equals: greedy sampling on the GPU.
 *
 *   x act[M,V] → out u32[M]
 *
 * A row with a number that is not finite has the index `BROKEN_ID` (engine/sampling/broken.ts).
 */
import finite from '../../../wgsl/lib/finite.wgsl?raw';
import argmaxSource from '../../../wgsl/argmax/argmax.wgsl?raw';
import { kernel, needsF16, scalarOf, typeIn } from '../../kernels/kernel.ts';
import { columns } from '../../kernels/wgsl-parts.ts';
import { rowsOf } from '../../tensor/tensor.ts';
import type { Dim } from '../../symbolic/dim.ts';
import { areFinite, BROKEN_ID } from '../../sampling/broken.ts';
import { activation } from '../lib/guards.ts';
import { S } from '../lib/letters.ts';
import type { Op, OpCase } from '../op.ts';

const argmaxKernel = kernel('argmax.walk', {
  source: argmaxSource,
  parts: () => [finite],
  accepts: (node) => needsF16(node, 'x'),
  header: (node) => scalarOf(typeIn(node, 'x')),
  params: (node) => ({ rows: rowsOf(typeIn(node, 'x')), count: columns(node, 'x') }),
  workgroups: (node) => rowsOf(typeIn(node, 'x')),
});

export const argmax: Op = {
  name: 'argmax',
  inputs: ['x'],
  outputs: ['out'],

  infer(inputs) {
    return { out: { dtype: 'u32', shape: [activation('argmax', inputs, 'x').rows] } };
  },

  reference({ x }) {
    const [rows, cols] = x!.shape as [number, number];
    const best = Uint32Array.from({ length: rows }, (_, row) => {
      const values = x!.data.subarray(row * cols, (row + 1) * cols);
      if (!areFinite(values)) return BROKEN_ID;
      let at = 0;
      for (let i = 1; i < cols; i++) if ((values[i] as number) > (values[at] as number)) at = i;
      return at;
    });
    return { out: { shape: [rows], data: best } };
  },

  cases: [
    ...[1, 3, 65, 512, 32000, 128256].map((vocab) => row(`vocabulary ${vocab}`, 1, vocab)),
    row('8 rows', S, 300, { S: 8 }),
    ...[Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY].map((value) => broken(value)),
  ],

  kernels: [argmaxKernel],
};

function row(name: string, rows: Dim, vocab: number, binding: OpCase['binding'] = {}): OpCase {
  return { name, inputs: { x: { dtype: 'f32', shape: [rows, vocab] } }, attributes: {}, binding };
}

/** Two rows, of which the second has one number that is not finite. */
function broken(value: number): OpCase {
  const vocab = 300;
  const x = Float32Array.from({ length: 2 * vocab }, (_, i) => (i === vocab + 290 ? value : (i * 7) % 100));
  const type = { dtype: 'f32', shape: [2, vocab] } as const;
  return { name: `a row with ${value}`, inputs: { x: type }, attributes: {}, binding: {}, given: { x } };
}
