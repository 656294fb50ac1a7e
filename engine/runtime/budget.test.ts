/**
 * Costs of a token and of a long prompt for the shapes of published models, counted without a GPU: dispatches, weight
 * bytes read, bytes beside weights and cache. The bounds are the ones the engine promises.
 */
import { describe, expect, it } from 'vitest';
import type { Gpu } from '../gpu/index.ts';
import { runPasses } from '../graph/passes/index.ts';
import { planMemory } from '../graph/plan.ts';
import { specialise } from '../kernels/kernel.ts';
import { buildModel, type CacheForm, type WeightType } from '../models/index.ts';
import { evaluate } from '../symbolic/evaluate.ts';
import { bounds } from '../symbolic/relate.ts';
import { type CellName, cellRow } from '../tensor/cells.ts';
import { byteSize, bytesInUse } from '../tensor/tensor.ts';
import { selectKernels, workspacesOf } from './program/select-kernels.ts';
import { rangesOf } from './program/programs.ts';
import { segmentRows } from './memory/segments.ts';

const MIB = 2 ** 20;
const CHUNK = 128;
const CAPACITY = 2048 + 256;
/**
 * The device that kernels are selected for: f16, the smallest binding limit of phones, and their number of bindings.
 */
const withBuffers = (most: number) =>
  ({
    f16: true,
    subgroupSizes: [0, 0],
    maxBindingBytes: 128 * MIB,
    facts: { limits: { maxStorageBuffersPerShaderStage: most } },
  }) as unknown as Gpu;
const phone = withBuffers(10);

/** hidden, layers, heads, key/value heads, head width, ffn width, vocabulary, and the family. */
const SHAPES = {
  'SmolLM2-135M': [576, 30, 9, 3, 64, 1536, 49152, 'llama'],
  'Qwen3-0.6B': [1024, 28, 16, 8, 128, 3072, 151936, 'qwen3'],
  'Llama-3.2-1B': [2048, 16, 32, 8, 64, 8192, 128256, 'llama'],
  'Gemma-2B': [2048, 18, 8, 1, 256, 16384, 256000, 'llama'],
} as const;

type Shape = (typeof SHAPES)[keyof typeof SHAPES];

const M0E4 = () => ({ dtype: 'm0e4', group: 32 }) as const;

function costOf(
  shape: Shape,
  cache: CacheForm = 'plain',
  gpu = phone,
  weights: (tensor: string) => WeightType = M0E4,
) {
  const [hidden, layers, heads, kvHeads, headWidth, ffn, vocab, family] = shape;
  const config = {
    model_type: family,
    hidden_size: hidden,
    num_hidden_layers: layers,
    num_attention_heads: heads,
    num_key_value_heads: kvHeads,
    head_dim: headWidth,
    intermediate_size: ffn,
    vocab_size: vocab,
    max_position_embeddings: 8192,
    rms_norm_eps: 1e-5,
    tie_word_embeddings: true,
  };
  const sizes = { maxChunk: CHUNK, capacity: CAPACITY };
  const model = buildModel(config, { activations: 'f16', weights, cache, ...sizes });
  const graph = runPasses(model.graph);
  const place = { gpu, graph, capacity: CAPACITY, variants: {} };
  const plan = planMemory(graph, workspacesOf(place, rangesOf(CHUNK)));
  const sum = (kind: 'weight' | 'state') =>
    graph.values
      .filter((v) => v.origin.kind === kind)
      .reduce((total, v) => total + evaluate(byteSize(v.type), { C: CAPACITY }), 0);
  const one = selectKernels(place, { min: 1, max: 1 });
  const steps = one.flatMap(({ kernel, input }) => specialise(kernel, input));
  const dispatches = (p: number) =>
    steps.filter((step) => evaluate(step.workgroups, { S: 1, P: p }) > 0).length;
  const embedding = graph.values.find((v) => v.name === 'model.embed_tokens.weight')!.type;
  return {
    layers,
    elements: model.tensors,
    inUse: graph.values
      .filter((v) => v.origin.kind === 'weight')
      .reduce((total, v) => total + evaluate(bytesInUse(v.type), {}), 0),
    weights: sum('weight'),
    beside: plan.slots.reduce((total, slot) => total + bounds(slot.bytes).max, 0),
    cached: sum('state'),
    held: sum('weight') + sum('state'),
    /** The token's row of the embedding is read in addition to all weights, since the head reads the same tensor. */
    read: 1 + evaluate(byteSize(embedding), {}) / vocab / sum('weight'),
    segments: segmentRows(embedding, gpu.maxBindingBytes).length,
    early: dispatches(0),
    late: dispatches(CAPACITY - 1),
  };
}

