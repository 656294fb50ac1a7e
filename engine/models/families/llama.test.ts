import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { describeWithAssets, onDemand } from '../../../scripts/testing/assets.ts';
import { EngineError } from '../../base/errors.ts';
import { interpreter } from '../../graph/interpret.ts';
import { PASSES, runPasses } from '../../graph/passes/index.ts';
import { planMemory, printPlan } from '../../graph/plan.ts';
import { printNodes } from '../../graph/print.ts';
import { validate } from '../../graph/validate.ts';
import { randomTensor, seededRandom } from '../../tensor/random.ts';
import type { HostTensor } from '../../tensor/tensor.ts';
import { buildModel, MODEL_TYPES, type ModelGraph, type ModelOptions, readModel } from '../index.ts';

const TINY = {
  model_type: 'llama',
  hidden_size: 12,
  intermediate_size: 20,
  num_hidden_layers: 2,
  num_attention_heads: 4,
  num_key_value_heads: 2,
  head_dim: 6, // ≠ hidden / heads
  vocab_size: 17,
  max_position_embeddings: 64,
  rms_norm_eps: 1e-5,
  bos_token_id: 1,
  eos_token_id: [2, 3],
};

const f32: ModelOptions = {
  activations: 'f32',
  weights: () => ({ dtype: 'f32' }),
  maxChunk: 16,
  capacity: 32,
};

/** Random weights by checkpoint name; norms around 1. */
function randomCheckpoint(model: ModelGraph, seed: number): (tensor: string) => HostTensor {
  const random = seededRandom(seed);
  const tensors = new Map(
    model.tensors.map(({ name, shape, kind }) => [
      name,
      randomTensor(shape, random, {
        spread: 0.5,
        centre: kind === 'vector' && name.includes('norm') ? 1 : 0,
      }),
    ]),
  );
  return (name) => tensors.get(name)!;
}

/** Logits after 5 tokens at once and after 3 more one by one. */
function twoRuns(graph: ModelGraph['graph'], checkpoint: (tensor: string) => HostTensor): number[] {
  const cpu = interpreter(graph, checkpoint, 32);
  const ids = [1, 5, 16, 0, 9, 3, 3, 11];
  const run = (from: number, to: number) => {
    const part = { shape: [to - from], data: Uint32Array.from(ids.slice(from, to)) };
    return [...cpu.run({ ids: part }, { S: to - from, P: from, C: 32 }).logits!.data];
  };
  return [run(0, 5), run(5, 6), run(6, 7), run(7, 8)].flat();
}

function furthest(a: readonly number[], b: readonly number[]): number {
  return a.reduce((most, x, i) => Math.max(most, Math.abs(x - b[i]!)), 0);
}

/**
 * Passes to leave out: none, each alone, each two, all but one, and all; with `--all` every subset. A fault of two passes that
 * meet is seen where two are left out, or no others are there.
 */
function passesOff(): string[][] {
  const subsets = Array.from({ length: 2 ** PASSES.length }, (_, subset) =>
    PASSES.filter((_, i) => (subset & (1 << i)) !== 0).map((pass) => pass.name),
  );
  return subsets.filter(({ length }) => onDemand === undefined || length <= 2 || length >= PASSES.length - 1);
}

