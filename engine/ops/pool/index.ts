/**
 * One row for each passage of a run.
 *
 *   x act[S,E], passages u32[B,2] → out f32[B,E]   {mode: mean | first | last}
 *
 * Passage b has the rows passages[b,0] … passages[b,1] − 1 of x, at least one. `mean` is their mean, `first` and `last`
 * are one of them. Source: Reimers and Gurevych, arXiv 1908.10084, section 3.
 */
import source from '../../../wgsl/pool/pool.wgsl?raw';
import { elementwise } from '../../kernels/elementwise.ts';
import { columns } from '../../kernels/wgsl-parts.ts';
import { symbol } from '../../symbolic/dim.ts';
import { elements } from '../../tensor/tensor.ts';
import { typeIn } from '../../kernels/kernel.ts';
import { activation, matrix, mismatch, sameDim } from '../lib/guards.ts';
import { S } from '../lib/letters.ts';
import type { Op, OpCase } from '../op.ts';

export const POOLINGS = ['mean', 'first', 'last'] as const;
export type Pooling = (typeof POOLINGS)[number];

const B = symbol('B', { min: 1, max: 64 });

const poolKernel = elementwise('pool.element', source, 'x', {
  count: (node) => elements(typeIn(node, 'out')),
  header: ({ attributes }) => ({ MODE: `${POOLINGS.indexOf(attributes.mode as Pooling)}u` }),
  params: (node) => ({ cols: columns(node, 'x') }),
});

export const pool: Op = {
  name: 'pool',
  inputs: ['x', 'passages'],
  outputs: ['out'],

  infer(inputs, attributes) {
    const { cols } = activation('pool', inputs, 'x');
    const passages = matrix('pool', inputs, 'passages');
    if (passages.dtype !== 'u32') mismatch('pool', 'input passages', 'u32', passages.dtype);
    sameDim('pool', 'columns of passages', 2, passages.cols);
    poolingAt(attributes.mode);
    return { out: { dtype: 'f32', shape: [passages.rows, cols] } };
  },

  reference({ x, passages }, attributes) {
    const cols = x!.shape[1] as number;
    const count = passages!.shape[0] as number;
    const mode = poolingAt(attributes.mode);
    const out = new Float32Array(count * cols);
    for (let b = 0; b < count; b++) {
      const [begin, end] = [passages!.data[2 * b] as number, passages!.data[2 * b + 1] as number];
      const rows = mode === 'mean' ? end - begin : 1;
      const first = mode === 'last' ? end - 1 : begin;
      for (let c = 0; c < cols; c++) {
        let sum = 0;
        for (let r = first; r < first + rows; r++) sum += x!.data[r * cols + c] as number;
        out[b * cols + c] = sum / rows;
      }
    }
    return { out: { shape: [count, cols], data: out } };
  },

  cases: POOLINGS.flatMap((mode) => [
    row(`smallest, ${mode}`, mode, 4, [1]),
    row(`three passages, ${mode}`, mode, 65, [5, 1, 9]),
    row(`long, ${mode}`, mode, 24, [130, 70]),
  ]),

  kernels: [poolKernel],
};

function poolingAt(mode: unknown): Pooling {
  const found = POOLINGS.find((name) => name === mode);
  return found ?? mismatch('pool', 'attribute mode', POOLINGS.join(' or '), String(mode));
}

function row(name: string, mode: Pooling, cols: number, lengths: readonly number[]): OpCase {
  const rows = lengths.reduce((a, b) => a + b, 0);
  return {
    name,
    inputs: { x: { dtype: 'f32', shape: [S, cols] }, passages: { dtype: 'u32', shape: [B, 2] } },
    attributes: { mode },
    binding: { S: rows, B: lengths.length },
    given: { passages: passageRanges(lengths) },
  };
}

/** First row of each passage and the row after its last, where passages of these lengths follow one another. */
export function passageRanges(lengths: readonly number[]): Uint32Array {
  const ranges = new Uint32Array(2 * lengths.length);
  let end = 0;
  for (const [b, length] of lengths.entries()) {
    ranges[2 * b] = end;
    ranges[2 * b + 1] = end += length;
  }
  return ranges;
}