describe.each(Object.entries(SHAPES))('%s', (_, shape) => {
  const cost = costOf(shape);
  /** Embedding and head run once per segment. */
  const more = 2 * (cost.segments - 1);

  it('takes five dispatches a layer and four; over a long cache six', () => {
    expect(cost.early).toBe(5 * cost.layers + 4 + more);
    expect(cost.late).toBe(6 * cost.layers + 4 + more);
  });

  it('reads each weight once a token', () => {
    expect(cost.read).toBeLessThan(1.0001);
  });

  it('needs little beside weights and cache, at a prompt of 2048', () => {
    expect((cost.held + cost.beside) / cost.held).toBeLessThan(1.1);
  });
});

/** The types that llama.cpp's mixtures give: v and down have more bits in half of the layers, and the embedding everywhere. */
const mixture =
  (low: CellName, high: CellName) =>
  (tensor: string): { dtype: CellName } => {
    const layer = Number(/layers\.(\d+)\./.exec(tensor)?.[1] ?? 0);
    return { dtype: layer % 2 === 0 && /embed|v_proj|down_proj/.test(tensor) ? high : low };
  };

it.each([
  ['Llama-3.2-1B', 'q4_k', 'q6_k'],
  ['Llama-3.2-1B', 'q5_k', 'q6_k'],
  ['Llama-3.2-1B', 'q3_k', 'q5_k'],
  ['Qwen3-0.6B', 'q4_k', 'q6_k'],
  ['SmolLM2-135M', 'q5_0', 'q8_0'],
] as const)('%s in %s and %s: dispatches of M0E4, bytes of the file', (name, low, high) => {
  const types = mixture(low, high);
  const cost = costOf(SHAPES[name], 'plain', phone, types);
  const four = costOf(SHAPES[name]);
  expect([cost.early, cost.late]).toEqual([four.early, four.late]);
  const bytes = cost.elements.reduce((total, { name: tensor, shape }) => {
    const [rows, columns] = shape;
    if (rows === undefined || columns === undefined) return total + 4 * (rows ?? 0);
    const row = cellRow(types(tensor).dtype, columns)!;
    return total + 4 * rows * (row.main + row.rest);
  }, 0);
  expect(cost.inUse).toBe(bytes);
  // Rows of q and k have the room of v's.
  expect(cost.weights / bytes).toBeLessThan(1.05);
});

it('norms of heads take no dispatch of their own where a GPU binds no more than 8 buffers', () => {
  const [few, enough] = [8, 10].map((most) => costOf(SHAPES['Qwen3-0.6B'], 'plain', withBuffers(most)));
  expect(few!.early).toBe(enough!.early);
  expect(few!.late).toBe(enough!.late);
});

it('a cache of 8 bits takes no more dispatches than a plain one, and 68 bytes of 128', () => {
  const [plain, bytes] = [costOf(SHAPES['Llama-3.2-1B']), costOf(SHAPES['Llama-3.2-1B'], 'q8')];
  expect(bytes.early).toBe(plain.early);
  expect(bytes.late).toBe(plain.late);
  expect(bytes.cached / plain.cached).toBeCloseTo(68 / 128, 3);
});

/** Gemma 3 1B, with and without windows in its layers. */
function gemma3(windowed: boolean, capacity: number) {
  const config = {
    model_type: 'gemma3_text',
    hidden_size: 1152,
    num_hidden_layers: 26,
    num_attention_heads: 4,
    num_key_value_heads: 1,
    head_dim: 256,
    intermediate_size: 6912,
    vocab_size: 262144,
    max_position_embeddings: 32768,
    rms_norm_eps: 1e-6,
    query_pre_attn_scalar: 256,
    hidden_activation: 'gelu_pytorch_tanh',
    sliding_window: windowed ? 512 : capacity,
    sliding_window_pattern: 6,
  };
  const { graph } = buildModel(config, { activations: 'f16', weights: M0E4, maxChunk: CHUNK, capacity });
  return runPasses(graph);
}

it('layers with a window keep only the window, without more dispatches', () => {
  const capacity = 32768;
  const costs = [gemma3(true, capacity), gemma3(false, capacity)].map((graph) => {
    const one = selectKernels({ gpu: phone, graph, capacity, variants: {} }, { min: 1, max: 1 });
    const steps = one.flatMap(({ kernel, input }) => specialise(kernel, input));
    const states = graph.values.filter(({ name }) => name.endsWith('_cache'));
    return {
      bytes: states.reduce((sum, { type }) => sum + evaluate(byteSize(type), { C: capacity }), 0),
      dispatches: steps.filter((step) => evaluate(step.workgroups, { S: 1, P: capacity - 1 }) > 0).length,
    };
  });
  const row = 2 * 256 * 2; // k and v in f16
  expect(costs[0]?.bytes).toBe(row * (4 * capacity + 22 * (512 + CHUNK)));
  expect(costs[1]?.bytes).toBe(row * 26 * capacity);
  expect(costs[0]?.dispatches).toBeLessThanOrEqual(costs[1]?.dispatches as number);
});

it('the widest embedding has two segments on a phone', () => {
  expect(costOf(SHAPES['Gemma-2B']).segments).toBe(2);
});
