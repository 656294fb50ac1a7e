/** Logits to the next id in two dispatches. Meaning: graph/ops/penalise.ts and sample.ts. */
import narrow from '../../wgsl/lib/narrow.wgsl?raw';
import philox from '../../wgsl/lib/philox.wgsl?raw';
import wide from '../../wgsl/lib/wide.wgsl?raw';
import penaliseSource from '../../wgsl/penalise.wgsl?raw';
import sampleSource from '../../wgsl/sample.wgsl?raw';
import { dimIn, type Kernel, kernel, needsF16, scalarOf, typeIn } from './kernel.ts';
import { columns } from './parts.ts';

const penalise = kernel('penalise.block', {
  source: penaliseSource,
  accepts: (node) => needsF16(node, 'x'),
  header: (node) => scalarOf(typeIn(node, 'x')),
  params: (node) => ({ count: columns(node, 'x'), tokens: dimIn(node, 'tokens') }),
  workgroups: (node) => columns(node, 'maxima'),
});

const sample = kernel('sample.narrow', {
  source: sampleSource,
  parts: () => [wide, philox, narrow],
  params: (node) => ({
    count: columns(node, 'x'),
    blocks: columns(node, 'maxima'),
    position: dimIn(node, 'position'),
  }),
  workgroups: () => 1,
});

export const samplingKernels: Readonly<Record<string, readonly Kernel[]>> = {
  penalise: [penalise],
  sample: [sample],
};
