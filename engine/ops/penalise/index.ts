/**
 * The first half of sampling: applies the repetition penalty and the mask, and finds the maximum of each block of 256
 * logits, by which the second half (`sample`) finds its candidates.
 *
 *   x act[1,V], sampling u32[1,8], history u32[1,C], mask u32[1,M] → out f32[1,V], maxima f32[1,⌈V/256⌉]   {tokens: Dim}
 *
 * Logits of the ids in history[0 … tokens) are penalised. engine/sampling/settings.ts defines the words of `sampling`,
 * engine/sampling/mask.ts those of `mask`. A logit that is not finite becomes −f32 max, and the maximum of its block
 * `BROKEN_MAXIMUM` (engine/sampling/broken.ts), also where the mask excludes it.
 */
import finite from '../../../wgsl/lib/finite.wgsl?raw';
import penaliseSource from '../../../wgsl/penalise/penalise.wgsl?raw';
import { dimIn, kernel, needsF16, scalarOf, typeIn } from '../../kernels/kernel.ts';
import { columns } from '../../kernels/wgsl-parts.ts';
import { type Mask, MASK_WORDS, maskOfWords, maskWords, NO_MASK } from '../../sampling/mask.ts';
import { BROKEN_MAXIMUM } from '../../sampling/broken.ts';
import { MIN_LOGIT, withMask, withRepetitionPenalty } from '../../sampling/sample.ts';
import { GREEDY, SAMPLING_WORDS, type Sampling, samplingWords } from '../../sampling/settings.ts';
import type { Dim } from '../../symbolic/dim.ts';
import { evaluate } from '../../symbolic/evaluate.ts';
import type { TensorType } from '../../tensor/tensor.ts';
import { activation, dimAt, known, sameDim, typeOf, mismatch } from '../lib/guards.ts';
import type { Op, OpCase } from '../op.ts';
import type { Types } from '../../tensor/signature.ts';

/** Logits per maximum. */
export const BLOCK = 256;

const penaliseKernel = kernel('penalise.block', {
  source: penaliseSource,
  parts: () => [finite],
  accepts: (node) => needsF16(node, 'x'),
  header: (node) => scalarOf(typeIn(node, 'x')),
  params: (node) => ({ count: columns(node, 'x'), tokens: dimIn(node, 'tokens') }),
  workgroups: (node) => columns(node, 'maxima'),
});

export const penalise: Op = {
  name: 'penalise',
  inputs: ['x', 'sampling', 'history', 'mask'],
  outputs: ['out', 'maxima'],

  infer(inputs, attributes) {
    const { rows, cols } = activation('penalise', inputs, 'x');
    sameDim('penalise', 'rows of x', 1, rows);
    checkWordRow('penalise', inputs, 'sampling', SAMPLING_WORDS);
    checkWordRow('penalise', inputs, 'history');
    checkWordRow('penalise', inputs, 'mask', MASK_WORDS);
    dimAt('penalise', attributes, 'tokens');
    const blocks = Math.ceil(known('penalise', 'columns of x', cols) / BLOCK);
    return { out: { dtype: 'f32', shape: [1, cols] }, maxima: { dtype: 'f32', shape: [1, blocks] } };
  },

  reference({ x, sampling, history, mask }, attributes, binding) {
    const seen = history!.data.subarray(0, evaluate(attributes.tokens as Dim, binding));
    const given = Float32Array.from(x!.data);
    const penalised = withRepetitionPenalty(given, sampling!.data, seen);
    const out = withMask(penalised, maskOfWords(mask!.data)).map((value, id) =>
      Number.isFinite(given[id]) ? value : MIN_LOGIT,
    );
    const maxima = maximaOf(out);
    given.forEach((value, id) => {
      if (!Number.isFinite(value)) maxima.data[Math.floor(id / BLOCK)] = BROKEN_MAXIMUM;
    });
    return { out: { shape: x!.shape, data: out }, maxima };
  },

  cases: [
    row('greedy', 300, GREEDY, 0),
    row('one', 1, { ...GREEDY, repetitionPenalty: 2 }, 1),
    row('penalty', 513, { ...GREEDY, repetitionPenalty: 1.3 }, 700),
    row('stories260K', 512, { ...GREEDY, temperature: 1, repetitionPenalty: 0.5 }, 40),
    row('Qwen3', 151936, { ...GREEDY, repetitionPenalty: 1.1 }, 300),
    row('some ids banned', 513, GREEDY, 0, { ids: [0, 255, 256, 300, 512, 600], only: false }),
    row('few ids allowed', 513, GREEDY, 0, { ids: [7, 512], only: true }),
    ...[Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY].map((value) => broken(value)),
    row('penalty, many banned', 9000, { ...GREEDY, repetitionPenalty: 1.3 }, 40, {
      ids: Array.from({ length: MASK_WORDS - 2 }, (_, i) => 2 * i),
      only: false,
    }),
  ],

  kernels: [penaliseKernel],
};

/** f32[1, ⌈V / 256⌉] of f32[V]. */
export function maximaOf(x: Float32Array) {
  const blocks = Math.ceil(x.length / BLOCK);
  const data = Float32Array.from({ length: blocks }, (_, b) =>
    Math.max(...x.subarray(b * BLOCK, (b + 1) * BLOCK)),
  );
  return { shape: [1, blocks], data };
}

/** Checks a row of u32, of `length` words where it is given. */
export function checkWordRow(op: string, inputs: Types, name: string, length?: number): void {
  const { dtype, shape } = typeOf(op, inputs, name);
  const [rows, cols] = shape;
  if (dtype !== 'u32' || rows !== 1) mismatch(op, `input ${name}`, 'u32[1, …]', dtype);
  if (length !== undefined) sameDim(op, `columns of ${name}`, length, cols as Dim);
}

/** The type of a row of `n` u32 words. */
export function wordRow(n: Dim): TensorType {
  return { dtype: 'u32', shape: [1, n] };
}

function row(name: string, vocab: number, sampling: Sampling, tokens: number, mask: Mask = NO_MASK): OpCase {
  const length = Math.max(1, tokens + 3);
  return {
    name: `${name}, vocabulary ${vocab}`,
    inputs: {
      x: { dtype: 'f32', shape: [1, vocab] },
      sampling: wordRow(SAMPLING_WORDS),
      history: wordRow(length),
      mask: wordRow(MASK_WORDS),
    },
    attributes: { tokens },
    binding: {},
    given: {
      sampling: samplingWords(sampling),
      history: Uint32Array.from({ length }, (_, i) => (i * 7919) % (vocab + 5)),
      mask: paddedMask(mask),
    },
  };
}

function paddedMask(mask: Mask): Uint32Array {
  const words = new Uint32Array(MASK_WORDS);
  words.set(maskWords(mask));
  return words;
}

/** Logits of which one is not finite: an id that the mask excludes, and that the penalty is applied to. */
function broken(value: number): OpCase {
  const sampling = { ...GREEDY, repetitionPenalty: 1.5 };
  const made = row(`one is ${value}`, 600, sampling, 40, { ids: [300, 301], only: false });
  const x = Float32Array.from({ length: 600 }, (_, i) => (i === 300 ? value : (i * 7) % 100));
  const history = Uint32Array.from({ length: 43 }, (_, i) => 299 + (i % 3));
  return { ...made, given: { ...made.given, x, history } };
}