describe('the graph of a Llama', () => {
  it('lists what the checkpoint must have', () => {
    const { tensors } = buildModel({ ...TINY, num_hidden_layers: 1 }, f32);
    expect(tensors.map((t) => `${t.name} ${t.kind} ${t.shape.join('×')}`)).toEqual([
      'model.embed_tokens.weight matrix 17×12',
      'model.layers.0.input_layernorm.weight vector 12',
      'model.layers.0.self_attn.q_proj.weight matrix 24×12',
      'model.layers.0.self_attn.k_proj.weight matrix 12×12',
      'model.layers.0.self_attn.v_proj.weight matrix 12×12',
      'model.layers.0.self_attn.o_proj.weight matrix 12×24',
      'model.layers.0.post_attention_layernorm.weight vector 12',
      'model.layers.0.mlp.gate_proj.weight matrix 20×12',
      'model.layers.0.mlp.up_proj.weight matrix 20×12',
      'model.layers.0.mlp.down_proj.weight matrix 12×20',
      'model.norm.weight vector 12',
      'lm_head.weight matrix 17×12',
    ]);
    const tied = buildModel({ ...TINY, tie_word_embeddings: true }, f32).tensors.map((t) => t.name);
    expect(tied).not.toContain('lm_head.weight');
    const biased = buildModel({ ...TINY, attention_bias: true, mlp_bias: true }, f32).tensors;
    expect(biased.filter((t) => t.name.endsWith('.bias'))).toHaveLength(2 * 7);
  });

  it('is five nodes a layer after all passes', () => {
    const { graph } = buildModel({ ...TINY, num_hidden_layers: 1, tie_word_embeddings: true }, f32);
    const attributes = '{heads: 4, kvHeads: 2, headWidth: 6, rotary: 6, position: P, eps: 0.00001}';
    expect(printNodes(runPasses(graph))).toBe(
      [
        'embed = embed(ids: ids, table: model.embed_tokens.weight) {scale: 1, dtype: f32} → f32[S, 12]',
        `layers.0.qkv = qkv(x: embed, weight: layers.0.qkv.weight, table: rope, norm: model.layers.0.input_layernorm.weight) ${attributes} → q f32[S, 24], k f32[S, 12] in layers.0.k_cache[P…], v f32[S, 12] in layers.0.v_cache[P…]`,
        'layers.0.attention = attention(q: layers.0.qkv.q, k: layers.0.k_cache, v: layers.0.v_cache) {headWidth: 6, position: P, scale: 0.4082482904638631} → f32[S, 24]',
        'layers.0.o = linear(x: layers.0.attention, weight: model.layers.0.self_attn.o_proj.weight, residual: embed) → f32[S, 12]',
        'layers.0.gated = gated(x: layers.0.o, weight: layers.0.gated.weight, norm: model.layers.0.post_attention_layernorm.weight) {activation: silu, eps: 0.00001} → f32[S, 20]',
        'layers.0.down = linear(x: layers.0.gated, weight: model.layers.0.mlp.down_proj.weight, residual: layers.0.o) → f32[S, 12]',
        'logits = linear(x: layers.0.down, weight: model.embed_tokens.weight, norm: model.norm.weight) {eps: 0.00001, row: S - 1} → f32[1, 17]',
        'penalised = penalise(x: logits, sampling: sampling, history: history, mask: mask) {tokens: P + S} → f32[1, 17], maxima f32[1, 1]',
        'best = sample(x: penalised.out, maxima: penalised.maxima, sampling: sampling) {position: P + S} → u32[1]',
      ].join('\n'),
    );
  });

  it.each([
    ['plain', TINY],
    ['with biases, tied', { ...TINY, attention_bias: true, mlp_bias: true, tie_word_embeddings: true }],
  ])('means the same whichever passes are left out: %s', (_name, config) => {
    const model = buildModel(config, f32);
    const checkpoint = randomCheckpoint(model, 3);
    const expected = twoRuns(model.graph, checkpoint);
    for (const off of passesOff()) {
      const graph = runPasses(model.graph, { off });
      // Fusing removes f32 roundings between nodes; logits here are around 3.
      expect(furthest(twoRuns(graph, checkpoint), expected), `without ${off}`).toBeLessThan(2e-5);
    }
  });

  it('means the same with a cache of 8 bits, and near to that without', () => {
    const config = { ...TINY, head_dim: 8 };
    const model = buildModel(config, { ...f32, cache: 'q8' });
    const checkpoint = randomCheckpoint(model, 3);
    const expected = twoRuns(model.graph, checkpoint);
    for (const off of passesOff()) {
      const graph = runPasses(model.graph, { off });
      expect(furthest(twoRuns(graph, checkpoint), expected), `without ${off}`).toBeLessThan(2e-5);
    }
    const exact = twoRuns(buildModel(config, f32).graph, checkpoint);
    expect(furthest(expected, exact)).toBeGreaterThan(1e-4);
    expect(furthest(expected, exact)).toBeLessThan(0.1);
    const names = runPasses(model.graph).nodes.map((node) => node.name);
    expect(names.filter((name) => name.startsWith('layers.0.'))).toEqual(
      ['heads', 'attention', 'o', 'gated', 'down'].map((name) => `layers.0.${name}`),
    );
  });

  it('says which heads do not fit into a cache of 8 bits', () => {
    expect(() => buildModel(TINY, { ...f32, cache: 'q8' })).toThrow(
      expect.objectContaining({ code: 'request-invalid', expected: 'heads whose width is a multiple of 4' }),
    );
  });

  it('gives the same for all tokens at once and one by one', () => {
    const model = buildModel(TINY, f32);
    const checkpoint = randomCheckpoint(model, 4);
    const ids = [1, 7, 7, 2, 12];
    const logits = (chunks: readonly (readonly number[])[]): number[] => {
      const cpu = interpreter(runPasses(model.graph), checkpoint, 32);
      let P = 0;
      let last: number[] = [];
      for (const chunk of chunks) {
        const input = { ids: { shape: [chunk.length], data: Uint32Array.from(chunk) } };
        last = [...cpu.run(input, { S: chunk.length, P, C: 32 }).logits!.data];
        P += chunk.length;
      }
      return last;
    };
    expect(furthest(logits([ids]), logits(ids.map((id) => [id])))).toBeLessThan(1e-6);
  });
});

