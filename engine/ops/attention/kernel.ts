/** Attention that reads the cache in place, split among workgroups where the cache is long. */
import source from '../../../wgsl/attention/blocks.wgsl?raw';
import lanesSource from '../../../wgsl/attention/lanes.wgsl?raw';
import decodeSource from '../../../wgsl/attention/decode.wgsl?raw';
import mergeSource from '../../../wgsl/attention/merge.wgsl?raw';
import end from '../../../wgsl/attention/end.wgsl?raw';
import gate from '../../../wgsl/attention/gate.wgsl?raw';
import gateWide from '../../../wgsl/attention/gate-wide.wgsl?raw';
import gateNone from '../../../wgsl/attention/gate-none.wgsl?raw';
import scoresPart from '../../../wgsl/attention/scores.wgsl?raw';
import valuesKv8 from '../../../wgsl/attention/read/values-kv8.wgsl?raw';
import valuesScalar from '../../../wgsl/attention/read/values-scalar.wgsl?raw';
import valuesVec4 from '../../../wgsl/attention/read/values-vec4.wgsl?raw';
import seesPast from '../../../wgsl/attention/sees-past.wgsl?raw';
import seesSpans from '../../../wgsl/attention/sees-spans.wgsl?raw';
import starts from '../../../wgsl/attention/starts.wgsl?raw';
import startsNone from '../../../wgsl/attention/starts-none.wgsl?raw';
import sinks from '../../../wgsl/attention/sinks.wgsl?raw';
import sinksNone from '../../../wgsl/attention/sinks-none.wgsl?raw';
import writeScalar from '../../../wgsl/attention/write-scalar.wgsl?raw';
import writeVec4 from '../../../wgsl/attention/write-vec4.wgsl?raw';
import { add, ceildiv, type Dim, floordiv, max, min, mul } from '../../symbolic/dim.ts';
import { bounds } from '../../symbolic/relate.ts';
import { rowsOf } from '../../tensor/tensor.ts';
import {
  dimIn,
  type Kernel,
  type KernelInput,
  kernel,
  needsF16,
  numberIn,
  type Stage,
  scalarOf,
  typeIn,
} from '../../kernels/kernel.ts';
import { cacheRowPart, columns, ringParams } from '../../kernels/wgsl-parts.ts';
import {
  group,
  growthHeader,
  heads,
  headSlices as slices,
  headWidth as width,
  kvHeads,
  readKeys,
} from './heads.ts';

/** As in wgsl/attention/blocks.wgsl. */
const THREADS = 128;
const REUSE = 4;
const MOST_QUERIES = 32;
const MOST_BLOCK = 32;
const TILE = 512;
/** Slices (fours) of a head that the tile and the threads have room for. */
const MOST_SLICES = THREADS;

/** As in wgsl/attention/decode.wgsl: more would not fit into workgroup memory. */
const MOST_DECODED = 4;

/** Slices that the registers of a thread have room for in wgsl/attention/lanes.wgsl. */
const MOST_LANE_SLICES = 32;

/** Least cache rows of a split, so that merging costs less than it gains; in decode a whole chunk. */
const ROWS_PER_SPLIT = { decode: 512, blocks: 256 } as const;
/** With 8 key/value heads that is 128 workgroups: enough for the widest GPU. */
const MOST_SPLITS = 16;
/** From this many rows on the rows alone fill a GPU. */
const FEW_ROWS = 8;

const window = (node: KernelInput) => numberIn(node, 'window', 0);
const rows = (node: KernelInput) => rowsOf(typeIn(node, 'q'));
const wide = (node: KernelInput) => width(node) % 4 === 0;

/** First position that the first row attends to, where there is a window. */
const firstSeen = (node: KernelInput) => max(0, add(dimIn(node, 'position'), 1 - window(node)));

/** Queries that read one key/value head. */
const queryCount = (node: KernelInput) => mul(rows(node), group(node));

/** Cache rows of a block: a power of two, so that threads divide them evenly. */
const block = (node: KernelInput) => 2 ** Math.floor(Math.log2(Math.min(MOST_BLOCK, TILE / slices(node))));

/** Queries of one workgroup. */
function queries(node: KernelInput): Dim {
  const lanes = Math.floor(THREADS / slices(node));
  return min(Math.min(MOST_QUERIES, REUSE * lanes), queryCount(node));
}

/** Cache rows that the last row attends to; 0 where they are never split. */
function splitRows(node: KernelInput): Dim {
  if (bounds(rows(node)).max > FEW_ROWS) return 0;
  const seen = add(dimIn(node, 'position'), rows(node));
  return window(node) > 0 ? min(seen, window(node)) : seen;
}

const isDecode = (node: KernelInput) => bounds(rows(node)).max === 1;
const rowsPerSplit = (node: KernelInput) => ROWS_PER_SPLIT[isDecode(node) ? 'decode' : 'blocks'];
const splits = (node: KernelInput) => max(1, min(MOST_SPLITS, floordiv(splitRows(node), rowsPerSplit(node))));

