/**
 * Properties of all families, tested on tiny models; `conformance/families.test.ts` compares their numbers with
 * llama.cpp.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, it, test } from 'vitest';
import { describeWithAssets, onDemand } from '../../scripts/testing/assets.ts';
import { interpreter } from '../graph/interpret.ts';
import { PASSES, runPasses } from '../graph/passes/index.ts';
import { planMemory } from '../graph/plan.ts';
import type { Graph } from '../graph/graph.ts';
import { ringsOf } from '../graph/rings.ts';
import { print } from '../symbolic/dim.ts';
import { buildModel, type ModelOptions } from './index.ts';
import { FALCON_H1_05B } from '../testing/large/configs.ts';
import { EACH_KIND, TINY_FAMILIES, tinyFamilyTensors } from '../testing/tiny-families.ts';

const f32: ModelOptions = {
  activations: 'f32',
  weights: () => ({ dtype: 'f32' }),
  maxChunk: 16,
  capacity: 32,
};

/** Logits after 7 tokens at once, and after 2 more one by one. */
function threeRows(graph: Graph, tensors: ReturnType<typeof tinyFamilyTensors>): number[] {
  const cpu = interpreter(graph, (name) => tensors[name]!, 32);
  const ids = [1, 5, 16, 0, 9, 3, 3, 11, 36];
  let slot = 0;
  const run = (from: number, to: number) => {
    const slots = { R: slot, W: 1 - slot };
    slot = slots.W;
    const part = { shape: [to - from], data: Uint32Array.from(ids.slice(from, to)) };
    return [...cpu.run({ ids: part }, { S: to - from, P: from, C: 32, ...slots }).logits!.data];
  };
  return [run(0, 7), run(7, 8), run(8, 9)].flat();
}

function furthest(a: readonly number[], b: readonly number[]): number {
  return a.reduce((most, x, i) => Math.max(most, Math.abs(x - b[i]!)), 0);
}

describe.each(TINY_FAMILIES)('$name', (family) => {
  const model = buildModel(family.config, f32);

  it('means the same without passes, with all of them, and without each', () => {
    const tensors = tinyFamilyTensors(family);
    const expected = threeRows(model.graph, tensors);
    const isDue = onDemand === undefined || EACH_KIND.includes(family.name);
    for (const off of [[], ...PASSES.filter(() => isDue).map((pass) => [pass.name])]) {
      const rows = threeRows(runPasses(model.graph, { off }), tensors);
      // Fusing removes f32 roundings between nodes; logits here are around 10.
      expect(furthest(rows, expected), `without ${off}`).toBeLessThan(1e-4);
    }
  });

  it('has five dispatches a layer, one more for each of: a carried state, a norm beyond a head, a norm by groups; two for numbers beside the stream', () => {
    const layerOf = (graph: Graph, layer = 1) =>
      graph.nodes.filter((node) => node.name.startsWith(`layers.${layer}.`));
    const norms = layerOf(model.graph).filter((node) => node.op === 'rmsnorm');
    // Norms of a block's input and of heads are fused.
    const unfused = norms.filter(({ name }) => name.endsWith('_after')).length;
    // Of q and k as whole rows, both in one dispatch.
    const rows = norms.some(
      ({ name, attributes: a }) => name.endsWith('.q_norm') && a.headWidth === undefined,
    );
    const graph = runPasses(model.graph);
    // A carried state takes four dispatches where attention takes three; beside it, both.
    const ops = layerOf(model.graph).map((node) => node.op);
    const mixers =
      4 * Number(ops.includes('scan')) + 3 * Number(!ops.includes('scan') || ops.includes('attention'));
    const inputs = layerOf(model.graph).some(({ name }) => name.endsWith('.input_gate'));
    // The norm of a scan's result is a dispatch of its own where it is by groups of columns.
    const grouped = Number(
      norms.some(({ name, attributes: a }) => name.endsWith('.scan_norm') && a.headWidth !== undefined),
    );
    const expected = 2 + mixers + unfused + Number(rows) + 2 * Number(inputs) + grouped;
    expect(layerOf(graph).map((node) => node.op)).toHaveLength(expected);
    // A layer that reads the keys and values of another.
    const last = layerOf(graph, model.layers - 1);
    if (inputs) expect(last.map((node) => node.op)).toHaveLength(expected);
    expect(planMemory(graph).slots.length).toBeLessThanOrEqual(7 + grouped);
  });
});

