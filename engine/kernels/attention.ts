/** Attention with the cache read in place. Meaning: graph/ops/attention.ts. */
import source from '../../wgsl/attention.wgsl?raw';
import { mul } from '../symbolic/dim.ts';
import { rowsOf } from '../tensor/tensor.ts';
import {
  dimIn,
  type Kernel,
  type KernelInput,
  kernel,
  needsF16,
  numberIn,
  scalarOf,
  typeIn,
} from './kernel.ts';
import { columns } from './parts.ts';

const heads = (node: KernelInput) => columns(node, 'q') / numberIn(node, 'headWidth');

export const attentionKernels: readonly Kernel[] = [
  kernel('attention.row', {
    source,
    accepts: (node) => {
      const width = numberIn(node, 'headWidth');
      if (width % 4 !== 0 || width > 256) return 'needs a head width that is a multiple of 4, up to 256';
      return needsF16(node, 'q');
    },
    header: (node) => scalarOf(typeIn(node, 'q')),
    params: (node) => ({
      rows: rowsOf(typeIn(node, 'q')),
      heads: heads(node),
      kv_heads: columns(node, 'k') / numberIn(node, 'headWidth'),
      slices: numberIn(node, 'headWidth') / 4,
      position: dimIn(node, 'position'),
      window: numberIn(node, 'window', 0),
      scale: numberIn(node, 'scale'),
      softcap: numberIn(node, 'softcap', 0),
    }),
    workgroups: (node) => mul(rowsOf(typeIn(node, 'q')), heads(node)),
  }),
];
