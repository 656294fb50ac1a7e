/**
 * The first half of a gated feed-forward block in one matrix product: act(x · gateᵀ) · (x · upᵀ).
 *
 *   x act[M,K], weight any[2F,K], norm? f32[K] → out act[M,F]   {activation, eps?}
 *
 * Weight rows are interleaved (2i gate, 2i+1 up), so that one workgroup computes both numbers of a pair. Made by
 * passes/merge-gate-up.ts; equals two linears, then gate_mul with this `activation`.
 */
import type { HostTensor } from '../../tensor/tensor.ts';
import { activation, known, weight, mismatch } from '../lib/guards.ts';
import { S } from '../lib/letters.ts';
import { type Activation, activationAt, gateMul } from '../gate-mul/index.ts';
import { checkNorm, matmul, normalised } from '../linear/index.ts';
import { cellMatrix, inCells } from '../lib/cell-cases.ts';
import type { Op, OpCase } from '../op.ts';
import { gatedKernels } from './kernel.ts';

export const gated: Op = {
  name: 'gated',
  inputs: ['x', 'weight'],
  optional: ['norm'],
  outputs: ['out'],

  infer(inputs, attributes) {
    const x = activation('gated', inputs, 'x');
    const n = known('gated', 'rows of weight', weight('gated', inputs, 'weight', x.cols));
    if (n % 2 !== 0) mismatch('gated', 'rows of weight', 'an even number', String(n));
    activationAt('gated', attributes);
    checkNorm('gated', inputs, attributes, x.cols);
    return { out: { dtype: x.dtype, shape: [x.rows, n / 2] } };
  },

  reference(inputs, attributes, binding) {
    const x = normalised(inputs.x!, inputs.norm, attributes, binding);
    const both = matmul(x, inputs.weight!);
    return gateMul.reference({ gate: everyOther(both, 0), up: everyOther(both, 1) }, attributes, binding);
  },

  cases: [
    row('smallest', 1, 4, 2),
    row('stories260K', 5, 64, 172),
    row('norm', 3, 65, 37, { norm: true }),
    row('f16', 2, 172, 40, { dtype: 'f16', norm: true }),
    row('gelu', 3, 64, 37, { norm: true, activation: 'gelu_tanh' }),
    row('exact gelu', 3, 64, 37, { norm: true, activation: 'gelu' }),
    row('gelu decode', 1, 64, 40, { dtype: 'm0e4', norm: true, activation: 'gelu_tanh' }),
    row('gelu prefill', 34, 64, 37, { activation: 'gelu_tanh' }),
    row('stories260K', 1, 64, 172, { dtype: 'm0e4', norm: true }),
    row('group tail', 3, 172, 37, { dtype: 'm0e4' }),
    row('prefill, tiles cut', 35, 96, 68, { dtype: 'm0e4', norm: true }),
    row('prefill, tiles cut', 66, 64, 37, { dtype: 'f16', norm: true }),
    row('prefill, tiles cut', 34, 64, 37, { norm: true }),
    row('wide', 1, 2048, 48, { dtype: 'm0e4', norm: true }),
    inCells(row('decode', 1, 64, 37, { norm: true }), 'q5_0', (n, k) => cellMatrix('q5_0', n, k)),
    inCells(row('prefill', 34, 256, 37), 'q6_k', (n, k) => cellMatrix('q6_k', n, k)),
    { ...row('Llama-3.2-1B decode', 1, 2048, 8192, { dtype: 'm0e4', norm: true }), heavy: true },
    { ...row('Llama-3.2-1B prefill', 256, 2048, 8192, { dtype: 'm0e4', norm: true }), heavy: true },
  ],

  kernels: gatedKernels,
};

function everyOther(x: HostTensor, offset: number): HostTensor {
  const [rows, cols] = x.shape as [number, number];
  const data = Float32Array.from({ length: (rows * cols) / 2 }, (_, i) => x.data[2 * i + offset] as number);
  return { shape: [rows, cols / 2], data };
}

interface Extras {
  readonly dtype?: 'f32' | 'f16' | 'm0e4';
  readonly norm?: boolean;
  readonly activation?: Activation;
}

function row(
  name: string,
  s: number,
  k: number,
  ffn: number,
  { dtype = 'f32', norm = false, activation: act = 'silu' }: Extras = {},
): OpCase {
  return {
    name: `${name} ${dtype} ${s}×${k}→${ffn}`,
    inputs: {
      x: { dtype: 'f32', shape: [S, k] },
      weight: { dtype, shape: [2 * ffn, k], ...(dtype === 'm0e4' ? { group: 32 } : {}) },
      ...(norm ? { norm: { dtype: 'f32', shape: [k] } as const } : {}),
    },
    attributes: { activation: act, ...(norm ? { eps: 1e-5 } : {}) },
    binding: { S: s },
  };
}