describe('refused configs', () => {
  const refused: [what: string, family: string, change: object, where: string][] = [
    ['a rope that is not known', 'qwen3', { rope_scaling: { rope_type: 'mrope' } }, 'rope_scaling.rope_type'],
    ['a rope named like a method', 'qwen3', { rope_scaling: { type: 'toString' } }, 'rope_scaling.rope_type'],
    ['another activation', 'gemma2', { hidden_activation: 'relu' }, 'hidden_activation'],
    ['vectors of a model that writes', 'qwen3', { sentence_transformers: {} }, 'sentence_transformers'],
    [
      'a kind of layer that is not known',
      'qwen2',
      { use_sliding_window: true, layer_types: ['a', 'b', 'c'] },
      'layer_types',
    ],
    ['layer norms', 'chatglm', { rmsnorm: false }, 'rmsnorm'],
    [
      'another residual',
      'chatglm',
      { apply_residual_connection_post_layernorm: true },
      'apply_residual_connection_post_layernorm',
    ],
    ['a bias of the head', 'phi3', { lm_head_bias: true }, 'lm_head_bias'],
    [
      'too few factors',
      'phi-3.5',
      { rope_scaling: { type: 'longrope', short_factor: [1], long_factor: [1] } },
      'long_factor',
    ],
    ['half a pair', 'phi-4-mini', { partial_rotary_factor: 0.3 }, 'partial_rotary_factor'],
    ['no layer for a list', 'smollm3', { no_rope_layers: [1, 0] }, 'no_rope_layers'],
    ['a base below 0', 'granite-swa', { layer_rope_theta: [0, 1, 1, -1, 1] }, 'layer_rope_theta'],
    ['a kind of layer of another family', 'lfm3', { layer_types: new Array(5).fill('mamba') }, 'layer_types'],
    ['biases of attention', 'lfm3', { attention_bias: true }, 'attention_bias'],
    ['experts', 'gemma4', { enable_moe_block: true }, 'enable_moe_block'],
    ['keys that are values too', 'gemma4', { attention_k_eq_v: true }, 'attention_k_eq_v'],
    ['nothing to share for a kind of layer', 'gemma4', { num_kv_shared_layers: 4 }, 'num_kv_shared_layers'],
  ];
  test.each(refused)('%s: %s', (_what, name, change, where) => {
    const { config } = TINY_FAMILIES.find((family) => family.name === name)!;
    expect(() => buildModel({ ...config, ...change }, { ...f32, capacity: 256 })).toThrow(
      expect.objectContaining({ who: 'config.json', where }),
    );
  });
});

