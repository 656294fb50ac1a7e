/**
 * The rows of one matrix product taken apart: all of q, then k, then v. Each head of q and k is
 * RMS-normalised by itself and turned by rotary embedding; k and v go to their rows of the cache (views).
 * For families that normalise queries and keys (Qwen3, Gemma 3): a head's norm needs the whole head, which
 * no workgroup of the product before has.
 * Made by passes/merge-heads.ts; meaning: rmsnorm by heads, then rope.
 */
import type { Dim } from '../../symbolic/dim.ts';
import type { HostTensor, TensorType } from '../../tensor/tensor.ts';
import { activation, numberAt, sameDim, vector, wrong } from './check.ts';
import { C, P, S } from './letters.ts';
import type { Op, OpCase } from './op.ts';
import { columns } from './qkv.ts';
import { rmsnorm } from './rmsnorm.ts';
import { checkTable, rope } from './rope.ts';

export const heads: Op = {
  name: 'heads',
  inputs: ['x', 'q_norm', 'k_norm', 'table'],
  outputs: ['q', 'k', 'v'],

  infer(inputs, attributes) {
    const x = activation('heads', inputs, 'x');
    const [count, kvCount, headWidth] = ['heads', 'kvHeads', 'headWidth'].map((key) => {
      const n = numberAt('heads', attributes, key);
      return Number.isInteger(n) && n > 0 ? n : wrong('heads', `attribute ${key}`, 'a count', String(n));
    }) as [number, number, number];
    sameDim('heads', 'columns of x', (count + 2 * kvCount) * headWidth, x.cols);
    vector('heads', inputs, 'q_norm', headWidth);
    vector('heads', inputs, 'k_norm', headWidth);
    numberAt('heads', attributes, 'eps');
    checkTable('heads', inputs, attributes, headWidth);
    const out = (width: Dim): TensorType => ({ dtype: x.dtype, shape: [x.rows, width] });
    return { q: out(count * headWidth), k: out(kvCount * headWidth), v: out(kvCount * headWidth) };
  },

  reference(inputs, attributes, binding) {
    const headWidth = numberAt('heads', attributes, 'headWidth');
    const qWidth = numberAt('heads', attributes, 'heads') * headWidth;
    const kvWidth = numberAt('heads', attributes, 'kvHeads') * headWidth;
    const made = (from: number, width: number, weight: HostTensor) => {
      const part = columns(inputs.x!, from, width);
      const x = rmsnorm.reference({ x: part, weight }, attributes, binding).out!;
      return rope.reference({ x, table: inputs.table! }, attributes, binding).out!;
    };
    return {
      q: made(0, qWidth, inputs.q_norm!),
      k: made(qWidth, kvWidth, inputs.k_norm!),
      v: columns(inputs.x!, qWidth + kvWidth, kvWidth),
    };
  },

  cases: [
    row('smallest', 1, 0, [1, 1, 2]),
    row('head 8', 5, 3, [4, 2, 8]),
    row('head 24', 3, 7, [6, 2, 24]),
    row('Qwen3', 2, 9, [4, 2, 128]),
    row('Gemma 3', 1, 30, [4, 1, 256]),
    row('partial rotary in pairs', 4, 2, [2, 1, 64], { rotary: 32, pairs: true }),
    row('not turned', 3, 5, [2, 2, 16], { rotary: 0 }),
    row('prefill', 67, 1, [4, 2, 32]),
  ],
};

function row(
  name: string,
  s: number,
  p: number,
  [count, kvHeads, headWidth]: readonly [number, number, number],
  { rotary = headWidth, pairs = false }: { rotary?: number; pairs?: boolean } = {},
): OpCase {
  const norm = { dtype: 'f32', shape: [headWidth] } as const;
  return {
    name,
    inputs: {
      x: { dtype: 'f32', shape: [S, (count + 2 * kvHeads) * headWidth] },
      q_norm: norm,
      k_norm: norm,
      table: { dtype: 'f32', shape: [C, rotary || headWidth] },
    },
    attributes: { heads: count, kvHeads, headWidth, rotary, position: P, pairs, eps: 1e-6 },
    binding: { S: s, P: p, C: p + s + 2 },
  };
}
