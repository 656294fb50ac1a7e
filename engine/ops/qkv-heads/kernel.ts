/** A matrix product that ends in heads: one dispatch where a workgroup computes a whole head, else two. */
import outLinear from '../../../wgsl/linear/out.wgsl?raw';
import activationNone from '../../../wgsl/lib/gate-activation-none.wgsl?raw';
import cacheRows from '../../../wgsl/lib/cache-rows.wgsl?raw';
import outHeads from '../../../wgsl/qkv-heads/out.wgsl?raw';
import { type Kernel, type KernelInput, numberIn, typeIn } from '../../kernels/kernel.ts';
import { type Epilogue, gemv, type Lanes, matmulKernels, weightRows } from '../../kernels/matmul.ts';
import { mul } from '../../symbolic/dim.ts';
import { isGrouped, rowsOf } from '../../tensor/tensor.ts';
import {
  headsStage,
  placeHeader,
  placeParams,
  placeParts,
  rowColumns,
  uniformNormsHeader,
} from '../heads/kernel.ts';

/**
 * Two dispatches, where no workgroup of the product has a whole head. The intermediate result is f32, as it is in
 * workgroup memory.
 */
const twoStages: Epilogue = {
  parts: () => [outLinear, activationNone, cacheRows],
  header: () => ({ Result: 'f32' }),
  params: (node) => ({ out_row: 0, lap: 0, ring: 0, out_cols: rowColumns(node) }),
  bindings: { out: 'workspace' },
  workspace: (node) => mul(rowsOf(typeIn(node, 'x')), rowColumns(node) * 4),
  after: [
    {
      ...headsStage,
      header: (node) => ({ ...headsStage.header?.(node), Raw: 'f32' }),
      bindings: { x: 'workspace' },
    },
  ],
};

/** As in wgsl/qkv-heads/out.wgsl; every WebGPU device allows workgroups of 256 threads. */
const WIDEST = 256;
const THREADS = 256;

/** One workgroup computes one head. */
function lanesOfHead(node: KernelInput): Lanes {
  const GROUPS = numberIn(node, 'headWidth') / 4;
  return { LANES: Math.min(32, THREADS / GROUPS), GROUPS };
}

const threadsOfHead = (node: KernelInput) => lanesOfHead(node).LANES * lanesOfHead(node).GROUPS;

const oneStage: Epilogue = {
  parts: (node) => [outHeads, ...placeParts(node, hasUniformNorms(node))],
  header: (node) => ({
    THREADS: `${threadsOfHead(node)}u`,
    ...placeHeader(node),
    ...(hasUniformNorms(node) ? uniformNormsHeader(node) : {}),
  }),
  params: placeParams,
};

/** One per value, and one for the scales of grouped weights. */
const valuesOf = ({ types }: KernelInput) =>
  Object.keys(types).length + (types.weight !== undefined && isGrouped(types.weight.dtype) ? 1 : 0);

/** Whether the norms of heads are bound as uniforms, since there are too few storage buffers for all values. */
const hasUniformNorms = (node: KernelInput) =>
  node.types.k_norm !== undefined && valuesOf(node) > (node.caps.storageBuffers ?? 8);

/** Storage buffers at a time. */
const buffersOf = (node: KernelInput) => valuesOf(node) - (hasUniformNorms(node) ? 2 : 0);

function acceptsHead(node: KernelInput): true | string {
  const width = numberIn(node, 'headWidth');
  const { storageBuffers = 8 } = node.caps;
  if (width < 4 || width > WIDEST || !Number.isInteger(Math.log2(width))) {
    return `needs heads of 4, 8, … ${WIDEST}`;
  }
  if (buffersOf(node) > storageBuffers) return `needs ${buffersOf(node)} buffers at a time`;
  return weightRows(node) === rowColumns(node) ? true : 'needs weights in one piece';
}

const wholeHead = gemv('qkv_heads.gemv', 1, oneStage, lanesOfHead);

export const qkvHeadsKernels: readonly Kernel[] = [
  {
    ...wholeHead,
    accepts: (node) => {
      const answer = wholeHead.accepts?.(node) ?? true;
      return answer === true ? acceptsHead(node) : answer;
    },
  },
  ...matmulKernels('qkv_heads.two', twoStages),
];
