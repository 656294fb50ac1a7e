import { describe, expect, test } from 'vitest';
import { memorySource } from '../sources/memory-source.ts';
import { readGgufModel } from './config.ts';
import { openGguf } from './header.ts';
import { f32, type GgufParts, numbers, text, tinyModel, u32, writeGguf } from '../../testing/tiny-gguf.ts';
import { shortest } from './value.ts';

async function configOf(architecture: string, extra: Partial<GgufParts> = {}) {
  const parts = tinyModel('F32', architecture);
  const bytes = writeGguf({
    metadata: { ...parts.metadata, ...extra.metadata },
    tensors: { ...parts.tensors, ...extra.tensors },
  });
  return (await readGgufModel(await openGguf(memorySource('m.gguf', bytes)), 1)).config;
}

const vector = (values: number[]) => ({
  type: 'F32',
  shape: [values.length],
  data: new Uint8Array(Float32Array.from(values).buffer),
});

test('generates the config keys of a Llama', async () => {
  expect(await configOf('llama')).toEqual({
    model_type: 'llama',
    vocab_size: 32,
    hidden_size: 32,
    intermediate_size: 64,
    num_hidden_layers: 1,
    num_attention_heads: 2,
    num_key_value_heads: 1,
    head_dim: 16,
    max_position_embeddings: 64,
    rms_norm_eps: 1e-5,
    hidden_act: 'silu',
    attention_bias: false,
    mlp_bias: false,
    tie_word_embeddings: true,
    bos_token_id: 1,
    eos_token_id: 2,
    rope_theta: 10000,
    rope_scaling: null,
  });
});

test('an untied output, biases, a sliding window, one number per layer', async () => {
  const config = await configOf('llama', {
    metadata: {
      'llama.attention.sliding_window': u32(16),
      'llama.attention.head_count_kv': numbers(5, [1, 1, 1]),
      'llama.rope.freq_base': f32(1e6),
    },
    tensors: {
      'output.weight': { type: 'F32', shape: [32, 32], data: new Uint8Array(4096) },
      'blk.0.attn_q.bias': vector(new Array(32).fill(0)),
    },
  });
  expect(config).toMatchObject({
    tie_word_embeddings: false,
    attention_bias: true,
    sliding_window: 16,
    num_key_value_heads: 1,
    rope_theta: 1e6,
  });
  const odd = configOf('llama', { metadata: { 'llama.attention.head_count_kv': numbers(5, [1, 2]) } });
  await expect(odd).rejects.toMatchObject({ code: 'model-unknown', got: '1, 2' });
});

describe('RoPE scaling', () => {
  /** As llama.cpp's converter computes `rope_freqs.weight` for Llama 3.1, in f32. */
  const llama3 = (factor: number, theta: number, dims: number) =>
    Array.from({ length: dims / 2 }, (_, i) => {
      const wavelength = 2 * Math.PI * theta ** ((2 * i) / dims);
      if (wavelength < 8192 / 4) return 1;
      if (wavelength > 8192) return factor;
      const smooth = (8192 / wavelength - 1) / 3;
      return 1 / ((1 - smooth) / factor + smooth);
    });

  test('converts the divisors of Llama 3 to its config', async () => {
    const metadata = { 'llama.rope.freq_base': f32(500_000) };
    const tensors = { 'rope_freqs.weight': vector(llama3(32, 500_000, 16)) };
    expect((await configOf('llama', { metadata, tensors })).rope_scaling).toEqual({
      rope_type: 'llama3',
      factor: 32,
      low_freq_factor: 1,
      high_freq_factor: 4,
      original_max_position_embeddings: 8192,
    });
    const plain = { 'rope_freqs.weight': vector(new Array(8).fill(1)) };
    expect((await configOf('llama', { metadata, tensors: plain })).rope_scaling).toBe(null);
  });

  test('refuses other divisors', async () => {
    const tensors = { 'rope_freqs.weight': vector([1, 2, 3, 4, 5, 6, 7, 8]) };
    await expect(configOf('llama', { tensors })).rejects.toMatchObject({
      code: 'model-unknown',
      where: expect.stringContaining('rope_freqs.weight'),
    });
    const short = { 'rope_freqs.weight': vector([1, 2]) };
    await expect(configOf('llama', { tensors: short })).rejects.toMatchObject({ expected: 'F32 [8]' });
  });

  test('passes on linear scaling, and other kinds by name', async () => {
    const scaling = (kind: string) => ({
      'llama.rope.scaling.type': text(kind),
      'llama.rope.scaling.factor': f32(4),
      'llama.rope.scaling.original_context_length': u32(16),
    });
    const expected = { factor: 4, original_max_position_embeddings: 16 };
    for (const kind of ['linear', 'yarn']) {
      const { rope_scaling } = await configOf('llama', { metadata: scaling(kind) });
      expect(rope_scaling).toEqual({ rope_type: kind, ...expected });
    }
  });

  test("reads Phi-3's two lists, and a partly rotated head", async () => {
    const config = await configOf('phi3', {
      metadata: {
        'phi3.rope.dimension_count': u32(12),
        'phi3.rope.scaling.original_context_length': u32(16),
      },
      tensors: {
        'rope_factors_long.weight': vector([1, 1.1, 2, 3, 4, 5]),
        'rope_factors_short.weight': vector([1, 1, 1, 1, 1, 1.05]),
      },
    });
    expect(config).toMatchObject({
      model_type: 'phi3',
      partial_rotary_factor: 0.75,
      original_max_position_embeddings: 16,
      rope_scaling: {
        type: 'longrope',
        long_factor: [1, 1.1, 2, 3, 4, 5],
        short_factor: [1, 1, 1, 1, 1, 1.05],
      },
    });
  });
});

test('finds the shortest decimal of an f32', () => {
  for (const x of [1e-5, 1e-6, 0.1, 500_000, 1.0299999713897705, 1 / 3]) {
    expect(Math.fround(shortest(Math.fround(x)))).toBe(Math.fround(x));
  }
  expect(shortest(Math.fround(1e-5))).toBe(1e-5);
  expect(shortest(Math.fround(1.03))).toBe(1.03);
});