describe('windows and ropes by layer', () => {
  const attributes = (name: string, key: 'window' | 'softcap', more: object = {}) => {
    const { config } = TINY_FAMILIES.find((family) => family.name === name)!;
    const { nodes } = buildModel({ ...config, ...more }, f32).graph;
    return nodes.flatMap((node) => (node.op === 'attention' ? [node.attributes[key]] : []));
  };

  it('of Gemma 2: every other layer', () => {
    expect(attributes('gemma2', 'window')).toEqual([4, undefined, 4]);
    expect(attributes('gemma2', 'softcap')).toEqual([2, 2, 2]);
  });

  it('of Gemma 3: five to one, or by layer_types', () => {
    expect(attributes('gemma3', 'window')).toEqual([4, 4, 4, 4, 4, undefined, 4]);
    const types = ['full_attention', ...new Array(6).fill('sliding_attention')];
    expect(attributes('gemma3', 'window', { layer_types: types })).toEqual([undefined, 4, 4, 4, 4, 4, 4]);
  });

  it('of Qwen2: the layers from max_window_layers on, if enabled', () => {
    const more = { sliding_window: 6, max_window_layers: 2 };
    expect(attributes('qwen2', 'window', more)).toEqual([undefined, undefined, undefined]);
    const used = attributes('qwen2', 'window', { ...more, use_sliding_window: true });
    expect(used).toEqual([undefined, undefined, 6]);
  });

  it('of SmolLM3: the layers without rotation, or by layer_types, if enabled', () => {
    const more = { sliding_window: 6 };
    expect(attributes('smollm3', 'window', more)).toEqual(new Array(5).fill(undefined));
    const used = { ...more, use_sliding_window: true };
    expect(attributes('smollm3', 'window', used)).toEqual([...new Array(3).fill(undefined), 6, undefined]);
    expect(attributes('smollm3', 'window', { ...used, no_rope_layers: [0, 1, 0, 1, 0] })).toEqual([
      6,
      undefined,
      6,
      undefined,
      6,
    ]);
    const layer_types = ['sliding_attention', ...new Array(4).fill('full_attention')];
    expect(attributes('smollm3', 'window', { ...used, layer_types })).toEqual([
      6,
      ...new Array(4).fill(undefined),
    ]);
  });

  it('of Granite with sinks: a base for each layer, windows but in every fourth', () => {
    const { config } = TINY_FAMILIES.find((family) => family.name === 'granite-swa')!;
    const more = { layer_types: null, layer_rope_theta: [0, 500, 500, 10000, 0] };
    expect(attributes('granite-swa', 'window', more)).toEqual([undefined, 4, 4, 4, undefined]);
    const { nodes, values } = buildModel({ ...config, ...more }, f32).graph;
    const turns = nodes.filter(({ name }) => name.endsWith('.q_rope'));
    expect(turns.map((node) => node.attributes.rotary)).toEqual([0, 24, 24, 24, 0]);
    const second = turns.map(({ inputs }) => {
      const { origin } = values[inputs.table!]!;
      return origin.kind === 'constant' ? origin.table.frequencies[1] : undefined;
    });
    const [low, high] = [500 ** (-1 / 12), 10000 ** (-1 / 12)];
    expect(second).toEqual([low, low, low, high, low]);
  });

  it('of LFM3: by default two of four layers attend, one with a window; gates and norms after blocks can be off', () => {
    const { config } = TINY_FAMILIES.find((family) => family.name === 'lfm3')!;
    const { layer_types: _, rope_parameters: __, ...rest } = config;
    const { graph, tensors } = buildModel({ ...rest, num_hidden_layers: 8 }, f32);
    const kinds = graph.nodes.flatMap(({ op, attributes: a }) =>
      op === 'attention' ? [a.window] : op === 'short_conv' ? ['conv'] : [],
    );
    expect(kinds).toEqual(['conv', 'conv', undefined, 'conv', 4, 'conv', undefined, 'conv']);
    const named = (part: string, of = tensors) => of.filter(({ name }) => name.includes(part)).length;
    expect([named('self_attn.gate_proj'), named('.post_')]).toEqual([3, 16]);
    const off = buildModel({ ...config, use_sandwich_norm: false, use_attention_gate: false }, f32);
    expect([named('gate_proj', off.tensors), named('.post_', off.tensors)]).toEqual([0, 0]);
    const table = graph.values.find(({ name }) => name === 'rope')!.origin;
    const frequencies = table.kind === 'constant' ? table.table.frequencies : [];
    expect(frequencies.slice(7)).toEqual([1e6 ** (-7 / 16), ...new Array(8).fill(0)]);
  });

  it('of Gemma 3 with the keys of transformers 5', () => {
    const { config } = TINY_FAMILIES.find((family) => family.name === 'gemma3')!;
    const { rope_theta: _, rope_scaling: __, rope_local_base_freq: ___, ...rest } = config;
    const rope_parameters = {
      full_attention: { rope_type: 'linear', factor: 8, rope_theta: 1000000 },
      sliding_attention: { rope_type: 'default', rope_theta: 10000 },
    };
    const tables = (given: object) =>
      buildModel(given, f32).graph.values.flatMap((v) =>
        v.origin.kind === 'constant' ? [v.origin.table] : [],
      );
    expect(tables({ ...rest, rope_parameters })).toEqual(tables(config));
  });

  it('of Gemma 3 with images: the text part, under its own names', () => {
    const { config } = TINY_FAMILIES.find((family) => family.name === 'gemma3')!;
    const alone = buildModel(config, f32);
    const beside = buildModel({ model_type: 'gemma3', text_config: config, vision_config: {} }, f32);
    expect(beside.tensors.map((t) => t.name)).toEqual(
      alone.tensors.map((t) => t.name.replace(/^model\./, 'language_model.model.')),
    );
    expect(beside.graph.nodes.map((node) => node.attributes)).toEqual(
      alone.graph.nodes.map((node) => node.attributes),
    );
    // As in google/gemma-3-4b-it.
    const published = {
      hidden_size: 2560,
      intermediate_size: 10240,
      num_hidden_layers: 34,
      sliding_window: 1024,
      rope_scaling: { factor: 8, rope_type: 'linear' },
    };
    const { tensors } = buildModel({ model_type: 'gemma3', text_config: published }, f32);
    const count = tensors.reduce((sum, t) => sum + t.shape.reduce((n, d) => n * d, 1), 0);
    expect(count).toBe(3_880_263_168);
  });

  it('of Phi-3.5: the long list where the cache can exceed the trained length', () => {
    const { config } = TINY_FAMILIES.find((family) => family.name === 'phi-3.5')!;
    const first = (capacity: number) => {
      const { values } = buildModel(config, { ...f32, capacity }).graph;
      const { origin } = values.find((v) => v.name === 'rope')!;
      return origin.kind === 'constant' ? [origin.table.frequencies[0], origin.table.scale] : [];
    };
    const scale = Math.sqrt(1 + Math.log(512 / 8) / Math.log(8));
    expect(first(8)).toEqual([1, scale]);
    expect(first(9)).toEqual([1 / 1.5, scale]);
  });
});

