/**
 * Token ids to rows of the embedding table, times `scale` (1 unless the family scales).
 *
 *   ids? u32[S], table any[V,E] → out act[S,E]   {scale, dtype: act}
 *
 * Without ids the table has the rows of the run's tokens in their order, any[S,E]: pages (graph/graph.ts).
 */
import embedSource from '../../../wgsl/embed/embed.wgsl?raw';
import byId from '../../../wgsl/embed/by-id.wgsl?raw';
import inOrder from '../../../wgsl/embed/in-order.wgsl?raw';
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
import { matrix, mismatch, numberAt, wholeBlocks } from '../lib/guards.ts';
import { S } from '../lib/letters.ts';
import type { Op, OpCase } from '../op.ts';

/** Rows of the table, or of one segment of it. */
const tokens = (node: KernelInput) => {
  const rows = dimOf(typeIn(node, 'table'), 0);
  return node.types.ids === undefined ? rows : fixed(node, 'table', rows);
};

/** Rows of the result. */
const rows = (node: KernelInput) => dimOf(typeIn(node, 'out'), 0);

const embedKernel = kernel('embed.gather', {
  source: embedSource,
  parts: (node) => [node.types.ids === undefined ? inOrder : byId, ...weightParts(node, 'table')],
  usesF16: (node) => weightUsesF16(node, 'table'),
  accepts: (node) => needsF16(node, 'out'),
  header: (node) => ({ ...scalarOf(typeIn(node, 'out')), ...weightHeader(node, 'table') }),
  constants: (node) => weightConstants(typeIn(node, 'table')),
  bindings: { weight: 'table' },
  params: (node) => ({
    rows: rows(node),
    k: columns(node, 'table'),
    chunks: chunks(node, 'table'),
    first: node.segment?.first ?? 0,
    count: tokens(node),
    vocabulary: node.segment?.rows ?? tokens(node),
    scale: numberIn(node, 'scale'),
  }),
  workgroups: (node) => ceildiv(mul(rows(node), Math.ceil(columns(node, 'table') / 4)), THREADS),
});

export const embed: Op = {
  name: 'embed',
  inputs: ['table'],
  optional: ['ids'],
  outputs: ['out'],

  infer(inputs, attributes) {
    const { rows, cols } = matrix('embed', inputs, 'table');
    const { ids } = inputs;
    if (ids !== undefined && (ids.dtype !== 'u32' || ids.shape.length !== 1)) {
      mismatch('embed', 'input ids', 'u32[S]', `${ids.dtype} of rank ${ids.shape.length}`);
    }
    wholeBlocks('embed', inputs, 'table');
    numberAt('embed', attributes, 'scale');
    const { dtype } = attributes;
    if (dtype !== 'f32' && dtype !== 'f16') mismatch('embed', 'attribute dtype', 'f32 or f16', String(dtype));
    return { out: { dtype, shape: [ids?.shape[0] ?? rows, cols] } };
  },

  reference({ ids, table }, attributes) {
    const [rows, cols] = [(ids ?? table)!.shape[0] as number, table!.shape[1] as number];
    const scale = numberAt('embed', attributes, 'scale');
    const out = new Float32Array(rows * cols);
    for (let r = 0; r < rows; r++) {
      const id = ids === undefined ? r : (ids.data[r] as number);
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
    paged('pages, 4 bits', 5, { dtype: 'm0e4', shape: [S, 172], group: 32 }, 16),
    paged('pages, f32', 3, { dtype: 'f32', shape: [S, 64] }),
    paged('pages, one row of cells', 1, { dtype: 'q5_0', shape: [S, 96] }),
    { ...row('Llama-3.2-1B', 128, { dtype: 'm0e4', shape: [128256, 2048], group: 32 }), heavy: true },
  ],

  kernels: [embedKernel],
};

function paged(name: string, s: number, table: TensorType, scale = 1): OpCase {
  return { name, inputs: { table }, attributes: { scale, dtype: 'f32' }, binding: { S: s } };
}

function row(name: string, s: number, table: TensorType, scale = 1): OpCase {
  const ids: TensorType = { dtype: 'u32', shape: [S] };
  return { name, inputs: { ids, table }, attributes: { scale, dtype: 'f32' }, binding: { S: s } };
}
