/** The worth of cache rows: sums of softmax weights by query, then the largest weight of each row. */
import scores from '../../../wgsl/attention/scores.wgsl?raw';
import starts from '../../../wgsl/attention/starts.wgsl?raw';
import startsNone from '../../../wgsl/attention/starts-none.wgsl?raw';
import totalsSource from '../../../wgsl/worth/totals.wgsl?raw';
import worthSource from '../../../wgsl/worth/worth.wgsl?raw';
import {
  dimIn,
  type Kernel,
  kernel,
  type KernelInput,
  needsF16,
  numberIn,
  typeIn,
} from '../../kernels/kernel.ts';
import { ceildiv, mul } from '../../symbolic/dim.ts';
import { rowsOf } from '../../tensor/tensor.ts';
import { group, growthHeader, headSlices, headWidth, heads, kvHeads, readKeys } from '../attention/heads.ts';

/** As in wgsl/worth/. */
const THREADS = 64;
const EACH = 4;

const rows = (node: KernelInput) => rowsOf(typeIn(node, 'q'));

const shared = {
  parts: (node: KernelInput) => [
    readKeys(node),
    scores,
    node.types.starts === undefined ? startsNone : starts,
  ],
  header: growthHeader,
  params: (node: KernelInput) => ({
    rows: rows(node),
    heads: heads(node),
    kv_heads: kvHeads(node),
    width: headWidth(node),
    slices: headSlices(node),
    position: dimIn(node, 'position'),
    scale: numberIn(node, 'scale'),
    softcap: numberIn(node, 'softcap', 0),
  }),
};

export const worthKernels: readonly Kernel[] = [
  kernel('worth.rows', {
    ...shared,
    source: totalsSource,
    accepts: (node) => needsF16(node, 'q'),
    workgroups: (node) => mul(ceildiv(mul(rows(node), group(node)), EACH), kvHeads(node)),
    after: [
      {
        ...shared,
        source: worthSource,
        workgroups: (node) => mul(ceildiv(dimIn(node, 'position'), THREADS), kvHeads(node)),
      },
    ],
    workspace: (node) => mul(rows(node), heads(node), 8),
  }),
];
