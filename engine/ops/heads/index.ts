/**
 * Splits the rows of one matrix product into q, k and v, and processes each head.
 *
 *   x act[S,(H+2G)·D], table f32[C,rotary], q_norm? f32[D], k_norm? f32[D] → q act[S,H·D], k?, v? act|kv8[S,G·D] (views)
 *   {heads, kvHeads, headWidth, rotary, position: Dim, pairs, headEps?, normForm?, vNorm?, kv8?, gates?}
 *
 * With 0 `kvHeads` (G) there are no k, v and k_norm: the layer reads those of another one (Gemma 4). With `vNorm` heads
 * of v are normalised too, with the same eps and without weights.
 *
 * With `gates`, H or H·D, a row of x has as many columns more, which are also a result: the gate of ops/attention.
 *
 * Each head of q and k is RMS-normalised with `headEps` and rotated; k and v are written to their rows of the cache,
 * quantised where `kv8` is true. `normForm` is one of {@link HeadNormForm}; for `row` the norms are f32[H·D] and f32[G·D]. For operations that need a whole head, which no workgroup of the product before has:
 * its norm (Qwen3, Gemma 3) and its quantisation scale. Made by passes/merge-heads.ts; equals rmsnorm by heads where
 * there are norms, then rope; with `kv8` quantise.
 */
import type { Dim } from '../../symbolic/dim.ts';
import type { HostTensor, TensorType } from '../../tensor/tensor.ts';
import { activation, numberAt, numberOr, optionalVector, sameDim, mismatch } from '../lib/guards.ts';
import { C, P, S } from '../lib/letters.ts';
import type { Op, OpCase } from '../op.ts';
import { columnRange } from '../qkv/index.ts';
import { kv8Type, quantise } from '../quantise/index.ts';
import { rmsnorm } from '../rmsnorm/index.ts';
import { checkTable, rope } from '../rope/index.ts';
import { headsKernels } from './kernel.ts';
import { HEAD_NORM_FORMS, type HeadNormForm } from './norm-form.ts';