describe('config.json', () => {
  it('gives the sizes', () => {
    expect(readModel(TINY)).toEqual({
      family: 'llama',
      hidden: 12,
      heads: 4,
      kvHeads: 2,
      headWidth: 6,
      layers: 2,
      vocab: 17,
      contextLength: 64,
      bosIds: [1],
      eosIds: [2, 3],
    });
  });

  const refused: [what: string, config: unknown, code: string, message: RegExp][] = [
    ['no object', [], 'checkpoint-damaged', /config\.json, the file.*expected an object/],
    [
      'no model_type',
      {},
      'checkpoint-damaged',
      new RegExp(`model_type.*expected ${MODEL_TYPES.join(', ')}, got nothing`),
    ],
    [
      'another family',
      { ...TINY, model_type: 'mamba' },
      'model-unknown',
      new RegExp(`model_type.*expected ${MODEL_TYPES.join(', ')}, got "mamba"`),
    ],
    ['a missing size', { ...TINY, hidden_size: undefined }, 'checkpoint-damaged', /hidden_size.*got nothing/],
    [
      'a negative size',
      { ...TINY, vocab_size: -4 },
      'checkpoint-damaged',
      /vocab_size.*whole number from 1.*got -4/,
    ],
    ['a huge size', { ...TINY, num_hidden_layers: 1e12 }, 'checkpoint-damaged', /num_hidden_layers/],
    [
      'text for a size',
      { ...TINY, intermediate_size: '20' },
      'checkpoint-damaged',
      /intermediate_size.*"20"/,
    ],
    [
      'heads that do not divide',
      { ...TINY, head_dim: undefined, num_attention_heads: 5 },
      'checkpoint-damaged',
      /hidden_size.*multiple of num_attention_heads 5/,
    ],
    [
      'key heads that do not divide',
      { ...TINY, num_key_value_heads: 3 },
      'checkpoint-damaged',
      /num_key_value_heads.*divisor.*got 3/,
    ],
    ['an odd head', { ...TINY, head_dim: 7 }, 'checkpoint-damaged', /head_dim.*even.*got 7/],
    ['another activation', { ...TINY, hidden_act: 'gelu' }, 'model-unknown', /hidden_act.*silu.*"gelu"/],
    [
      'text for a flag',
      { ...TINY, attention_bias: 'yes' },
      'checkpoint-damaged',
      /attention_bias.*true or false/,
    ],
    [
      'another rope',
      { ...TINY, rope_scaling: { rope_type: 'mrope', factor: 2 } },
      'model-unknown',
      /rope_scaling\.rope_type.*default, none, dynamic, yarn, linear, llama3.*"mrope"/,
    ],
    [
      'a rope without its factor',
      { ...TINY, rope_scaling: { type: 'linear' } },
      'checkpoint-damaged',
      /factor.*above 0/,
    ],
    [
      'a ramp of no width',
      { ...TINY, rope_scaling: { rope_type: 'llama3', factor: 8, low_freq_factor: 4, high_freq_factor: 4 } },
      'checkpoint-damaged',
      /high_freq_factor.*more than/,
    ],
    ['a bad end token', { ...TINY, eos_token_id: 'x' }, 'checkpoint-damaged', /eos_token_id/],
    [
      'an infinite eps',
      { ...TINY, rms_norm_eps: Number.POSITIVE_INFINITY },
      'checkpoint-damaged',
      /rms_norm_eps/,
    ],
  ];
  it.each(refused)('with %s is refused', (_what, config, code, message) => {
    let caught: unknown;
    try {
      buildModel(config, f32);
    } catch (error) {
      caught = error;
    }
    expect(caught).toBeInstanceOf(EngineError);
    expect((caught as EngineError).code).toBe(code);
    expect((caught as EngineError).message).toMatch(message);
  });

  it('gives a Mistral its window, and a Llama none', () => {
    const windows = (more: object) =>
      buildModel({ ...TINY, ...more }, f32).graph.nodes.flatMap((node) =>
        node.op === 'attention' ? [node.attributes.window] : [],
      );
    expect(windows({ model_type: 'mistral', sliding_window: 8 })).toEqual([8, 8]);
    expect(windows({ model_type: 'mistral', sliding_window: null })).toEqual([undefined, undefined]);
    expect(windows({ sliding_window: 8 })).toEqual([undefined, undefined]);
  });
});

