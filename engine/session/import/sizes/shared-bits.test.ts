/** How the calibrated size shares bits: within its average, keys and values first, then the last feed-forward blocks. */
import { expect, test } from 'vitest';
import { runPasses } from '../../../graph/passes/index.ts';
import { buildModel } from '../../../models/index.ts';
import type { WeightDType } from '../../../tensor/tensor.ts';
import { bitsOf, PROFILES } from '../../../weights/store/profiles.ts';
import { sharedTypes } from './shared-bits.ts';

const GEMMA3_270M = {
  model_type: 'gemma3_text',
  hidden_size: 640,
  num_hidden_layers: 18,
  num_attention_heads: 4,
  num_key_value_heads: 1,
  head_dim: 256,
  intermediate_size: 2048,
  vocab_size: 262144,
  query_pre_attn_scalar: 256,
  sliding_window: 512,
};
const LLAMA = { model_type: 'llama', head_dim: 64, vocab_size: 1000, tie_word_embeddings: true };
const SMOLLM2_135M = {
  ...LLAMA,
  ...{ hidden_size: 576, num_hidden_layers: 30, intermediate_size: 1536 },
  ...{ num_attention_heads: 9, num_key_value_heads: 3 },
};
/** Queries of more heads than a feed-forward block has columns. */
const WIDE_QUERIES = {
  ...LLAMA,
  ...{ hidden_size: 512, num_hidden_layers: 8, intermediate_size: 512 },
  ...{ num_attention_heads: 32, num_key_value_heads: 2 },
};

function shared(config: object) {
  const { graph, tensors } = buildModel(config, {
    ...{ activations: 'f32', maxChunk: 1, capacity: 1 },
    weights: () => ({ dtype: 'f32' }),
  });
  const types = sharedTypes({ graph, tensors }, PROFILES.calibrated.shared);
  let [bits, weights] = [0, 0];
  for (const { name, shape } of tensors) {
    if (shape.length === 1 || /embed_tokens/.test(name)) continue;
    const size = shape.reduce((n, d) => n * d, 1);
    bits += size * bitsOf((types.get(name) ?? 'm0e4') as 'iq4_nl', shape[1]!);
    weights += size;
  }
  /** The layers whose matrix of this name has 5 bits. */
  const high = (part: string) =>
    [...types]
      .filter(([name, type]) => name.includes(part) && type === 'q5_0')
      .map(([name]) => Number(/layers\.(\d+)\./.exec(name)?.[1]));
  return { types, average: bits / weights, high };
}

test.each([
  ['Gemma 3 270M', GEMMA3_270M, 18, 16],
  ['SmolLM2 135M', SMOLLM2_135M, 30, 26],
] as const)(
  '%s: keys and values get 5 bits, then the last feed-forward blocks',
  (_, config, layers, blocks) => {
    const { types, average, high } = shared(config);
    expect(average).toBeLessThanOrEqual(5);
    expect(average).toBeGreaterThan(4.97);
    for (const part of ['k_proj', 'v_proj']) expect(high(part).length).toBe(layers);
    const last = Array.from({ length: blocks }, (_, i) => layers - blocks + i);
    for (const part of ['gate_proj', 'up_proj']) expect(high(part)).toEqual(last);
    for (const part of ['q_proj', 'o_proj', 'down_proj']) expect(high(part)).toEqual([]);
    expect([...types.keys()].filter((name) => /embed/.test(name))).toEqual([]);
  },
);

test.each([
  ['Gemma 3 270M', GEMMA3_270M],
  ['SmolLM2 135M', SMOLLM2_135M],
])('%s: products are merged as those in M0E4 are', (_, config) => {
  const { types } = shared(config);
  const built = (weights: (tensor: string) => { dtype: WeightDType; group?: number }) => {
    const { graph } = buildModel(config, { activations: 'f32', maxChunk: 1, capacity: 1, weights });
    return runPasses(graph).nodes.map(({ op }) => op);
  };
  const m0e4 = { dtype: 'm0e4', group: 32 } as const;
  const ours = built((tensor) => (types.has(tensor) ? { dtype: types.get(tensor)! } : m0e4));
  expect(ours).toEqual(built(() => m0e4));
});

test('queries come last, and the average holds', () => {
  const { average, high } = shared(WIDE_QUERIES);
  expect(average).toBeLessThanOrEqual(5);
  expect(average).toBeGreaterThan(4.9);
  expect(high('up_proj').length).toBe(8);
  expect(high('q_proj')).not.toContain(0);
  expect(high('q_proj')).toContain(7);
});

test('rows that are no whole blocks keep the type that pads them, and count with their padding', () => {
  const { types, average } = shared({ ...SMOLLM2_135M, intermediate_size: 172 });
  expect([...types.keys()].filter((name) => /down_proj/.test(name))).toEqual([]);
  expect(average).toBeLessThanOrEqual(5);
});