export const heads: Op = {
  name: 'heads',
  inputs: ['x', 'table'],
  optional: ['q_norm', 'k_norm'],
  outputs: ['q'],
  optionalOutputs: ['k', 'v', 'gate'],

  infer(inputs, attributes) {
    const x = activation('heads', inputs, 'x');
    const [count, kvCount, headWidth] = ['heads', 'kvHeads', 'headWidth'].map((key) => {
      const n = numberAt('heads', attributes, key);
      return Number.isInteger(n) && n >= (key === 'kvHeads' ? 0 : 1)
        ? n
        : mismatch('heads', `attribute ${key}`, 'a count', String(n));
    }) as [number, number, number];
    const gates = numberOr('heads', attributes, 'gates', 0);
    if (![0, count, count * headWidth].includes(gates)) {
      mismatch('heads', 'attribute gates', `${count} or ${count * headWidth}`, String(gates));
    }
    sameDim('heads', 'columns of x', (count + 2 * kvCount) * headWidth + gates, x.cols);
    const keyed = kvCount > 0;
    if ((inputs.k_norm === undefined) !== (inputs.q_norm === undefined || !keyed)) {
      mismatch('heads', 'norms', 'of q and k (of q where there are no keys), or none', 'others');
    }
    const { normForm = 'heads' } = attributes;
    if (!HEAD_NORM_FORMS.includes(normForm))
      mismatch('heads', 'attribute normForm', HEAD_NORM_FORMS.join(', '), String(normForm));
    const row = normForm === 'row';
    optionalVector('heads', inputs, 'q_norm', row ? count * headWidth : headWidth);
    optionalVector('heads', inputs, 'k_norm', row ? kvCount * headWidth : headWidth);
    if (inputs.q_norm !== undefined || attributes.vNorm === true) numberAt('heads', attributes, 'headEps');
    checkTable('heads', inputs, attributes, headWidth);
    const out = (width: Dim): TensorType => ({ dtype: x.dtype, shape: [x.rows, width] });
    const kv = out(kvCount * headWidth);
    const cached = attributes.kv8 === true ? kv8Type('heads', kv.shape, headWidth) : kv;
    const gate: Record<string, TensorType> = gates > 0 ? { gate: out(gates) } : {};
    return { q: out(count * headWidth), ...(keyed ? { k: cached, v: cached } : {}), ...gate };
  },

  reference(inputs, attributes, binding) {
    const headWidth = numberAt('heads', attributes, 'headWidth');
    const qWidth = numberAt('heads', attributes, 'heads') * headWidth;
    const kvWidth = numberAt('heads', attributes, 'kvHeads') * headWidth;
    const values = () => {
      const v = columnRange(inputs.x!, qWidth + kvWidth, kvWidth);
      if (attributes.vNorm !== true) return v;
      return rmsnorm.reference({ x: v }, { eps: attributes.headEps!, headWidth }, binding).out!;
    };
    const { normForm: form = 'heads' } = attributes;
    const eps = { ...(form === 'row' ? {} : { headWidth }), eps: attributes.headEps! };
    const rotated = form === 'heads_rotated';
    const made = (from: number, width: number, weight: HostTensor | undefined) => {
      const part = columnRange(inputs.x!, from, width);
      const normed =
        weight && rmsnorm.reference({ x: part, ...(rotated ? {} : { weight }) }, eps, binding).out!;
      const gain: Record<string, HostTensor> = weight && rotated ? { gain: weight } : {};
      return rope.reference({ x: normed ?? part, table: inputs.table!, ...gain }, attributes, binding).out!;
    };
    const cached = (x: HostTensor) =>
      attributes.kv8 === true ? quantise.reference({ x }, attributes, binding).out! : x;
    return {
      q: made(0, qWidth, inputs.q_norm),
      ...(kvWidth > 0 ? { k: cached(made(qWidth, kvWidth, inputs.k_norm)), v: cached(values()) } : {}),
      ...(attributes.gates === undefined
        ? {}
        : { gate: columnRange(inputs.x!, qWidth + 2 * kvWidth, numberAt('heads', attributes, 'gates')) }),
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
    row('no norms', 3, 7, [6, 2, 24], { normed: false }),
    row('norms after the turn', 3, 7, [6, 2, 24], { form: 'heads_rotated' }),
    row('norms after a partial turn in pairs', 4, 2, [2, 1, 64], {
      rotary: 32,
      pairs: true,
      form: 'heads_rotated',
    }),
    row('norms of rows', 3, 7, [6, 2, 24], { form: 'row' }),
    row('norms of rows, one head of keys, bytes', 5, 3, [4, 1, 64], { form: 'row', kv8: true }),
    row('bytes', 3, 7, [6, 2, 24], { kv8: true }),
    row('bytes, no norms', 5, 3, [4, 2, 8], { normed: false, kv8: true }),
    row('bytes, head 256', 1, 30, [4, 1, 256], { kv8: true }),
    row('bytes, partial rotary in pairs', 4, 2, [2, 1, 64], { rotary: 32, pairs: true, kv8: true }),
    row('gates', 3, 7, [6, 2, 24], { gates: 6 }),
    row('gates of columns', 3, 7, [4, 2, 12], { gates: 48 }),
    row('more gates than columns of a head, bytes', 2, 1, [6, 3, 4], { gates: 6, kv8: true }),
    row('q only', 3, 7, [6, 0, 24]),
    row('q only, no norms', 3, 7, [4, 0, 16], { normed: false }),
    row('norms of v', 3, 7, [6, 2, 24], { vNorm: true }),
    row('norms of v, bytes, prefill', 67, 1, [4, 2, 32], { vNorm: true, kv8: true }),
    row('bytes, prefill', 67, 1, [4, 2, 32], { normed: false, kv8: true }),
  ],

  kernels: headsKernels,
};

interface Extras {
  readonly rotary?: number;
  readonly pairs?: boolean;
  readonly normed?: boolean;
  readonly form?: HeadNormForm;
  readonly vNorm?: boolean;
  readonly kv8?: boolean;
  readonly gates?: number;
}

function row(
  name: string,
  s: number,
  p: number,
  [count, kvHeads, headWidth]: readonly [number, number, number],
  {
    rotary = headWidth,
    pairs = false,
    normed = true,
    vNorm = false,
    kv8 = false,
    form = 'heads',
    gates = 0,
  }: Extras = {},
): OpCase {
  const norm = (all: number) =>
    ({ dtype: 'f32', shape: [form === 'row' ? all * headWidth : headWidth] }) as const;
  return {
    name,
    inputs: {
      x: { dtype: 'f32', shape: [S, (count + 2 * kvHeads) * headWidth + gates] },
      ...(normed ? { q_norm: norm(count), ...(kvHeads > 0 ? { k_norm: norm(kvHeads) } : {}) } : {}),
      table: { dtype: 'f32', shape: [C, rotary || headWidth] },
    },
    attributes: {
      heads: count,
      kvHeads,
      headWidth,
      rotary,
      position: P,
      pairs,
      ...(normed ? { headEps: 1e-6 } : {}),
      ...(form === 'heads' ? {} : { normForm: form }),
      ...(vNorm ? { vNorm } : {}),
      ...(kv8 ? { kv8 } : {}),
      ...(gates > 0 ? { gates } : {}),
    },
    binding: { S: s, P: p, C: p + s + 2 },
  };
}