describe('rotary frequencies', () => {
  const frequencies = (more: object) => {
    const { graph } = buildModel({ ...TINY, head_dim: 4, num_hidden_layers: 1, ...more }, f32);
    const origin = graph.values.find((v) => v.name === 'rope')!.origin;
    return origin.kind === 'constant' ? origin.table.frequencies : [];
  };

  it('follow theta, in its old place and in its new one', () => {
    expect(frequencies({})).toEqual([1, 0.01]);
    expect(frequencies({ rope_theta: 400 })).toEqual([1, 0.05]);
    expect(frequencies({ rope_parameters: { rope_type: 'default', rope_theta: 400 } })).toEqual([1, 0.05]);
  });

  it('are divided by a linear factor', () => {
    expect(frequencies({ rope_scaling: { type: 'linear', factor: 4 } })).toEqual([0.25, 0.0025]);
  });

  it('are kept where high, divided where low, in between on a ramp (llama3)', () => {
    const llama3 = { rope_type: 'llama3', factor: 8, low_freq_factor: 1, high_freq_factor: 4 };
    const scaled = (trained: number) =>
      frequencies({ rope_scaling: { ...llama3, original_max_position_embeddings: trained } });
    expect(scaled(8192)).toEqual([1, 0.01]); // 13 full turns even at 0.01
    expect(scaled(100)).toEqual([1, 0.01 / 8]); // a sixth of a turn
    const turns = 2.5; // in the middle of 1…4
    const [, low] = scaled(Math.round((turns * 2 * Math.PI) / 0.01));
    expect(low).toBeCloseTo(0.5 * 0.01 + (0.5 * 0.01) / 8, 5);
  });
});

const CONFIGS = ['Llama-3.2-1B-Instruct', 'Llama-3.2-3B-Instruct', 'llama-2-7b-chat-hf'];
describeWithAssets(
  'published configs',
  CONFIGS.map((name) => `configs/${name}.json`),
  (...files) => {
    it.each(files)('%s: five nodes a layer, three slots and the faces', (file) => {
      const config: unknown = JSON.parse(readFileSync(file, 'utf8'));
      const model = buildModel(config, {
        activations: 'f16',
        weights: () => ({ dtype: 'm0e4', group: 32 }),
        maxChunk: 256,
        capacity: 4096,
      });
      const graph = runPasses(model.graph);
      validate(graph);
      expect(graph.nodes).toHaveLength(5 * model.layers + 4);
      const plan = planMemory(graph);
      expect(plan.slots).toHaveLength(6); // stream, wide, narrow; ids, logits, best
      expect(plan.maxBytes / plan.lowerBound).toBeLessThan(1.3);
      const ffn = (config as { intermediate_size: number }).intermediate_size;
      expect(printPlan(plan, graph)).toContain(`slot 0: ${2 * ffn}*S bytes, at most ${2 * ffn * 256}`);
    });
  },
);
