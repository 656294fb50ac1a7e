/**
 * `linear` and `heads` in one node: q, k and v of an attention block whose heads are normalised, or whose cache stores
 * bytes.
 *
 *   inputs of linear (x, weight, bias?, norm?) and of heads (table, q_norm?, k_norm?) → q, k?, v?, gate? as in heads
 *   {attributes of heads, eps?}
 *
 * `eps` belongs to the norm of x, `headEps` to the norms of heads. Made by passes/fuse-heads.ts; equals linear, then
 * heads. Its `normForm` is never `row`.
 */
import type { TensorType } from '../../tensor/tensor.ts';
import { heads } from '../heads/index.ts';
import { C, P, S } from '../lib/letters.ts';
import { linear } from '../linear/index.ts';
import { inCells, twoCells } from '../lib/cell-cases.ts';
import type { Op, OpCase } from '../op.ts';
import type { Types } from '../../tensor/signature.ts';
import { qkvHeadsKernels } from './kernel.ts';

export const qkvHeads: Op = {
  name: 'qkv_heads',
  inputs: ['x', 'weight', 'table'],
  optional: ['bias', 'norm', 'q_norm', 'k_norm'],
  outputs: ['q'],
  optionalOutputs: ['k', 'v', 'gate'],

  infer(inputs, attributes) {
    const { out } = linear.infer(of(linear, inputs), attributes) as { out: TensorType };
    return heads.infer({ ...of(heads, inputs), x: out }, attributes);
  },

  reference(inputs, attributes, binding) {
    const { out } = linear.reference(inputs, attributes, binding);
    return heads.reference({ ...inputs, x: out! }, attributes, binding);
  },

  cases: [
    row('decode, head 24', 1, 7, 64, [6, 2, 24], { dtype: 'm0e4', norm: true }),
    row('decode, head 64', 1, 9, 172, [4, 2, 64], { dtype: 'm0e4', norm: true, bias: true }),
    row('decode, partial rotary in pairs', 1, 2, 64, [2, 1, 64], {
      dtype: 'm0e4',
      norm: true,
      bias: true,
      rotary: 32,
      pairs: true,
    }),
    row('decode, Qwen3', 1, 9, 320, [4, 2, 128], { dtype: 'm0e4', norm: true }),
    row('decode, Gemma 3', 1, 30, 640, [2, 1, 256], { dtype: 'm0e4', norm: true }),
    row('decode, bytes', 1, 7, 96, [4, 2, 128], { dtype: 'm0e4', kv8: true, norm: true }),
    row('decode, bytes, no norms of heads', 1, 3, 64, [4, 2, 128], { normed: false, kv8: true }),
    row('decode, norms after the turn', 1, 7, 64, [4, 2, 32], { dtype: 'm0e4', norm: true, rotated: true }),
    row('decode, gates', 1, 7, 64, [6, 2, 32], { dtype: 'm0e4', norm: true, gates: 6 }),
    row('decode, gates of columns', 1, 7, 64, [2, 1, 32], { dtype: 'm0e4', norm: true, gates: 64 }),
    row('decode, more gates than columns of a head', 1, 2, 64, [6, 3, 4], { norm: true, gates: 6 }),
    row('few rows, gates, bytes', 3, 5, 64, [4, 1, 64], {
      dtype: 'm0e4',
      norm: true,
      kv8: true,
      gates: 4,
    }),
    row('prefill, gates', 35, 4, 96, [6, 2, 24], { dtype: 'm0e4', norm: true, gates: 6 }),
    row('decode, q only', 1, 7, 64, [6, 0, 32], { dtype: 'm0e4', norm: true }),
    row('decode, norms of v', 1, 7, 64, [4, 2, 32], { dtype: 'm0e4', norm: true, vNorm: true }),
    row('prefill, q only', 35, 4, 96, [6, 0, 24], { dtype: 'm0e4', norm: true }),
    row('few rows', 3, 5, 64, [3, 1, 128], { dtype: 'm0e4', norm: true }),
    row('few rows, bytes', 4, 5, 64, [4, 2, 8], { dtype: 'm0e4', norm: true, kv8: true }),
    row('prefill, tiles cut', 35, 4, 96, [6, 2, 24], { dtype: 'm0e4', norm: true }),
    row('prefill, bytes', 34, 1, 64, [4, 2, 32], { dtype: 'm0e4', norm: true, kv8: true }),
    inCells(row('decode', 1, 9, 64, [4, 2, 128], { norm: true }), 'q5_0 and q8_0', (n, k) =>
      twoCells(['q5_0', 'q8_0'], (n * 3) / 4, n, k),
    ),
    { ...row('Qwen3-0.6B decode', 1, 100, 1024, [16, 8, 128], { dtype: 'm0e4', norm: true }), heavy: true },
    { ...row('Qwen3-0.6B prefill', 256, 0, 1024, [16, 8, 128], { dtype: 'm0e4', norm: true }), heavy: true },
  ],

  kernels: qkvHeadsKernels,
};

/** Selects the inputs that the op declares. */
function of({ inputs, optional = [] }: Op, all: Types): Types {
  return Object.fromEntries(Object.entries(all).filter(([name]) => [...inputs, ...optional].includes(name)));
}

interface Extras {
  readonly dtype?: 'f32' | 'f16' | 'm0e4';
  readonly rotary?: number;
  readonly pairs?: boolean;
  readonly bias?: boolean;
  /** Normalises x. */
  readonly norm?: boolean;
  /** Normalises heads. */
  readonly normed?: boolean;
  /** Normalises heads of v. */
  readonly vNorm?: boolean;
  /** The norms of heads come after the turn. */
  readonly rotated?: boolean;
  readonly kv8?: boolean;
  /** Rows for gates. */
  readonly gates?: number;
}

function row(
  name: string,
  s: number,
  p: number,
  k: number,
  [count, kvHeads, headWidth]: readonly [number, number, number],
  { dtype = 'f32', rotary = headWidth, pairs = false, ...extras }: Extras = {},
): OpCase {
  const {
    bias = false,
    norm = false,
    normed = true,
    kv8 = false,
    rotated = false,
    gates = 0,
    vNorm = false,
  } = extras;
  const n = (count + 2 * kvHeads) * headWidth + gates;
  const vector = (length: number): TensorType => ({ dtype: 'f32', shape: [length] });
  return {
    name: `${name} ${dtype}`,
    inputs: {
      x: { dtype: 'f32', shape: [S, k] },
      weight: { dtype, shape: [n, k], ...(dtype === 'm0e4' ? { group: 32 } : {}) },
      table: { dtype: 'f32', shape: [C, rotary || headWidth] },
      ...(bias ? { bias: vector(n) } : {}),
      ...(norm ? { norm: vector(k) } : {}),
      ...(normed ? { q_norm: vector(headWidth), ...(kvHeads > 0 ? { k_norm: vector(headWidth) } : {}) } : {}),
    },
    attributes: {
      heads: count,
      kvHeads,
      headWidth,
      rotary,
      position: P,
      pairs,
      ...(norm ? { eps: 1e-5 } : {}),
      ...(normed ? { headEps: 1e-6 } : {}),
      ...(rotated ? { normForm: 'heads_rotated' } : {}),
      ...(vNorm ? { vNorm } : {}),
      ...(kv8 ? { kv8 } : {}),
      ...(gates > 0 ? { gates } : {}),
    },
    binding: { S: s, P: p, C: p + s + 2 },
  };
}
