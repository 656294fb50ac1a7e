/**
 * The smallest size: Gemma 4 E2B, from its own config, takes at most 1.2 GB on the GPU at 4,096 tokens, and its table stays in
 * the store.
 */
import { beforeAll, describe, expect, test } from 'vitest';
import { buildModel } from '../../../models/index.ts';
import { hasGroup, type WeightDType } from '../../../tensor/tensor.ts';
import { GEMMA4_E2B, QWEN35_08B } from '../../../testing/large/configs.ts';
import { generatedCheckpoint } from '../../../testing/large/generated-checkpoint.ts';
import { gpuCost } from '../../../testing/large/gpu-cost.ts';
import { STORE_GROUP } from '../../../weights/import/convert.ts';
import { PROFILES, SMALLEST } from '../../../weights/store/profiles.ts';
import { REACH } from '../../limits.ts';
import { openSource } from '../import-source.ts';
import { previewModel } from '../preview.ts';
import { matrixRoles } from './matrix-roles.ts';

/** The types that an import of the config's model stores, tensor by tensor. */
async function storedTypes(config: object, weights = SMALLEST) {
  const { tensors } = await openSource(generatedCheckpoint(config), weights, undefined);
  return new Map(tensors.map(({ name, dtype }) => [name, dtype]));
}

describe('Gemma 4 E2B', () => {
  let types: Map<string, WeightDType>;
  beforeAll(async () => {
    types = await storedTypes(GEMMA4_E2B);
  });

  // Its activations are f32, since they exceed f16.
  test.each([
    ['q8', 1.2],
    ['plain', 1.26],
  ] as const)('cache %s: at most %f GB of the GPU', (cache, most) => {
    const {
      total,
      weights,
      cache: kept,
      beside,
    } = gpuCost(GEMMA4_E2B, {
      activations: 'f32',
      cache,
      capacity: 4096,
      reach: REACH,
      weights: (tensor) => {
        const dtype = types.get(tensor)!;
        return { dtype, ...(hasGroup(dtype) ? { group: STORE_GROUP } : {}) };
      },
    });
    if (process.env.ENGINE_TABLE === '1')
      process.stdout.write(`${SMALLEST} | ${cache} | ${weights} | ${kept} | ${beside} | ${total}\n`);
    expect(total / 1e9).toBeLessThanOrEqual(most);
  });

  test('feed-forward blocks have 3 bits, embedding and head 5, all others 4, the table too', () => {
    const kinds = new Map<string, number>();
    for (const dtype of types.values()) kinds.set(dtype, (kinds.get(dtype) ?? 0) + 1);
    expect(kinds.get('q3_k')).toBe(3 * 35);
    expect(kinds.get('q5_k')).toBe(1);
    expect([...kinds.keys()].sort()).toEqual(['f32', 'q3_k', 'q4_k', 'q5_k']);
    for (const [name, dtype] of types) if (dtype === 'q3_k') expect(name).toMatch(/\.mlp\./);
    expect(types.get('model.embed_tokens_per_layer.weight')).toBe('q4_k');
  });

  test('is offered in it, below the size that an import makes by itself', async () => {
    const { sizes } = await previewModel(generatedCheckpoint(GEMMA4_E2B));
    expect(sizes.map(({ weights }) => weights)).toEqual([SMALLEST, 'calibrated', 'u6+q8-head', 'q8']);
    const [smallest, small] = sizes.map(({ bytes }) => bytes / 1e9);
    expect(smallest).toBeLessThan(2.5);
    expect(smallest! / small!).toBeLessThan(0.8);
  });
});

test('a small model is not offered in it', async () => {
  const { sizes } = await previewModel(generatedCheckpoint(QWEN35_08B));
  expect(sizes.map(({ weights }) => weights)).not.toContain(SMALLEST);
});

test('rows that are no whole blocks of 256 are in smaller ones that are about as exact', async () => {
  const SMOLLM2_135M = {
    model_type: 'llama',
    hidden_size: 576,
    num_hidden_layers: 1,
    num_attention_heads: 9,
    num_key_value_heads: 3,
    intermediate_size: 1536,
    vocab_size: 49152,
    tie_word_embeddings: true,
  };
  const types = await storedTypes(SMOLLM2_135M);
  const of = (name: string) => types.get(`model.${name}.weight`);
  expect(of('embed_tokens')).toBe('u5_f16_32');
  expect(of('layers.0.self_attn.q_proj')).toBe('u4_f16_32');
  expect(of('layers.0.mlp.up_proj')).toBe('u3_f16_32');
  expect(of('layers.0.mlp.down_proj')).toBe('q3_k');
});

test('roles are those of the graph: every feed-forward block of a model, and nothing beside', () => {
  const { graph, tensors } = buildModel(GEMMA4_E2B, {
    activations: 'f32',
    weights: () => ({ dtype: 'f32' }),
    maxChunk: 1,
    capacity: 1,
  });
  const roles = matrixRoles(graph);
  for (const { name, kind } of tensors) {
    if (kind === 'vector') continue;
    const want = /\.mlp\.(?:gate|up|down)_proj\./.test(name)
      ? 'ffn'
      : /\.embed_tokens\./.test(name)
        ? 'ends'
        : undefined;
    expect(roles.get(name), name).toBe(want);
  }
  expect(PROFILES[SMALLEST]).toMatchObject({ inner: 'q4_k', ffn: 'q3_k', head: 'q5_k' });
});
