/**
 * Gated causal convolution of each column by itself, over a few tokens: the mixer of LFM2's layers without attention.
 *
 *   x act[S,3·E], past act[R,E], weight f32[E·K], bias? f32[E] → out act[S,E], tail act[S,E] (view of past)
 *   {taps: K, position: Dim}
 *
 * A row of x is B, C and u, side by side. v = B·u is written to rows `position`… of the state `past`, which holds v of
 * every earlier position, or of the last ones where it is a ring (graph/rings.ts). Then
 * out[s] = C[s] · (bias + Σ_j weight[·,K−1−j] · v[position+s−j]), 0 ≤ j < K, without positions below 0. So the carried
 * state is rows by position, as keys and values are: it is cut back, parked and saved by the same rules. Source: LFM2
 * (arXiv 2511.23404), transformers `models/lfm2/modeling_lfm2.py`.
 */
import plainBias from '../../../wgsl/short-conv/bias-none.wgsl?raw';
import bias from '../../../wgsl/short-conv/bias.wgsl?raw';
import source from '../../../wgsl/short-conv/short-conv.wgsl?raw';
import { THREADS } from '../../kernels/elementwise.ts';
import { dimIn, kernel, needsF16, numberIn, scalarOf, typeIn } from '../../kernels/kernel.ts';
import { cacheRowPart, columns, ringParams } from '../../kernels/wgsl-parts.ts';
import { ceildiv, max, mul, sub } from '../../symbolic/dim.ts';
import { evaluate } from '../../symbolic/evaluate.ts';
import { rowsOf, type TensorType } from '../../tensor/tensor.ts';
import {
  activation,
  dimAt,
  known,
  mismatch,
  numberAt,
  optionalVector,
  sameDim,
  vector,
} from '../lib/guards.ts';
import { P, S } from '../lib/letters.ts';
import type { Op, OpCase } from '../op.ts';

const shortConvKernel = kernel('short_conv.column', {
  source,
  parts: (node) => [cacheRowPart(node, 'tail'), node.types.bias === undefined ? plainBias : bias],
  accepts: (node) => needsF16(node, 'x'),
  header: (node) => scalarOf(typeIn(node, 'x')),
  params: (node) => {
    const taps = numberIn(node, 'taps');
    const lowest = max(sub(dimIn(node, 'position'), taps - 1), 0);
    return {
      rows: rowsOf(typeIn(node, 'x')),
      cols: columns(node, 'out'),
      taps,
      position: dimIn(node, 'position'),
      ...ringParams(node, 'tail', lowest),
    };
  },
  workgroups: (node) => ceildiv(mul(rowsOf(typeIn(node, 'x')), columns(node, 'out')), THREADS),
});

export const shortConv: Op = {
  name: 'short_conv',
  inputs: ['x', 'past', 'weight'],
  optional: ['bias'],
  outputs: ['out', 'tail'],

  infer(inputs, attributes) {
    const x = activation('short_conv', inputs, 'x');
    const past = activation('short_conv', inputs, 'past');
    const width = known('short_conv', 'columns of past', past.cols);
    if (past.dtype !== x.dtype) mismatch('short_conv', 'input past', x.dtype, past.dtype);
    sameDim('short_conv', 'columns of x', 3 * width, x.cols);
    const taps = numberAt('short_conv', attributes, 'taps');
    if (!Number.isInteger(taps) || taps < 1)
      mismatch('short_conv', 'attribute taps', 'a count', String(taps));
    vector('short_conv', inputs, 'weight', width * taps);
    optionalVector('short_conv', inputs, 'bias', width);
    dimAt('short_conv', attributes, 'position');
    const made: TensorType = { dtype: x.dtype, shape: [x.rows, width] };
    return { out: made, tail: made };
  },

  reference({ x, past, weight, bias }, attributes, binding) {
    const [rows] = x!.shape as [number];
    const [kept, width] = past!.shape as [number, number];
    const taps = numberAt('short_conv', attributes, 'taps');
    const position = evaluate(dimAt('short_conv', attributes, 'position'), binding);
    const at = (row: number, part: number, c: number) => x!.data[(row * 3 + part) * width + c] as number;
    const [out, tail] = [new Float32Array(rows * width), new Float32Array(rows * width)];
    for (let r = 0; r < rows; r++) {
      for (let c = 0; c < width; c++) {
        tail[r * width + c] = at(r, 0, c) * at(r, 2, c);
        let sum = (bias?.data[c] as number | undefined) ?? 0;
        for (let j = 0; j < taps && j <= position + r; j++) {
          const earlier = ((position + r - j) % kept) * width + c;
          const v = j <= r ? tail[(r - j) * width + c] : past!.data[earlier];
          sum += (weight!.data[c * taps + taps - 1 - j] as number) * (v as number);
        }
        out[r * width + c] = at(r, 1, c) * sum;
      }
    }
    const shape = [rows, width];
    return { out: { shape, data: out }, tail: { shape, data: tail } };
  },

  cases: [
    row('smallest', 1, 0, 4, 3),
    row('decode', 1, 9, 72, 3),
    row('first tokens of a text', 2, 1, 40, 4, { bias: true }),
    row('prefill', 67, 0, 33, 3),
    row('prefill on a past', 5, 7, 64, 7, { bias: true }),
    row('one tap', 3, 2, 20, 1),
    row('LFM2-350M decode', 1, 5, 1024, 3),
  ],

  kernels: [shortConvKernel],
};

function row(
  name: string,
  s: number,
  p: number,
  width: number,
  taps: number,
  more: { bias?: true } = {},
): OpCase {
  return {
    name,
    inputs: {
      x: { dtype: 'f32', shape: [S, 3 * width] },
      past: { dtype: 'f32', shape: [p + s + 2, width] },
      weight: { dtype: 'f32', shape: [width * taps] },
      ...(more.bias ? { bias: { dtype: 'f32', shape: [width] } as const } : {}),
    },
    attributes: { taps, position: P },
    binding: { S: s, P: p },
  };
}
