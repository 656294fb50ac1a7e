/**
 * What Gemma 4 E2B costs in its published size, counted without a GPU: shared keys and values have no cache, and the table of
 * per-layer embeddings stays in the store. Sizes: google/gemma-4-E2B-it, config.json, the text part.
 */
import { describe, expect, it } from 'vitest';
import type { CacheForm, ModelOptions } from '../models/index.ts';
import { evaluate } from '../symbolic/evaluate.ts';
import { byteSize } from '../tensor/tensor.ts';
import { GEMMA4_E2B } from '../testing/large/configs.ts';
import { gpuCost } from '../testing/large/gpu-cost.ts';
import { feedsState } from './program/prefill-prune.ts';

const CAPACITY = 4096;
const REACH = 1024;

type Weights = ModelOptions['weights'];
const isEnd = (tensor: string) => tensor === 'model.embed_tokens.weight';
const FORMS: Readonly<Record<string, Weights>> = {
  'm0e4+q8-head': (tensor) => ({ dtype: isEnd(tensor) ? 'q8' : 'm0e4', group: 32 }),
  'Q4_0, embedding Q6_K': (tensor) => ({ dtype: isEnd(tensor) ? 'q6_k' : 'q4_0' }),
  'Q3_K, embedding Q6_K': (tensor) => ({ dtype: isEnd(tensor) ? 'q6_k' : 'q3_k' }),
  // As llama.cpp mixes it: what is added to the stream has more bits.
  'Q2_K mixed, embedding Q6_K': (tensor) => ({
    dtype: isEnd(tensor) ? 'q6_k' : /o_proj|down_proj|v_proj/.test(tensor) ? 'q3_k' : 'q2_k',
  }),
};

const costOf = (weights: Weights, cache: CacheForm) =>
  gpuCost(GEMMA4_E2B, { weights, cache, activations: 'f32', capacity: CAPACITY, reach: REACH });

describe('Gemma 4 E2B, text', () => {
  const cost = costOf(FORMS['m0e4+q8-head']!, 'plain');

  it('has the parameters of the published model', () => {
    const count = (pick: (name: string) => boolean) =>
      cost.tensors
        .filter(({ name }) => pick(name))
        .reduce((sum, { shape }) => sum + shape.reduce((n, d) => n * d, 1), 0);
    expect(count((name) => name.includes('per_layer') && name.includes('embed'))).toBe(262144 * 8960);
    expect(count(() => true)).toBe(4_628_569_379);
    // Keys and values of shared layers are not read.
    expect(cost.tensors.some(({ name }) => /layers\.15\..*[kv]_/.test(name))).toBe(false);
  });

  it('takes ten dispatches a layer, eleven where a head is wider than a workgroup; three before and four after', () => {
    expect(cost.inLayer(0)).toBe(10);
    expect(cost.inLayer(15)).toBe(10);
    expect(cost.inLayer(4)).toBe(11);
    // An embedding of Q8 is in four pieces on a phone: it and the head run once for each.
    expect(cost.early).toBe(10 * 28 + 11 * 7 + 3 + 4 + 1 + 2 * 3);
  });

  it('keeps keys and values of 15 layers, three of them for every position', () => {
    const row = 2 * 4;
    expect(cost.cache).toBe(row * (12 * (512 + REACH) * 256 + 3 * CAPACITY * 512) + samplerBytes(cost.graph));
  });

  it('a chunk in the middle of a prompt skips the layers that share: nothing that lasts depends on them', () => {
    const feeding = feedsState(cost.graph);
    const last = cost.graph.nodes.findLast((_, i) => feeding[i] === true)!;
    expect(last.name).toMatch(/^layers\.14\./);
  });

  it('a token moves one row of the table', () => {
    expect(cost.page).toBe((8960 / 32) * (16 + 4));
  });

  it.each([
    ['m0e4+q8-head', 'plain', 1.75],
    ['m0e4+q8-head', 'q8', 1.7],
    ['Q4_0, embedding Q6_K', 'q8', 1.45],
    ['Q3_K, embedding Q6_K', 'plain', 1.3],
    ['Q3_K, embedding Q6_K', 'q8', 1.21],
    ['Q2_K mixed, embedding Q6_K', 'plain', 1.2],
  ] as const)('%s, cache %s: at most %f GB at 4,096 tokens', (form, cache, most) => {
    const { total } = costOf(FORMS[form]!, cache);
    if (process.env.ENGINE_TABLE === '1') process.stdout.write(`${form} | ${cache} | ${total}\n`);
    expect(total / 1e9).toBeLessThanOrEqual(most);
  });
});

/** States of the sampler are no keys and values. */
function samplerBytes(graph: ReturnType<typeof costOf>['graph']): number {
  return graph.values
    .filter(({ name, origin }) => origin.kind === 'state' && !name.endsWith('_cache'))
    .reduce((sum, { type }) => sum + evaluate(byteSize(type), { C: CAPACITY }), 0);
}
