/**
 * Rotary position embedding (Su et al., arXiv 2104.09864).
 *
 *   x act[S,n·D], table f32[C,rotary], gain? f32[D] → out act[S,n·D]   {headWidth, rotary, position: Dim, pairs}
 *
 * Row s is at position `position + s`. In each head of `headWidth` numbers the first `rotary` are rotated in pairs, the
 * rest pass through. Pairs are i and i + rotary/2 where `pairs` is false (Hugging Face), 2i and 2i+1 where it is true
 * (weights reordered, or published so). Rotary 0 rotates nothing. `gain` multiplies the rotated head: the weights of a
 * norm that comes after the rotation.
 */
import gained from '../../../wgsl/rope/gained.wgsl?raw';
import plain from '../../../wgsl/rope/plain.wgsl?raw';
import ropeSource from '../../../wgsl/rope/rope.wgsl?raw';
import { THREADS } from '../../kernels/elementwise.ts';
import { dimIn, kernel, needsF16, numberIn, scalarOf, typeIn } from '../../kernels/kernel.ts';
import { cacheRowPart, columns, ringParams, rotaryParams } from '../../kernels/wgsl-parts.ts';
import { ceildiv, mul } from '../../symbolic/dim.ts';
import { rowsOf } from '../../tensor/tensor.ts';
import { evaluate } from '../../symbolic/evaluate.ts';
import type { Op, OpCase } from '../op.ts';
import type { Attributes } from '../../tensor/signature.ts';
import {
  activation,
  dimAt,
  known,
  matrix,
  numberAt,
  optionalVector,
  sameDim,
  mismatch,
} from '../lib/guards.ts';
import { C, P, S } from '../lib/letters.ts';

const ropeKernel = kernel('rope.pair', {
  source: ropeSource,
  parts: (node) => [cacheRowPart(node, 'out'), node.types.gain === undefined ? plain : gained],
  accepts: (node) => needsF16(node, 'x'),
  header: (node) => scalarOf(typeIn(node, 'x')),
  params: (node) => {
    return {
      rows: rowsOf(typeIn(node, 'x')),
      cols: columns(node, 'x'),
      head_width: numberIn(node, 'headWidth'),
      ...rotaryParams(node),
      position: dimIn(node, 'position'),
      out_row: node.rows.out ?? 0,
      ...ringParams(node, 'out', node.rows.out ?? 0),
    };
  },
  workgroups: (node) => {
    const width = numberIn(node, 'headWidth');
    const perRow = (columns(node, 'x') / width) * Math.ceil(width / 2);
    return ceildiv(mul(rowsOf(typeIn(node, 'x')), perRow), THREADS);
  },
});

export const rope: Op = {
  name: 'rope',
  inputs: ['x', 'table'],
  optional: ['gain'],
  outputs: ['out'],

  infer(inputs, attributes) {
    const { dtype, rows, cols } = activation('rope', inputs, 'x');
    const width = known('rope', 'columns of x', cols);
    const headWidth = numberAt('rope', attributes, 'headWidth');
    if (headWidth < 1 || width % headWidth !== 0) {
      mismatch('rope', 'columns of x', `a multiple of headWidth ${headWidth}`, String(width));
    }
    checkTable('rope', inputs, attributes, headWidth);
    optionalVector('rope', inputs, 'gain', headWidth);
    if (typeof attributes.pairs !== 'boolean') {
      mismatch('rope', 'attribute pairs', 'true or false', String(attributes.pairs));
    }
    return { out: { dtype, shape: [rows, cols] } };
  },

  reference({ x, table, gain }, attributes, binding) {
    const [rows, cols] = x!.shape as [number, number];
    const headWidth = numberAt('rope', attributes, 'headWidth');
    const rotary = numberAt('rope', attributes, 'rotary');
    const position = evaluate(dimAt('rope', attributes, 'position'), binding);
    const [step, apart] = attributes.pairs === true ? [2, 1] : [1, rotary / 2];
    const out = Float32Array.from(x!.data);
    for (let r = 0; r < rows; r++) {
      for (let head = 0; head < cols; head += headWidth) {
        for (let i = 0; i < rotary / 2; i++) {
          const at = r * cols + head + i * step;
          const cos = table!.data[(position + r) * rotary + 2 * i] as number;
          const sin = table!.data[(position + r) * rotary + 2 * i + 1] as number;
          const [a, b] = [x!.data[at] as number, x!.data[at + apart] as number];
          out[at] = a * cos - b * sin;
          out[at + apart] = b * cos + a * sin;
        }
      }
    }
    if (gain !== undefined) {
      for (let i = 0; i < out.length; i++) out[i] = (out[i] as number) * (gain.data[i % headWidth] as number);
    }
    return { out: { shape: x!.shape, data: out } };
  },

  cases: [false, true].flatMap((pairs) => [
    row('smallest', 1, 0, 1, { headWidth: 2, pairs }),
    row('head 8', 5, 3, 4, { headWidth: 8, pairs }),
    row('head 64', 1, 17, 2, { headWidth: 64, pairs }),
    row('head 80', 2, 1, 3, { headWidth: 80, pairs }),
    row('head 96', 3, 0, 1, { headWidth: 96, pairs }),
    row('head 128', 2, 30, 2, { headWidth: 128, pairs }),
    row('head 256', 1, 5, 1, { headWidth: 256, pairs }),
    row('not turned', 2, 1, 2, { headWidth: 6, rotary: 0, pairs }),
    row('partial', 4, 2, 3, { headWidth: 64, rotary: 32, pairs }),
    row('gain', 3, 5, 2, { headWidth: 24, pairs, gain: true }),
    row('gain, partial', 2, 2, 3, { headWidth: 16, rotary: 8, pairs, gain: true }),
  ]),

  kernels: [ropeKernel],
};

/**
 * Also used by qkv and heads. Checks `table` f32[C, rotary], an even `rotary` no wider than a head, and `position`.
 * With rotary 0 (layers without positions) any table is accepted.
 */
export function checkTable(
  op: string,
  inputs: Parameters<Op['infer']>[0],
  a: Attributes,
  head: number,
): void {
  const rotary = numberAt(op, a, 'rotary');
  if (rotary < 0 || rotary % 2 !== 0 || rotary > head) {
    mismatch(op, 'attribute rotary', `an even number, 0…${head}`, String(rotary));
  }
  const table = matrix(op, inputs, 'table');
  if (table.dtype !== 'f32') mismatch(op, 'input table', 'f32', table.dtype);
  if (rotary > 0) sameDim(op, 'columns of table', rotary, table.cols);
  dimAt(op, a, 'position');
}

function row(
  name: string,
  s: number,
  p: number,
  heads: number,
  o: { headWidth: number; rotary?: number; pairs: boolean; gain?: boolean },
): OpCase {
  const rotary = o.rotary ?? o.headWidth;
  return {
    name: `${name}${o.pairs ? ' in pairs' : ''}`,
    inputs: {
      x: { dtype: 'f32', shape: [S, heads * o.headWidth] },
      table: { dtype: 'f32', shape: [C, rotary || o.headWidth] },
      ...(o.gain === true ? { gain: { dtype: 'f32', shape: [o.headWidth] } as const } : {}),
    },
    attributes: { headWidth: o.headWidth, rotary, position: P, pairs: o.pairs },
    binding: { S: s, P: p, C: p + s + 2 },
  };
}