/** 1 where there are two splits or more, else 0. */
const isSplit = (node: KernelInput) => min(1, floordiv(splitRows(node), 2 * rowsPerSplit(node)));

/** Bytes, of f32: beside the slices of v one slice for each split's maximum and sum. */
const workspace = (node: KernelInput) =>
  mul(isSplit(node), rows(node), heads(node), splits(node), (slices(node) + 1) * 16);

/** Workgroups that share them, and the most that one of these takes. */
const decodeWorkgroups = (node: KernelInput) => Math.ceil(group(node) / MOST_DECODED);
const headsPerWorkgroup = (node: KernelInput) => Math.ceil(group(node) / decodeWorkgroups(node));

const shape = (node: KernelInput) => ({
  rows: rows(node),
  heads: heads(node),
  kv_heads: kvHeads(node),
  width: width(node),
  slices: slices(node),
  splits: splits(node),
});

/** How sums become results: divided, opened by a gate, written. */
const resultParts = (node: KernelInput) => [
  wide(node) ? writeVec4 : writeScalar,
  node.types.sinks === undefined ? sinksNone : sinks,
  gatePart(node),
];

function gatePart(node: KernelInput): string {
  if (node.types.gate === undefined) return gateNone;
  return columns(node, 'gate') === columns(node, 'q') ? gateWide : gate;
}

const merge: Stage = {
  source: mergeSource,
  parts: resultParts,
  header: (node) => scalarOf(typeIn(node, 'q')),
  params: shape,
  workgroups: (node) => mul(isSplit(node), rows(node), heads(node)),
};

const readValues = (node: KernelInput) =>
  typeIn(node, 'v').dtype === 'kv8' ? valuesKv8 : wide(node) ? valuesVec4 : valuesScalar;

const parts = (node: KernelInput) => [
  readKeys(node),
  readValues(node),
  ...resultParts(node),
  cacheRowPart(node, 'k'),
  scoresPart,
  node.types.spans === undefined ? seesPast : seesSpans,
  node.types.starts === undefined ? startsNone : starts,
  end,
];

const accepts = (node: KernelInput) =>
  slices(node) > MOST_SLICES ? 'needs heads of at most 512' : needsF16(node, 'q');

const scores = (node: KernelInput) => ({
  position: dimIn(node, 'position'),
  ...ringParams(node, 'k', firstSeen(node)),
  window: window(node),
  scale: numberIn(node, 'scale'),
  softcap: numberIn(node, 'softcap', 0),
});

const laneSlices = (node: KernelInput) => 8 * Math.ceil(slices(node) / 8);
const laneThreads = ({ caps: { subgroupSize = 32 } }: KernelInput) => Math.min(64, Math.max(8, subgroupSize));

function acceptsLanes(node: KernelInput): true | string {
  if (node.caps.variants?.laneAttention !== true) return 'not on';
  if (node.types.spans !== undefined) return 'needs a cache';
  if (laneSlices(node) > MOST_LANE_SLICES) return 'needs heads of at most 128';
  return bounds(rows(node)).min > FEW_ROWS ? needsF16(node, 'q') : `pays off from ${FEW_ROWS + 1} rows`;
}

export const attentionKernels: readonly Kernel[] = [
  kernel('attention.decode', {
    source: decodeSource,
    parts,
    accepts: (node) =>
      isDecode(node) && node.types.spans === undefined ? accepts(node) : 'needs one row on a cache',
    header: (node) => ({ ...growthHeader(node), QUERIES: `${headsPerWorkgroup(node)}u` }),
    params: (node) => {
      const { rows: _, ...heads } = shape(node);
      return { ...heads, ...scores(node) };
    },
    workgroups: (node) => mul(decodeWorkgroups(node), kvHeads(node), splits(node)),
    after: [merge],
    workspace,
  }),
  kernel('attention.lanes', {
    source: lanesSource,
    parts,
    accepts: acceptsLanes,
    header: (node) => ({
      ...growthHeader(node),
      SLICES: `${laneSlices(node)}u`,
      THREADS: `${laneThreads(node)}u`,
    }),
    params: (node) => ({ ...shape(node), ...scores(node), splits: 1 }),
    workgroups: (node) => mul(ceildiv(queryCount(node), laneThreads(node)), kvHeads(node)),
    workspace,
  }),
  kernel('attention.blocks', {
    source,
    parts,
    accepts,
    header: growthHeader,
    params: (node) => ({ ...shape(node), ...scores(node), queries: queries(node), block: block(node) }),
    workgroups: (node) => mul(ceildiv(queryCount(node), queries(node)), kvHeads(node), splits(node)),
    after: [merge],
    workspace,
  }),
];
