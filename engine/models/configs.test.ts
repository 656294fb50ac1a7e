/**
 * Configs with few keys mean what transformers' config classes and modelling code make of them. The goldens are written by
 * `scripts/goldens/configs.py`.
 */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { buildModel, type ModelGraph } from './index.ts';

interface ConfigGolden {
  readonly name: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly expected: {
    readonly [size in 'hidden' | 'ffn' | 'heads' | 'kvHeads' | 'headWidth' | 'layers' | 'vocab']: number;
  } & {
    readonly positions: number;
    readonly eps: number;
    readonly tied: boolean;
    readonly windows: readonly (number | null)[];
    readonly activation: string;
    readonly scoreCap: number | null;
    readonly logitCap: number | null;
    readonly frequencies: readonly number[];
    readonly near: readonly number[] | null;
    readonly scale: number;
  };
}

const { cases } = JSON.parse(
  readFileSync(new URL('../conformance/published/configs.json', import.meta.url), 'utf8'),
) as { cases: ConfigGolden[] };

const build = (config: unknown, capacity = 64) =>
  buildModel(config, { activations: 'f32', weights: () => ({ dtype: 'f32' }), maxChunk: 8, capacity });

/** The table that a layer's queries are rotated with. */
function tableOf({ graph }: ModelGraph, layer: number) {
  const node = graph.nodes.find(({ name }) => name === `layers.${layer}.q_rope`) ?? expect.fail('no rope');
  const { origin } = graph.values[node.inputs.table as number] ?? expect.fail('no table');
  return origin.kind === 'constant' ? origin.table : expect.fail(origin.kind);
}

test.each(cases)('$name', ({ config, expected }) => {
  const model = build(config);
  const { graph, tensors } = model;
  const shape = (part: string) => tensors.find(({ name }) => name.endsWith(part))?.shape;
  const { hidden, heads, kvHeads, headWidth, layers, vocab, contextLength } = model;
  const ffn = (shape('0.mlp.down_proj.weight') as number[])[1];
  expect({ hidden, ffn, heads, kvHeads, headWidth, layers, vocab }).toEqual(
    Object.fromEntries(
      (['hidden', 'ffn', 'heads', 'kvHeads', 'headWidth', 'layers', 'vocab'] as const).map((key) => [
        key,
        expected[key],
      ]),
    ),
  );
  expect(contextLength).toBe(expected.positions);
  expect(tensors.some(({ name }) => name === 'lm_head.weight')).toBe(!expected.tied);
  const attributes = (op: string, key: string) =>
    graph.nodes.flatMap((node) => (node.op === op ? [node.attributes[key] ?? null] : []));
  expect(attributes('attention', 'window')).toEqual(expected.windows);
  expect(new Set(attributes('attention', 'softcap'))).toEqual(new Set([expected.scoreCap]));
  expect(attributes('softcap', 'cap')).toEqual(expected.logitCap === null ? [] : [expected.logitCap]);
  expect(new Set(attributes('gate_mul', 'activation'))).toEqual(new Set([expected.activation]));
  expect(new Set(attributes('rmsnorm', 'eps'))).toEqual(new Set([expected.eps]));
  const far = expected.windows.lastIndexOf(null);
  const global = tableOf(model, expected.near === null || far < 0 ? 0 : far);
  close(global.frequencies, expected.frequencies);
  expect(global.scale).toBeCloseTo(expected.scale, 6);
  if (expected.near !== null) close(tableOf(model, 0).frequencies, expected.near);
});

/** The golden is computed in f32, whose powers are off by some units in the last place. */
function close(got: readonly number[], expected: readonly number[]): void {
  expect(got).toHaveLength(expected.length);
  for (const [i, f] of expected.entries())
    expect(Math.abs((got[i] as number) / f - 1), `${i}`).toBeLessThan(3e-6);
}

test('a dynamic rope keeps the frequencies of training up to their length', () => {
  const config = { ...cases.find(({ name }) => name === 'dynamic')?.config, max_position_embeddings: 64 };
  expect(tableOf(build(config), 0)).toEqual(tableOf(build({ ...config, rope_scaling: null }), 0));
});

test('the text part of a model that also reads pictures, with its own type or without', () => {
  const text = {
    hidden_size: 64,
    num_hidden_layers: 2,
    num_attention_heads: 8,
    head_dim: 16,
    vocab_size: 50,
  };
  const built = (more: object) =>
    build({ model_type: 'mistral3', text_config: { ...text, ...more }, vision_config: {} });
  const windows = (model: ModelGraph) =>
    model.graph.nodes.flatMap((node) => (node.op === 'attention' ? [node.attributes.window] : []));
  const mistral = built({ eos_token_id: 2 });
  expect(mistral).toMatchObject({ family: 'mistral3', hidden: 64, kvHeads: 8, eosIds: [2] });
  expect(windows(mistral)).toEqual([4096, 4096]);
  const ministral = built({ model_type: 'ministral3', max_position_embeddings: 262_144 });
  expect(windows(ministral)).toEqual([undefined, undefined]);
  expect(ministral.contextLength).toBe(262_144);
  const growth = ministral.graph.nodes.find(({ op }) => op === 'attention')?.attributes;
  expect(growth).toMatchObject({ growth: 0.1, growthEach: 16_384 });
  // Embedding and head are tied unless the model says otherwise.
  expect(mistral.tensors.map(({ name }) => name)).not.toContain('lm_head.weight');
});