// Sizes as in the published config.json, or the defaults of the config class; the counts are those of transformers' models.
it.each([
  [
    'OLMo 2 1B',
    {
      ...{ model_type: 'olmo2', hidden_size: 2048, num_hidden_layers: 16, num_attention_heads: 16 },
      ...{
        num_key_value_heads: 16,
        intermediate_size: 8192,
        vocab_size: 100_352,
        tie_word_embeddings: false,
      },
    },
    1_484_916_736,
  ],
  [
    'BitNet b1.58 2B4T',
    {
      ...{ model_type: 'bitnet', hidden_size: 2560, num_hidden_layers: 30, num_attention_heads: 20 },
      ...{ num_key_value_heads: 5, intermediate_size: 6912, vocab_size: 128_256, hidden_act: 'relu2' },
      tie_word_embeddings: true,
    },
    2_412_820_480,
  ],
  ['Falcon-H1 0.5B', FALCON_H1_05B, 521_411_104],
])('%s in its published size has the numbers of the published model', (_, config, expected) => {
  const { tensors } = buildModel(config, f32);
  expect(tensors.reduce((sum, t) => sum + t.shape.reduce((n, d) => n * d, 1), 0)).toBe(expected);
});

describe('sinks and gates of heads', () => {
  const layerOf = (config: object, layer: number, options: Partial<ModelOptions> = {}) =>
    runPasses(buildModel(config, { ...f32, ...options }).graph)
      .nodes.filter(({ name }) => name.startsWith(`layers.${layer}.`))
      .map(({ op }) => op);
  const { config } = TINY_FAMILIES.find((family) => family.name === 'lfm3')!;
  const NORMED = ['linear', 'rmsnorm', 'gated', 'linear', 'rmsnorm'];

  // The sizes are the defaults of the config classes; the counts are those of transformers' models.
  it.each([
    ['granite_swa', 2_144_463_840, ['qkv', 'attention', 'linear', 'gated', 'linear']],
    ['lfm3', 1_728_801_536, ['qkv_heads', 'attention', ...NORMED]],
  ])('%s in its published size has %i numbers and few dispatches', (model_type, expected, ops) => {
    const weights = () => ({ dtype: 'm0e4', group: 32 }) as const;
    const { tensors } = buildModel({ model_type }, f32);
    expect(tensors.reduce((sum, t) => sum + t.shape.reduce((n, d) => n * d, 1), 0)).toBe(expected);
    expect(layerOf({ model_type }, 2, { activations: 'f16', weights })).toEqual(ops);
  });

  it('gates are a product of their own where they are stored in another way', () => {
    const weights = (name: string) => ({ dtype: name.includes('gate_proj') ? 'f16' : 'f32' }) as const;
    expect(layerOf(config, 1, { weights })).toEqual(['qkv_heads', 'linear', 'attention', ...NORMED]);
  });

  it('gates join the product where the cache has 8 bits', () => {
    expect(layerOf(config, 1, { cache: 'q8' })).toEqual(['qkv_heads', 'attention', ...NORMED]);
  });
});

