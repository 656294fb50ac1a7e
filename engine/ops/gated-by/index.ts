/**
 * A matrix product whose activated result gates other numbers: act(x · weightᵀ) · up.
 *
 *   x act[M,K], weight any[F,K], up act[M,U] → out act[M,F]   {activation, column?}
 *
 * Columns of `up` as in gate_mul. Made by passes/fuse-gate.ts; equals linear, then gate_mul.
 */
import { activation, weight } from '../lib/guards.ts';
import { S } from '../lib/letters.ts';
import { activationAt, checkUp, gateMul } from '../gate-mul/index.ts';
import { matmul } from '../linear/index.ts';
import { cellMatrix } from '../lib/cell-cases.ts';
import type { TensorType } from '../../tensor/tensor.ts';
import type { Op, OpCase } from '../op.ts';
import { gatedByKernels } from './kernel.ts';

export const gatedBy: Op = {
  name: 'gated_by',
  inputs: ['x', 'weight', 'up'],
  outputs: ['out'],

  infer(inputs, attributes) {
    const x = activation('gated_by', inputs, 'x');
    const n = weight('gated_by', inputs, 'weight', x.cols);
    activationAt('gated_by', attributes);
    const out: TensorType = { dtype: x.dtype, shape: [x.rows, n] };
    checkUp('gated_by', inputs, attributes, out);
    return { out };
  },

  reference(inputs, attributes, binding) {
    const gate = matmul(inputs.x!, inputs.weight!);
    return gateMul.reference({ gate, up: inputs.up! }, attributes, binding);
  },

  cases: [
    row('smallest', 1, 4, 2, 0),
    row('odd', 3, 65, 37, 5),
    row('decode', 1, 64, 32, 96, { dtype: 'm0e4', shape: [32, 64], group: 32 }),
    row('prefill, tiles cut', 35, 96, 68, 68, { dtype: 'm0e4', shape: [68, 96], group: 32 }),
    row('prefill, f16', 66, 64, 37, 2, { dtype: 'f16', shape: [37, 64] }),
    row('few rows, cells', 4, 64, 36, 8, cellMatrix('q5_0', 36, 64)),
    { ...row('Gemma 4 E2B', 1, 1536, 256, 8704), heavy: true },
  ],

  kernels: gatedByKernels,
};

function row(name: string, s: number, k: number, f: number, column: number, matrix?: TensorType): OpCase {
  return {
    name,
    inputs: {
      x: { dtype: 'f32', shape: [S, k] },
      weight: matrix ?? { dtype: 'f32', shape: [f, k] },
      up: { dtype: 'f32', shape: [S, column + f + 1] },
    },
    attributes: { activation: 'gelu_tanh', column },
    binding: { S: s },
  };
}
