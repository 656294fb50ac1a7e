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

  test('gate and up of the last layers have Q3_K, all other matrices IQ4_XS, the table too', () => {
    const kinds = new Map<string, number>();
    for (const dtype of types.values()) kinds.set(dtype, (kinds.get(dtype) ?? 0) + 1);
    expect([...kinds.keys()].sort()).toEqual(['f32', 'iq4_xs', 'q3_k']);
    const low = [...types].filter(([, dtype]) => dtype === 'q3_k').map(([name]) => name);
    const layersOf = (part: string) =>
      low.flatMap((name) => (name.includes(part) ? [Number(/layers\.(\d+)\.mlp\./.exec(name)?.[1])] : []));
    const last = Array.from({ length: low.length / 2 }, (_, i) => 35 - low.length / 2 + i);
    expect(last.length).toBeGreaterThan(10);
    for (const part of ['gate_proj', 'up_proj']) expect(layersOf(part)).toEqual(last);
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
  expect(of('embed_tokens')).toBe('iq4_nl');
  expect(of('layers.0.self_attn.q_proj')).toBe('iq4_nl');
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
  expect(PROFILES[SMALLEST]).toMatchObject({ inner: 'iq4_xs', ffn: 'q3_k', head: 'iq4_xs' });
});