describe('rows of the cache', () => {
  const { config } = TINY_FAMILIES.find((family) => family.name === 'gemma3')!;
  /** Rows of k in a layer with the window of 4 and in a layer without a window, and the rings. */
  const rows = (options: Partial<ModelOptions>) => {
    const { graph } = buildModel(config, { ...f32, ...options });
    const of = (name: string) => print(graph.values.find((v) => v.name === name)!.type.shape[0]!);
    return [of('layers.0.k_cache'), of('layers.5.k_cache'), ringsOf(graph)];
  };

  it.each([
    ['the window and what a run adds', {}, 20],
    ['the window and how far back a conversation can be cut', { reach: 27 }, 31],
    ['no less than a run adds', { reach: 3 }, 20],
  ])('a layer with a window keeps %s', (_, options, kept) => {
    expect(rows(options)).toEqual([String(kept), 'C', [{ window: 4, rows: kept }]]);
  });

  it.each([
    ['the capacity is no more than that', { capacity: 20 }],
    ['the reach is all of it', { reach: 28 }],
  ])('a layer with a window keeps a row for every position where %s', (_, options) => {
    expect(rows(options)).toEqual(['C', 'C', []]);
  });
});

test('Gemma 4: layers that share read the last layer of their kind, and their own keys are known and unused', () => {
  const { config } = TINY_FAMILIES.find(({ name }) => name === 'gemma4') ?? expect.fail();
  const { graph, isUnused } = buildModel(config, f32);
  const read = graph.nodes.flatMap(({ op, inputs }) =>
    op === 'attention' ? [graph.values.find(({ id }) => id === inputs.k)?.name] : [],
  );
  const own = (i: number) => `layers.${i}.k_cache`;
  expect(read).toEqual([own(0), own(1), own(2), own(3), own(2), own(2), own(3)]);
  const of = (layer: number, part: string) => `model.language_model.layers.${layer}.self_attn.${part}.weight`;
  expect([of(4, 'k_proj'), of(6, 'v_norm'), of(3, 'k_proj'), of(4, 'q_proj')].map(isUnused)).toEqual([
    true,
    true,
    false,
    false,
  ]);
});

const CONFIGS = [
  'Qwen1.5-4B-Chat',
  'Qwen2.5-0.5B-Instruct',
  'Qwen3-1.7B',
  'gemma2_2b_it',
  'phi3.5-mini-instruct',
  'phi-4-mini-instruct',
  'chatglm2-6b',
  'chatglm3-6b',
  'glm-4-9b-chat',
];
describeWithAssets(
  'published configs',
  CONFIGS.map((name) => `configs/${name}.json`),
  (...files) => {
    it.each(files)('%s compiles and has a plan', (file) => {
      const model = buildModel(JSON.parse(readFileSync(file, 'utf8')), {
        activations: 'f16',
        weights: () => ({ dtype: 'm0e4', group: 32 }),
        maxChunk: 256,
        capacity: 4096,
      });
      const graph = runPasses(model.graph);
      // Embedding, head, the two halves of the sampler, and a soft cap of the logits.
      expect(graph.nodes.length).toBeLessThanOrEqual(7 * model.layers + 5);
      const plan = planMemory(graph);
      expect(plan.maxBytes / plan.lowerBound).toBeLessThan(1.4);
    });
  },
);

test('a norm after the rotation leaves nothing of the scale of a stretched rope', () => {
  const family = TINY_FAMILIES.find(({ name }) => name === 'hunyuan') ?? expect.fail();
  const yarn = { rope_type: 'yarn', factor: 8, original_max_position_embeddings: 64 };
  const { graph } = buildModel({ ...family.config, rope_scaling: yarn }, f32);
  const scales = graph.values.flatMap(({ origin }) =>
    origin.kind === 'constant' ? [origin.table.scale] : [],
  );
  expect(scales).toEqual([1]);
});
