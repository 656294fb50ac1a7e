/**
 * x · weightᵀ, with everything that passes fuse into it.
 *
 *   x act[M,K], weight any[N,K], bias? f32[N], norm? f32[K], residual? act[M,N] → out act[M,N]
 *   {eps?, row?: Dim, activation?}
 *
 * With `norm` x is RMS-normalised first, with `eps`. With `row` only that row of x is computed, and M becomes 1.
 * `activation` (ops/gate-mul) is applied to the product and its bias. The result is added to `residual` in place: `out` shares its memory, so the residual must not be read later.
 */
import { type Dim, isConstant, sub } from '../../symbolic/dim.ts';
import { evaluate } from '../../symbolic/evaluate.ts';
import type { HostTensor, TensorType } from '../../tensor/tensor.ts';
import { activated } from '../activate/index.ts';
import { add } from '../add/index.ts';
import { type Activation, activationAt } from '../gate-mul/index.ts';
import { CELL_FEW, CELL_PAIRS, CELL_PRODUCTS, cellMatrix, twoCells } from '../lib/cell-cases.ts';
import { activation, sameTypeAs, dimAt, numberAt, optionalVector, weight } from '../lib/guards.ts';
import { S } from '../lib/letters.ts';
import type { Op, OpCase } from '../op.ts';
import type { Attributes, Types } from '../../tensor/signature.ts';
import { rmsnorm } from '../rmsnorm/index.ts';
import { linearKernels } from './kernel.ts';

const last = sub(S, 1);

export const linear: Op = {
  name: 'linear',
  inputs: ['x', 'weight'],
  optional: ['bias', 'norm', 'residual'],
  outputs: ['out'],

  infer(inputs, attributes) {
    const x = activation('linear', inputs, 'x');
    const n = weight('linear', inputs, 'weight', x.cols);
    optionalVector('linear', inputs, 'bias', n);
    checkNorm('linear', inputs, attributes, x.cols);
    if (attributes.row !== undefined) dimAt('linear', attributes, 'row');
    if (attributes.activation !== undefined) activationAt('linear', attributes);
    const out: TensorType = { dtype: x.dtype, shape: [attributes.row === undefined ? x.rows : 1, n] };
    if (inputs.residual !== undefined) sameTypeAs('linear', inputs, 'residual', out);
    return { out };
  },

  reference(inputs, attributes, binding) {
    const { row } = attributes;
    const one = row === undefined ? inputs.x! : rowAt(inputs.x!, evaluate(row as Dim, binding));
    const x = normalised(one, inputs.norm, attributes, binding);
    const product = matmul(x, inputs.weight!, inputs.bias);
    const out = attributes.activation === undefined ? product : activated(product, attributes);
    if (inputs.residual === undefined) return { out };
    return add.reference({ a: inputs.residual, b: out }, {}, binding);
  },

  cases: [
    row('smallest', 1, 4, { dtype: 'f32', shape: [4, 4] }),
    ...[1, 5].flatMap((s) => [
      row('f32', s, 64, { dtype: 'f32', shape: [32, 64] }),
      row('f32 odd', s, 65, { dtype: 'f32', shape: [37, 65] }),
      row('f16', s, 64, { dtype: 'f16', shape: [172, 64] }),
      row('f16 K 172', s, 172, { dtype: 'f16', shape: [64, 172] }),
      row('m0e4', s, 64, { dtype: 'm0e4', shape: [172, 64], group: 32 }),
      row('m0e4 tail', s, 172, { dtype: 'm0e4', shape: [64, 172], group: 32 }),
      row('m0e4 odd rows', s, 96, { dtype: 'm0e4', shape: [37, 96], group: 32 }),
      row('m0e4 group 128', s, 256, { dtype: 'm0e4', shape: [24, 256], group: 128 }),
    ]),
    ...(['f32', 'f16', 'm0e4'] as const).flatMap((dtype) => {
      const w = (n: number, k: number) => ({
        dtype,
        shape: [n, k],
        ...(dtype === 'm0e4' ? { group: 32 } : {}),
      });
      return [
        row(`${dtype} norm`, 3, 64, w(40, 64), { norm: true }),
        row(`${dtype} residual`, 3, 172, w(64, 172), { residual: true }),
        row(`${dtype} bias`, 2, 64, w(37, 64), { bias: true }),
        row(`${dtype} all`, 1, 64, w(64, 64), { bias: true, norm: true, residual: true }),
        row(`${dtype} head`, 6, 64, w(512, 64), { norm: true, lastRow: true }),
        row(`${dtype} prefill, tiles cut`, 35, 96, w(72, 96)),
        row(`${dtype} prefill all`, 66, 172, w(68, 172), { norm: true, residual: true }),
        row(`${dtype} wide`, 1, 2048, w(96, 2048)),
      ];
    }),
    row(
      'm0e4 eight rows, all',
      8,
      172,
      { dtype: 'm0e4', shape: [37, 172], group: 64 },
      {
        bias: true,
        norm: true,
        residual: true,
      },
    ),
    row('gelu', 1, 96, { dtype: 'f32', shape: [37, 96] }, { bias: true, activation: 'gelu' }),
    row('gelu few', 5, 64, { dtype: 'q8', shape: [37, 64], group: 32 }, { bias: true, activation: 'gelu' }),
    row('gelu many', 35, 64, { dtype: 'f16', shape: [72, 64] }, { bias: true, activation: 'gelu' }),
    row('q8', 1, 172, { dtype: 'q8', shape: [37, 172], group: 64 }, { norm: true }),
    row('q8 head', 5, 64, { dtype: 'q8', shape: [96, 64], group: 32 }, { norm: true, lastRow: true }),
    row('q8 prefill', 35, 96, { dtype: 'q8', shape: [70, 96], group: 32 }),
    ...CELL_PRODUCTS.map(({ cell, rows, k, n }) =>
      row(cell, rows, k, cellMatrix(cell, n, k), { norm: true }),
    ),
    ...CELL_FEW.map(({ cell, rows, k, n }) => row(`${cell} few`, rows, k, cellMatrix(cell, n, k))),
    row('q6_k head', 5, 256, cellMatrix('q6_k', 96, 256), { norm: true, lastRow: true }),
    ...CELL_PAIRS.map((pair) => row(`${pair.join(' and ')}`, 1, 768, twoCells(pair, 22, 36, 768))),
    row('q4_k and q6_k prefill', 35, 256, twoCells(['q4_k', 'q6_k'], 22, 70, 256)),
    heavy('Llama-3.2-1B ffn down decode', 1, 8192, 2048),
    heavy('Llama-3.2-1B ffn down prefill', 256, 8192, 2048),
    heavy('Llama-3.2-1B head', 1, 2048, 128256),
  ],

  kernels: linearKernels,
};

