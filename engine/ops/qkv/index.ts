/**
 * Query, key and value of an attention block in one matrix product, with rotary embedding of q and k.
 *
 *   x act[S,K], weight any[(H+2G)·D,K], table f32[C,rotary], bias? f32[(H+2G)·D], norm? f32[K]
 *   → q act[S,H·D], k act[S,G·D] (a view), v act[S,G·D] (a view)
 *   {heads, kvHeads, headWidth, rotary, position: Dim, eps?}
 *
 * Weight rows: all of q, then k, then v; q and k in `rope-pairs` order (graph/graph.ts, RowOrder). k and v are written
 * to their rows of the cache. Made by passes/merge-qkv.ts; equals linear, then rope with `pairs`.
 */
import type { Dim } from '../../symbolic/dim.ts';
import type { HostTensor, TensorType } from '../../tensor/tensor.ts';
import { activation, numberAt, optionalVector, sameDim, weight, mismatch } from '../lib/guards.ts';
import { C, P, S } from '../lib/letters.ts';
import { checkNorm, matmul, normalised } from '../linear/index.ts';
import { cellMatrix, inCells, twoCells } from '../lib/cell-cases.ts';
import type { Op, OpCase } from '../op.ts';
import { checkTable, rope } from '../rope/index.ts';
import { qkvKernels } from './kernel.ts';

export const qkv: Op = {
  name: 'qkv',
  inputs: ['x', 'weight', 'table'],
  optional: ['bias', 'norm'],
  outputs: ['q', 'k', 'v'],

  infer(inputs, attributes) {
    const x = activation('qkv', inputs, 'x');
    const [heads, kvHeads, headWidth] = ['heads', 'kvHeads', 'headWidth'].map((key) => {
      const n = numberAt('qkv', attributes, key);
      return Number.isInteger(n) && n > 0 ? n : mismatch('qkv', `attribute ${key}`, 'a count', String(n));
    }) as [number, number, number];
    const n = weight('qkv', inputs, 'weight', x.cols);
    sameDim('qkv', 'rows of weight', (heads + 2 * kvHeads) * headWidth, n);
    optionalVector('qkv', inputs, 'bias', n);
    checkNorm('qkv', inputs, attributes, x.cols);
    checkTable('qkv', inputs, attributes, headWidth);
    const out = (width: Dim): TensorType => ({ dtype: x.dtype, shape: [x.rows, width] });
    return { q: out(heads * headWidth), k: out(kvHeads * headWidth), v: out(kvHeads * headWidth) };
  },

  reference(inputs, attributes, binding) {
    const headWidth = numberAt('qkv', attributes, 'headWidth');
    const qWidth = numberAt('qkv', attributes, 'heads') * headWidth;
    const kvWidth = numberAt('qkv', attributes, 'kvHeads') * headWidth;
    const x = normalised(inputs.x!, inputs.norm, attributes, binding);
    const all = matmul(x, inputs.weight!, inputs.bias);
    const turned = (part: HostTensor) =>
      rope.reference({ x: part, table: inputs.table! }, { ...attributes, pairs: true }, binding).out!;
    return {
      q: turned(columnRange(all, 0, qWidth)),
      k: turned(columnRange(all, qWidth, kvWidth)),
      v: columnRange(all, qWidth + kvWidth, kvWidth),
    };
  },

  cases: [
    row('smallest', 1, 0, 4, [1, 1, 2]),
    row('stories260K', 5, 3, 64, [8, 4, 8]),
    row('stories260K decode', 1, 17, 64, [8, 4, 8], { norm: true, dtype: 'm0e4' }),
    row('odd width', 3, 2, 65, [3, 1, 8], { norm: true }),
    row('head 64', 1, 9, 172, [4, 2, 64], { dtype: 'm0e4' }),
    row('head 80', 2, 1, 96, [2, 1, 80], { bias: true, dtype: 'f16' }),
    row('head 96', 1, 0, 64, [2, 2, 96], { norm: true, dtype: 'f16' }),
    row('head 128', 3, 5, 64, [3, 1, 128], { norm: true, dtype: 'm0e4' }),
    row('head 256', 1, 5, 32, [1, 1, 256], { dtype: 'm0e4' }),
    row('not turned', 3, 4, 64, [2, 1, 16], { rotary: 0, norm: true }),
    row('partial rotary', 2, 4, 64, [2, 1, 64], { rotary: 32, bias: true, norm: true }),
    row('prefill, tiles cut', 35, 4, 96, [6, 2, 16], { norm: true, bias: true, dtype: 'm0e4' }),
    row('prefill f16', 66, 0, 64, [4, 2, 16], { norm: true, dtype: 'f16' }),
    row('prefill f32', 34, 1, 64, [4, 2, 16], { norm: true }),
    inCells(row('decode', 1, 9, 256, [4, 2, 64], { norm: true }), 'q4_k', (n, k) => cellMatrix('q4_k', n, k)),
    inCells(row('decode', 1, 9, 256, [4, 2, 64], { norm: true }), 'q4_k and q6_k', (n, k) =>
      twoCells(['q4_k', 'q6_k'], (n * 3) / 4, n, k),
    ),
    { ...row('Llama-3.2-1B decode', 1, 100, 2048, [32, 8, 64], { norm: true, dtype: 'm0e4' }), heavy: true },
    { ...row('Llama-3.2-1B prefill', 256, 0, 2048, [32, 8, 64], { norm: true, dtype: 'm0e4' }), heavy: true },
  ],

  kernels: qkvKernels,
};

/** Also used by heads: columns [from, from + width) of each row. */
export function columnRange(x: HostTensor, from: number, width: number): HostTensor {
  const [rows, cols] = x.shape as [number, number];
  const data = new Float32Array(rows * width);
  for (let r = 0; r < rows; r++) {
    data.set(x.data.subarray(r * cols + from, r * cols + from + width), r * width);
  }
  return { shape: [rows, width], data };
}

interface Extras {
  readonly dtype?: 'f32' | 'f16' | 'm0e4';
  readonly rotary?: number;
  readonly bias?: boolean;
  readonly norm?: boolean;
}

function row(
  name: string,
  s: number,
  p: number,
  k: number,
  [heads, kvHeads, headWidth]: readonly [number, number, number],
  { dtype = 'f32', rotary = headWidth, bias = false, norm = false }: Extras = {},
): OpCase {
  const n = (heads + 2 * kvHeads) * headWidth;
  return {
    name: `${name} ${dtype}`,
    inputs: {
      x: { dtype: 'f32', shape: [S, k] },
      weight: { dtype, shape: [n, k], ...(dtype === 'm0e4' ? { group: 32 } : {}) },
      table: { dtype: 'f32', shape: [C, rotary || headWidth] },
      ...(bias ? { bias: { dtype: 'f32', shape: [n] } as const } : {}),
      ...(norm ? { norm: { dtype: 'f32', shape: [k] } as const } : {}),
    },
    attributes: { heads, kvHeads, headWidth, rotary, position: P, ...(norm ? { eps: 1e-5 } : {}) },
    binding: { S: s, P: p, C: p + s + 2 },
  };
}
