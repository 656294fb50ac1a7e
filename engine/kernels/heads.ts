/**
 * Heads of q, k and v on their way to their places: after a product that is done, or at the end of the product that
 * makes them. Meaning: graph/ops/heads.ts, qkv_heads.ts.
 */
import source from '../../wgsl/heads.wgsl?raw';
import norms from '../../wgsl/lib/heads_norms.wgsl?raw';
import normsNone from '../../wgsl/lib/heads_norms_none.wgsl?raw';
import place from '../../wgsl/lib/heads_place.wgsl?raw';
import putKv8 from '../../wgsl/lib/heads_put_kv8.wgsl?raw';
import putPlain from '../../wgsl/lib/heads_put_plain.wgsl?raw';
import kv8Pack from '../../wgsl/lib/kv8_pack.wgsl?raw';
import outHeads from '../../wgsl/lib/out_heads.wgsl?raw';
import outLinear from '../../wgsl/lib/out_linear.wgsl?raw';
import cacheRows from '../../wgsl/lib/cache_rows.wgsl?raw';
import { mul } from '../symbolic/dim.ts';
import { isGrouped, rowsOf } from '../tensor/tensor.ts';
import {
  dimIn,
  type Kernel,
  type KernelInput,
  kernel,
  numberIn,
  type Stage,
  scalarOf,
  typeIn,
} from './kernel.ts';
import { acceptsKv8, cacheRowPart, ringParams, rotaryParams } from './parts.ts';
import { type Epilogue, family, gemv, type Lanes, outputs } from './product.ts';

const placeParts = (node: KernelInput) => [
  place,
  node.types.q_norm === undefined ? normsNone : norms,
  ...(typeIn(node, 'k').dtype === 'kv8' ? [putKv8, kv8Pack] : [putPlain]),
  cacheRowPart(node, 'k'),
];

const placeParams = (node: KernelInput) => ({
  heads: numberIn(node, 'heads'),
  kv_heads: numberIn(node, 'kvHeads'),
  head_width: numberIn(node, 'headWidth'),
  ...rotaryParams(node),
  position: dimIn(node, 'position'),
  k_row: node.rows.k ?? 0,
  v_row: node.rows.v ?? 0,
  ...ringParams(node, 'k', node.rows.k ?? 0),
  head_eps: numberIn(node, 'headEps', 0),
});

/** Of a row: those of q, k and v. */
const headsInAll = (node: KernelInput) => numberIn(node, 'heads') + 2 * numberIn(node, 'kvHeads');

const apart: Stage = {
  source,
  parts: placeParts,
  header: (node) => scalarOf(typeIn(node, 'x')),
  params: (node) => ({ rows: rowsOf(typeIn(node, 'x')), ...placeParams(node) }),
  workgroups: (node) => mul(rowsOf(typeIn(node, 'x')), headsInAll(node)),
};

/** Rows of all heads side by side. */
const columnsInAll = (node: KernelInput) => headsInAll(node) * numberIn(node, 'headWidth');

/** Two dispatches, where no workgroup of the product has a whole head; f32 in between, as in a workgroup. */
const inTwo: Epilogue = {
  parts: () => [outLinear, cacheRows],
  header: () => ({ Result: 'f32' }),
  params: (node) => ({ out_row: 0, lap: 0, ring: 0, out_cols: columnsInAll(node) }),
  bindings: { out: 'workspace' },
  workspace: (node) => mul(rowsOf(typeIn(node, 'x')), columnsInAll(node) * 4),
  after: [
    {
      ...apart,
      header: (node) => ({ ...scalarOf(typeIn(node, 'x')), Raw: 'f32' }),
      bindings: { x: 'workspace' },
    },
  ],
};

/** As in wgsl/lib/out_heads.wgsl, and threads that every WebGPU gives a workgroup. */
const WIDEST = 256;
const THREADS = 256;

/** A workgroup makes one head. */
function lanesOfHead(node: KernelInput): Lanes {
  const GROUPS = numberIn(node, 'headWidth') / 4;
  return { LANES: Math.min(32, THREADS / GROUPS), GROUPS };
}

const threadsOfHead = (node: KernelInput) => lanesOfHead(node).LANES * lanesOfHead(node).GROUPS;

const inOne: Epilogue = {
  parts: (node) => [outHeads, ...placeParts(node)],
  header: (node) => ({ THREADS: `${threadsOfHead(node)}u` }),
  params: placeParams,
};

/** Every value is a buffer, and scales are one more. */
const buffersOf = (node: KernelInput) =>
  Object.keys(node.types).length + (isGrouped(typeIn(node, 'weight').dtype) ? 1 : 0);

function acceptsHead(node: KernelInput): true | string {
  const width = numberIn(node, 'headWidth');
  const { storageBuffers = 8 } = node.caps;
  if (width < 4 || width > WIDEST || !Number.isInteger(Math.log2(width))) {
    return `needs heads of 4, 8, … ${WIDEST}`;
  }
  if (buffersOf(node) > storageBuffers) return `needs ${buffersOf(node)} buffers at a time`;
  return outputs(node) === columnsInAll(node) ? true : 'needs weights in one piece';
}

const whole = gemv('qkv_heads.gemv', 1, inOne, lanesOfHead);

export const headsKernels: readonly Kernel[] = [
  kernel('heads.workgroup', { ...apart, accepts: (node) => acceptsKv8(node, 'k') }),
];

export const qkvHeadsKernels: readonly Kernel[] = [
  {
    ...whole,
    accepts: (node) => {
      const verdict = whole.accepts?.(node) ?? true;
      return verdict === true ? acceptsHead(node) : verdict;
    },
  },
  ...family('qkv_heads.two', inTwo),
];
