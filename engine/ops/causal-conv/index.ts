/**
 * Causal convolution of each column by itself over K tokens, then silu, with its last inputs carried in a slot: the first
 * half of Mamba-2 layers and of the gated delta rule.
 *
 *   x act[S,≥at+E], past act[slots,(K−1)·E], weight f32[E·K], bias? f32[E] → out act[S,E], tail act[1,(K−1)·E] (view of past)
 *   {taps: K, at, position: Dim, read: Dim}
 *
 * With v the columns `at` … at+E−1 of x, out[s] = silu(bias + Σ_j weight[·,K−1−j] · v[s−j]), 0 ≤ j < K. Rows before the
 * run are those of slot `read`, oldest first, and 0 before position 0. `tail` has the last K−1 rows; it is written to a
 * slot other than `read` (graph/slots.ts). Source: Mamba-2, arXiv 2405.21060, section 6; Gated DeltaNet, arXiv
 * 2412.06464; transformers `causal_conv1d_fn`.
 */
import plainBias from '../../../wgsl/short-conv/bias-none.wgsl?raw';
import bias from '../../../wgsl/short-conv/bias.wgsl?raw';
import silu from '../../../wgsl/lib/silu.wgsl?raw';
import source from '../../../wgsl/causal-conv/causal-conv.wgsl?raw';
import { THREADS } from '../../kernels/elementwise.ts';
import { dimIn, kernel, needsF16, numberIn, scalarOf, typeIn } from '../../kernels/kernel.ts';
import { columns } from '../../kernels/wgsl-parts.ts';
import { ceildiv, mul } from '../../symbolic/dim.ts';
import { evaluate } from '../../symbolic/evaluate.ts';
import { rowsOf } from '../../tensor/tensor.ts';
import { activation, dimAt, known, mismatch, numberAt, optionalVector, vector } from '../lib/guards.ts';
import { P, S } from '../lib/letters.ts';
import type { Op, OpCase } from '../op.ts';

/** As in wgsl/causal-conv/causal-conv.wgsl. */
const ROWS = 8;

const columnKernel = kernel('causal_conv.column', {
  source,
  parts: (node) => [node.types.bias === undefined ? plainBias : bias, silu],
  accepts: (node) => needsF16(node, 'x'),
  header: (node) => scalarOf(typeIn(node, 'x')),
  params: (node) => ({
    rows: rowsOf(typeIn(node, 'x')),
    cols: columns(node, 'out'),
    taps: numberIn(node, 'taps'),
    x_cols: columns(node, 'x'),
    x_at: numberIn(node, 'at'),
    position: dimIn(node, 'position'),
    read: dimIn(node, 'read'),
    write: node.rows.tail ?? 0,
  }),
  workgroups: (node) => ceildiv(mul(ceildiv(rowsOf(typeIn(node, 'x')), ROWS), columns(node, 'out')), THREADS),
});

export const causalConv: Op = {
  name: 'causal_conv',
  inputs: ['x', 'past', 'weight'],
  optional: ['bias'],
  outputs: ['out', 'tail'],

  infer(inputs, attributes) {
    const x = activation('causal_conv', inputs, 'x');
    const past = activation('causal_conv', inputs, 'past');
    if (past.dtype !== x.dtype) mismatch('causal_conv', 'input past', x.dtype, past.dtype);
    const taps = numberAt('causal_conv', attributes, 'taps');
    if (!Number.isInteger(taps) || taps < 2)
      mismatch('causal_conv', 'attribute taps', 'a count from 2', String(taps));
    const width = known('causal_conv', 'columns of past', past.cols) / (taps - 1);
    const at = numberAt('causal_conv', attributes, 'at');
    const all = known('causal_conv', 'columns of x', x.cols);
    if (!Number.isInteger(width) || at < 0 || at + width > all)
      mismatch('causal_conv', 'columns of x', `${at + width} or more`, String(all));
    vector('causal_conv', inputs, 'weight', width * taps);
    optionalVector('causal_conv', inputs, 'bias', width);
    dimAt('causal_conv', attributes, 'position');
    dimAt('causal_conv', attributes, 'read');
    return {
      out: { dtype: x.dtype, shape: [x.rows, width] },
      tail: { dtype: x.dtype, shape: [1, (taps - 1) * width] },
    };
  },

  reference({ x, past, weight, bias }, attributes, binding) {
    const [rows, all] = x!.shape as [number, number];
    const taps = numberAt('causal_conv', attributes, 'taps');
    const at = numberAt('causal_conv', attributes, 'at');
    const kept = taps - 1;
    const width = (past!.shape[1] as number) / kept;
    const position = evaluate(dimAt('causal_conv', attributes, 'position'), binding);
    const slot = evaluate(dimAt('causal_conv', attributes, 'read'), binding);
    const valueAt = (row: number, c: number): number => {
      if (row >= 0) return x!.data[row * all + at + c] as number;
      return position + row < 0 ? 0 : (past!.data[(slot * kept + kept + row) * width + c] as number);
    };
    const [out, tail] = [new Float32Array(rows * width), new Float32Array(kept * width)];
    for (let c = 0; c < width; c++) {
      for (let r = 0; r < rows; r++) {
        let sum = (bias?.data[c] as number | undefined) ?? 0;
        for (let j = 0; j < taps; j++) {
          sum += (weight!.data[c * taps + taps - 1 - j] as number) * valueAt(r - j, c);
        }
        out[r * width + c] = sum / (1 + Math.exp(-sum));
      }
      for (let m = 0; m < kept; m++) tail[m * width + c] = valueAt(rows - kept + m, c);
    }
    return { out: { shape: [rows, width], data: out }, tail: { shape: [1, kept * width], data: tail } };
  },

  cases: [
    row('smallest', 1, 0, [4, 4, 0], 2),
    row('decode', 1, 9, [72, 90, 7], 4),
    row('decode, second token', 1, 1, [40, 40, 0], 4, true),
    row('fewer rows than are kept', 2, 5, [40, 50, 10], 7, true),
    row('prefill', 67, 0, [33, 35, 1], 4),
    row('prefill on a past', 9, 3, [64, 64, 0], 3, true),
    row('Qwen3.5-0.8B decode', 1, 5, [6144, 8224, 0], 4),
  ],

  kernels: [columnKernel],
};

function row(
  name: string,
  s: number,
  p: number,
  [width, all, at]: readonly [number, number, number],
  taps: number,
  biased = false,
): OpCase {
  return {
    name,
    inputs: {
      x: { dtype: 'f32', shape: [S, all] },
      past: { dtype: 'f32', shape: [3, (taps - 1) * width] },
      weight: { dtype: 'f32', shape: [width * taps] },
      ...(biased ? { bias: { dtype: 'f32', shape: [width] } as const } : {}),
    },
    attributes: { taps, at, position: P, read: 1, write: 2 },
    binding: { S: s, P: p },
  };
}
