/**
 * The second half of sampling: chooses the next id by the request's settings, as defined in engine/sampling/sample.ts.
 *
 *   x f32[1,V], maxima f32[1,⌈V/256⌉], sampling u32[1,8] → out u32[1]   {position: Dim}
 *
 * The id is `BROKEN_ID` where a maximum is `BROKEN_MAXIMUM` (engine/sampling/broken.ts).
 */
import finite from '../../../wgsl/lib/finite.wgsl?raw';
import narrow from '../../../wgsl/sample/narrow.wgsl?raw';
import philox from '../../../wgsl/sample/philox.wgsl?raw';
import wide from '../../../wgsl/sample/wide.wgsl?raw';
import sampleSource from '../../../wgsl/sample/sample.wgsl?raw';
import { dimIn, kernel } from '../../kernels/kernel.ts';
import { columns } from '../../kernels/wgsl-parts.ts';
import { BROKEN_ID, BROKEN_MAXIMUM } from '../../sampling/broken.ts';
import { sampleId } from '../../sampling/sample.ts';
import { GREEDY, SAMPLING_WORDS, type Sampling, samplingWords } from '../../sampling/settings.ts';
import type { Dim } from '../../symbolic/dim.ts';
import { evaluate } from '../../symbolic/evaluate.ts';
import { seededRandom } from '../../tensor/random.ts';
import { activation, dimAt, known, sameDim, mismatch } from '../lib/guards.ts';
import type { Op, OpCase } from '../op.ts';
import { BLOCK, checkWordRow, maximaOf, wordRow } from '../penalise/index.ts';

const sampleKernel = kernel('sample.narrow', {
  source: sampleSource,
  parts: () => [finite, wide, philox, narrow],
  params: (node) => ({
    count: columns(node, 'x'),
    blocks: columns(node, 'maxima'),
    position: dimIn(node, 'position'),
  }),
  workgroups: () => 1,
});

export const sample: Op = {
  name: 'sample',
  inputs: ['x', 'maxima', 'sampling'],
  outputs: ['out'],

  infer(inputs, attributes) {
    const { dtype, rows, cols } = activation('sample', inputs, 'x');
    if (dtype !== 'f32') mismatch('sample', 'input x', 'f32', dtype);
    sameDim('sample', 'rows of x', 1, rows);
    const blocks = Math.ceil(known('sample', 'columns of x', cols) / BLOCK);
    sameDim('sample', 'columns of maxima', blocks, activation('sample', inputs, 'maxima').cols);
    checkWordRow('sample', inputs, 'sampling', SAMPLING_WORDS);
    dimAt('sample', attributes, 'position');
    return { out: { dtype: 'u32', shape: [1] } };
  },

  reference({ x, maxima, sampling }, attributes, binding) {
    const broken = maxima!.data.includes(BROKEN_MAXIMUM);
    const position = evaluate(attributes.position as Dim, binding);
    const id = broken ? BROKEN_ID : sampleId(Float32Array.from(x!.data), sampling!.data, position);
    return { out: { shape: [1], data: Uint32Array.of(id) } };
  },

  cases: [
    row('one', 1, {}),
    row('greedy', 3, {}),
    row('greedy', 512, {}),
    row('greedy among equals', 1000, {}, { levels: 3 }),
    row('greedy', 151936, {}),
    row('temperature', 300, { temperature: 1 }),
    row('temperature, more than there is room for', 4099, { temperature: 5 }),
    row('cold', 512, { temperature: 0.05 }),
    row('top-k of equals', 700, { temperature: 1, topK: 5 }, { levels: 4 }),
    row('top-k of few blocks', 600, { temperature: 2, topK: 40 }),
    row('top-k', 32000, { temperature: 0.8, topK: 50 }),
    row('top-k, more than there is room for', 5000, { temperature: 9, topK: 2000 }),
    row('top-p', 512, { temperature: 1, topP: 0.5 }),
    row('top-p of equals', 3000, { temperature: 4, topP: 0.9 }, { levels: 2 }),
    row('top-p, tiny', 512, { temperature: 1, topP: 1e-6 }),
    row('min-p', 512, { temperature: 1.5, minP: 0.1 }),
    row('all', 151936, { temperature: 0.9, topK: 200, topP: 0.95, minP: 0.02 }, { position: 3000 }),
    row('broken, greedy', 700, {}, { broken: 2 }),
    row('broken, sampled', 3000, { temperature: 0.9, topK: 40, topP: 0.9, minP: 0.01 }, { broken: 0 }),
    row('all but top-k', 32000, { temperature: 0.9, topP: 0.9, minP: 0.01, seed: 2 ** 40 + 7 }),
  ],

  kernels: [sampleKernel],
};

interface Extras {
  /** Number of distinct logits. */
  readonly levels?: number;
  readonly position?: number;
  /** The block that has a logit that is not finite. */
  readonly broken?: number;
}

function row(name: string, vocab: number, some: Partial<Sampling>, extras: Extras = {}): OpCase {
  const { levels, position = 5, broken } = extras;
  const random = seededRandom(vocab + name.length);
  const x = Float32Array.from({ length: vocab }, () => {
    const value = (random() + random() + random()) * 8 - 12;
    return levels === undefined ? value : Math.floor(random() * levels);
  });
  const maxima = maximaOf(x).data;
  if (broken !== undefined) maxima[broken] = BROKEN_MAXIMUM;
  return {
    name: `${name}, vocabulary ${vocab}`,
    inputs: {
      x: { dtype: 'f32', shape: [1, vocab] },
      maxima: { dtype: 'f32', shape: [1, Math.ceil(vocab / BLOCK)] },
      sampling: wordRow(SAMPLING_WORDS),
    },
    attributes: { position },
    binding: {},
    given: { x, maxima, sampling: samplingWords({ ...GREEDY, seed: 11, ...some }) },
  };
}