/** Also used by qkv and gated: a norm has one number per column of x, and needs `eps`. */
export function checkNorm(op: string, inputs: Types, attributes: Attributes, cols: Dim): void {
  optionalVector(op, inputs, 'norm', cols);
  if (inputs.norm !== undefined) numberAt(op, attributes, 'eps');
}

/** Returns x, normalised where there is a norm. */
export function normalised(
  x: HostTensor,
  norm: HostTensor | undefined,
  attributes: Attributes,
  binding: Parameters<Op['reference']>[2],
): HostTensor {
  return norm === undefined
    ? x
    : rmsnorm.reference({ x, weight: norm }, { eps: attributes.eps! }, binding).out!;
}

/**
 * f32[M,K] · f32[N,K]ᵀ + bias → f32[M,N], summed in f64. Four columns at a time: each sum waits for its last addition, so that
 * four take hardly longer than one.
 */
export function matmul(x: HostTensor, w: HostTensor, bias?: HostTensor): HostTensor {
  const [m, k] = x.shape as [number, number];
  const n = w.shape[0] as number;
  const [xs, ws] = [x.data, w.data];
  const out = new Float32Array(m * n);
  const biasOf = (column: number) => (bias?.data[column] as number | undefined) ?? 0;
  for (let r = 0; r < m; r++) {
    let c = 0;
    for (; c + 4 <= n; c += 4) {
      let s0 = biasOf(c);
      let s1 = biasOf(c + 1);
      let s2 = biasOf(c + 2);
      let s3 = biasOf(c + 3);
      for (let i = 0, a = r * k, b = c * k; i < k; i++, a++, b++) {
        const left = xs[a] as number;
        s0 += left * (ws[b] as number);
        s1 += left * (ws[b + k] as number);
        s2 += left * (ws[b + 2 * k] as number);
        s3 += left * (ws[b + 3 * k] as number);
      }
      const to = r * n + c;
      out[to] = s0;
      out[to + 1] = s1;
      out[to + 2] = s2;
      out[to + 3] = s3;
    }
    for (; c < n; c++) {
      let sum = biasOf(c);
      for (let i = 0; i < k; i++) sum += (xs[r * k + i] as number) * (ws[c * k + i] as number);
      out[r * n + c] = sum;
    }
  }
  return { shape: [m, n], data: out };
}

function rowAt(x: HostTensor, row: number): HostTensor {
  const cols = x.shape[1] as number;
  return { shape: [1, cols], data: Float32Array.from(x.data.subarray(row * cols, (row + 1) * cols)) };
}

interface Extras {
  readonly bias?: boolean;
  readonly norm?: boolean;
  readonly residual?: boolean;
  readonly lastRow?: boolean;
  readonly activation?: Activation;
}

function row(name: string, s: number, k: number, w: TensorType, extras: Extras = {}): OpCase {
  const n = w.shape[0] as Dim;
  const m = extras.lastRow === true ? 1 : S;
  return {
    name: `${name} ${s}×${k}→${isConstant(n) ? n : ''}`,
    inputs: {
      x: { dtype: 'f32', shape: [S, k] },
      weight: w,
      ...(extras.bias === true ? { bias: { dtype: 'f32', shape: [n] } as const } : {}),
      ...(extras.norm === true ? { norm: { dtype: 'f32', shape: [k] } as const } : {}),
      ...(extras.residual === true ? { residual: { dtype: 'f32', shape: [m, n] } as const } : {}),
    },
    attributes: {
      ...(extras.norm === true ? { eps: 1e-5 } : {}),
      ...(extras.lastRow === true ? { row: last } : {}),
      ...(extras.activation === undefined ? {} : { activation: extras.activation }),
    },
    binding: { S: s },
  };
}

function heavy(name: string, s: number, k: number, n: number): OpCase {
  return { ...row(name, s, k, { dtype: 'm0e4', shape: [n, k], group: 32 }), heavy: true };
}
