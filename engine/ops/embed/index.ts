/**
 * Token ids to rows of the embedding table, times `scale` (1 unless the family scales).
 *
 *   ids u32[S], table any[V,E] → out act[S,E]   {scale, dtype: act}
 */
import embedSource from '../../../wgsl/embed/embed.wgsl?raw';
import { THREADS } from '../../kernels/elementwise.ts';
import {
  fixed,
  kernel,
  type KernelInput,
  needsF16,
  numberIn,
  scalarOf,
  typeIn,
} from '../../kernels/kernel.ts';
import {
  chunks,
  columns,
  weightConstants,
  weightHeader,
  weightParts,
  weightUsesF16,
} from '../../kernels/wgsl-parts.ts';
import { ceildiv, mul } from '../../symbolic/dim.ts';
import { dimOf, type TensorType } from '../../tensor/tensor.ts';
import { cellBlock } from '../../tensor/cells.ts';
import { CELL_SAMPLE, cellMatrix } from '../lib/cell-cases.ts';
import { matrix, mismatch, numberAt, typeOf, wholeBlocks } from '../lib/guards.ts';
import { S } from '../lib/letters.ts';
import type { Op, OpCase } from '../op.ts';

/** Rows of the table, or of one segment of it. */
const tokens = (node: KernelInput) => fixed(node, 'table', dimOf(typeIn(node, 'table'), 0));

const embedKernel = kernel('embed.gather', {
  source: embedSource,
  parts: (node) => weightParts(node, 'table'),
  usesF16: (node) => weightUsesF16(node, 'table'),
  accepts: (node) => needsF16(node, 'out'),
  header: (node) => ({ ...scalarOf(typeIn(node, 'out')), ...weightHeader(node, 'table') }),
  constants: (node) => weightConstants(typeIn(node, 'table')),
  bindings: { weight: 'table' },
  params: (node) => ({
    rows: dimOf(typeIn(node, 'ids'), 0),
    k: columns(node, 'table'),
    chunks: chunks(node, 'table'),
    first: node.segment?.first ?? 0,
    count: tokens(node),
    vocabulary: node.segment?.rows ?? tokens(node),
    scale: numberIn(node, 'scale'),
  }),
  workgroups: (node) =>
    ceildiv(mul(dimOf(typeIn(node, 'ids'), 0), Math.ceil(columns(node, 'table') / 4)), THREADS),
});

export const embed: Op = {
  name: 'embed',
  inputs: ['ids', 'table'],
  outputs: ['out'],

  infer(inputs, attributes) {
    const ids = typeOf('embed', inputs, 'ids');
    const [s] = ids.shape;
    if (ids.dtype !== 'u32' || s === undefined || ids.shape.length !== 1) {
      mismatch('embed', 'input ids', 'u32[S]', `${ids.dtype} of rank ${ids.shape.length}`);
    }
    const { cols } = matrix('embed', inputs, 'table');
    wholeBlocks('embed', inputs, 'table');
    numberAt('embed', attributes, 'scale');
    const { dtype } = attributes;
    if (dtype !== 'f32' && dtype !== 'f16') mismatch('embed', 'attribute dtype', 'f32 or f16', String(dtype));
    return { out: { dtype, shape: [s, cols] } };
  },

  reference({ ids, table }, attributes) {
    const [rows, cols] = [ids!.shape[0] as number, table!.shape[1] as number];
    const scale = numberAt('embed', attributes, 'scale');
    const out = new Float32Array(rows * cols);
    for (let r = 0; r < rows; r++) {
      const id = ids!.data[r] as number;
      for (let c = 0; c < cols; c++) out[r * cols + c] = (table!.data[id * cols + c] as number) * scale;
    }
    return { out: { shape: [rows, cols], data: out } };
  },

  cases: [
    row('smallest', 1, { dtype: 'f32', shape: [3, 4] }),
    row('f32', 5, { dtype: 'f32', shape: [512, 64] }),
    row('f16', 3, { dtype: 'f16', shape: [37, 172] }),
    row('m0e4 with a group tail', 7, { dtype: 'm0e4', shape: [37, 172], group: 32 }),
    row('m0e4', 2, { dtype: 'm0e4', shape: [512, 256], group: 128 }),
    row('q8 with a group tail', 3, { dtype: 'q8', shape: [37, 172], group: 32 }),
    ...CELL_SAMPLE.map((cell) => row(cell, 3, cellMatrix(cell, 37, Math.max(64, cellBlock(cell))))),
    row('scaled', 2, { dtype: 'f16', shape: [16, 64] }, 8),
    { ...row('Llama-3.2-1B', 128, { dtype: 'm0e4', shape: [128256, 2048], group: 32 }), heavy: true },
  ],

  kernels: [embedKernel],
};

function row(name: string, s: number, table: TensorType, scale = 1): OpCase {
  const ids: TensorType = { dtype: 'u32', shape: [S] };
  return { name, inputs: { ids, table }, attributes: { scale, dtype: 'f32' }, binding: { S: s } };
}
