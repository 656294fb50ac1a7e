/**
 * Kernels that go over rows or elements once: embed, rmsnorm, rope, quantise, gate_mul, softcap, add,
 * last_row, argmax.
 */
import addSource from '../../wgsl/add.wgsl?raw';
import argmaxSource from '../../wgsl/argmax.wgsl?raw';
import embedSource from '../../wgsl/embed.wgsl?raw';
import gateMulSource from '../../wgsl/gate_mul.wgsl?raw';
import lastRowSource from '../../wgsl/last_row.wgsl?raw';
import elementsPart from '../../wgsl/lib/elements.wgsl?raw';
import kv8Pack from '../../wgsl/lib/kv8_pack.wgsl?raw';
import quantiseSource from '../../wgsl/quantise.wgsl?raw';
import rmsnormSource from '../../wgsl/rmsnorm.wgsl?raw';
import ropeSource from '../../wgsl/rope.wgsl?raw';
import softcapSource from '../../wgsl/softcap.wgsl?raw';
import { ceildiv, type Dim, mul, sub } from '../symbolic/dim.ts';
import { dimOf, elements, rowsOf } from '../tensor/tensor.ts';
import {
  dimIn,
  fixed,
  type Kernel,
  type KernelInput,
  type KernelSpec,
  kernel,
  needsF16,
  numberIn,
  scalarOf,
  typeIn,
} from './kernel.ts';
import {
  acceptsKv8,
  activationHeader,
  activationPart,
  cacheRowPart,
  chunks,
  columns,
  foldPart,
  ringParams,
  rotaryParams,
  weightConstants,
  weightParts,
  weightUsesF16,
} from './parts.ts';

/** Threads of the kernels where one thread makes one piece of the result. */
const THREADS = 64;

/** Rows of the table, of one segment of it where there are several. */
const tokens = (node: KernelInput) => fixed(node, 'table', dimOf(typeIn(node, 'table'), 0));

const embed = kernel('embed.gather', {
  source: embedSource,
  parts: (node) => weightParts(node, 'table'),
  usesF16: (node) => weightUsesF16(node, 'table'),
  accepts: (node) => needsF16(node, 'out'),
  header: (node) => scalarOf(typeIn(node, 'out')),
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

const rmsnorm = kernel('rmsnorm.row', {
  source: rmsnormSource,
  parts: (node) => [foldPart(node)],
  accepts: (node) => needsF16(node, 'x'),
  header: (node) => ({
    ...scalarOf(typeIn(node, 'x')),
    RESIDUAL: String(node.types.residual !== undefined),
  }),
  params: (node) => ({
    rows: normedRows(node),
    cols: columns(node, 'weight'),
    eps: numberIn(node, 'eps'),
  }),
  workgroups: normedRows,
});

/** Rows of x, or their heads: as many numbers as the weights have are normalised together. */
function normedRows(node: KernelInput): Dim {
  return mul(rowsOf(typeIn(node, 'x')), columns(node, 'x') / columns(node, 'weight'));
}

const quantise = kernel('quantise.workgroup', {
  source: quantiseSource,
  parts: (node) => [kv8Pack, cacheRowPart(node, 'out')],
  accepts: (node) => acceptsKv8(node, 'out'),
  header: (node) => scalarOf(typeIn(node, 'x')),
  params: (node) => ({
    rows: rowsOf(typeIn(node, 'x')),
    heads: columns(node, 'x') / numberIn(node, 'headWidth'),
    head_width: numberIn(node, 'headWidth'),
    out_row: node.rows.out ?? 0,
    ...ringParams(node, 'out', node.rows.out ?? 0),
  }),
  workgroups: (node) => mul(rowsOf(typeIn(node, 'x')), columns(node, 'x') / numberIn(node, 'headWidth')),
});

const rope = kernel('rope.pair', {
  source: ropeSource,
  parts: (node) => [cacheRowPart(node, 'out')],
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

/** A kernel of one number per thread, of the input's type; `count` numbers, as many as it has unless said. */
function elementwise(
  name: string,
  source: string,
  input: string,
  more: Partial<Pick<KernelSpec, 'parts' | 'header' | 'params'>> & { count?(node: KernelInput): Dim } = {},
): Kernel {
  const count = more.count ?? ((node) => elements(typeIn(node, input)));
  return kernel(name, {
    source,
    parts: (node) => [...(more.parts?.(node) ?? []), elementsPart],
    accepts: (node) => needsF16(node, input),
    header: (node) => ({ ...scalarOf(typeIn(node, input)), ...more.header?.(node) }),
    params: (node) => ({ count: count(node), ...more.params?.(node) }),
    workgroups: (node) => ceildiv(count(node), THREADS),
  });
}

const gateMul = elementwise('gate_mul.element', gateMulSource, 'gate', {
  parts: () => [activationPart],
  header: activationHeader,
});

const softcap = elementwise('softcap.element', softcapSource, 'x', {
  params: (node) => ({ cap: numberIn(node, 'cap') }),
});

const add = elementwise('add.element', addSource, 'a');

const lastRow = elementwise('last_row.copy', lastRowSource, 'x', {
  params: (node) => ({ row: sub(rowsOf(typeIn(node, 'x')), 1) }),
  count: (node) => columns(node, 'x'),
});

const argmax = kernel('argmax.walk', {
  source: argmaxSource,
  accepts: (node) => needsF16(node, 'x'),
  header: (node) => scalarOf(typeIn(node, 'x')),
  params: (node) => ({ rows: rowsOf(typeIn(node, 'x')), count: columns(node, 'x') }),
  workgroups: (node) => rowsOf(typeIn(node, 'x')),
});

export const rowwiseKernels: Readonly<Record<string, readonly Kernel[]>> = {
  embed: [embed],
  rmsnorm: [rmsnorm],
  rope: [rope],
  quantise: [quantise],
  gate_mul: [gateMul],
  softcap: [softcap],
  add: [add],
  last_row: [lastRow],
  argmax: [argmax],
};
