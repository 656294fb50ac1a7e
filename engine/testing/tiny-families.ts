/**
 * For tests: every family as a checkpoint of some ten thousand random weights, odd on purpose: a head's width
 * is not hidden / heads, heads share keys by two or three, windows and trained lengths are shorter than the
 * prompt. Rows are multiples of 32 where GGUF's blocks ask for it.
 */
import { randomTensor, seededRandom } from '../tensor/random.ts';
import type { HostTensor } from '../tensor/tensor.ts';
import { buildModel } from '../models/index.ts';

export const VOCAB = 37;
/** The prompt is read at once, then the steps one by one: longer than any window below. */
export const PROMPT = [1, 5, 16, 0, 9, 33, 3, 11, 20, 36, 7];
export const STEPS = [4, 4, 29, 12];
/** Tokens in the cache, here and in the engine that the goldens come from: beyond the trained length of Phi-3.5. */
export const CAPACITY = 256;

export interface TinyFamily {
  readonly name: string;
  readonly config: Readonly<Record<string, unknown>>;
  /** `general.architecture` of GGUF. */
  readonly gguf: string;
}

const SIZES = {
  vocab_size: VOCAB,
  hidden_size: 64,
  intermediate_size: 96,
  num_hidden_layers: 3,
  num_attention_heads: 4,
  num_key_value_heads: 2,
  head_dim: 24,
  max_position_embeddings: 512,
  rms_norm_eps: 1e-5,
  rope_theta: 10000,
  bos_token_id: 1,
  eos_token_id: 2,
};
/** For families whose heads fill the width, in fact or in llama.cpp: 6 on 3. */
const FULL = { ...SIZES, hidden_size: 96, num_attention_heads: 6, num_key_value_heads: 3, head_dim: 16 };
const GEMMA = { ...SIZES, tie_word_embeddings: true, hidden_activation: 'gelu_pytorch_tanh' };
const rising = (n: number, from: number, by: number) =>
  Array.from({ length: n }, (_, i) => Math.fround(from + by * i));

export const TINY_FAMILIES: readonly TinyFamily[] = [
  { name: 'llama', gguf: 'llama', config: { ...SIZES, model_type: 'llama', tie_word_embeddings: false } },
  {
    name: 'llama-3.2',
    gguf: 'llama',
    config: {
      ...SIZES,
      model_type: 'llama',
      tie_word_embeddings: true,
      rope_theta: 500000,
      rope_scaling: {
        rope_type: 'llama3',
        factor: 32,
        low_freq_factor: 1,
        high_freq_factor: 4,
        original_max_position_embeddings: 8192,
      },
    },
  },
  {
    name: 'smollm3',
    gguf: 'smollm3',
    config: { ...SIZES, model_type: 'smollm3', num_hidden_layers: 5, tie_word_embeddings: true },
  },
  { name: 'qwen2', gguf: 'qwen2', config: { ...FULL, model_type: 'qwen2', tie_word_embeddings: false } },
  { name: 'qwen3', gguf: 'qwen3', config: { ...SIZES, model_type: 'qwen3', tie_word_embeddings: true } },
  { name: 'gemma', gguf: 'gemma', config: { ...GEMMA, model_type: 'gemma' } },
  {
    name: 'gemma2',
    gguf: 'gemma2',
    config: {
      ...GEMMA,
      model_type: 'gemma2',
      sliding_window: 4,
      query_pre_attn_scalar: 24,
      attn_logit_softcapping: 2,
      final_logit_softcapping: 3,
    },
  },
  {
    name: 'gemma3',
    gguf: 'gemma3',
    config: {
      ...GEMMA,
      model_type: 'gemma3_text',
      num_hidden_layers: 7,
      sliding_window: 4,
      query_pre_attn_scalar: 24,
      rope_theta: 1000000,
      rope_local_base_freq: 10000,
      rope_scaling: { rope_type: 'linear', factor: 8 },
    },
  },
  { name: 'phi3', gguf: 'phi3', config: { ...FULL, model_type: 'phi3', tie_word_embeddings: false } },
  {
    name: 'phi-3.5',
    gguf: 'phi3',
    config: {
      ...FULL,
      model_type: 'phi3',
      tie_word_embeddings: false,
      original_max_position_embeddings: 8,
      rope_scaling: {
        type: 'longrope',
        short_factor: rising(8, 1, 0.25),
        long_factor: rising(8, 1.5, 0.5),
      },
    },
  },
  {
    name: 'phi-4-mini',
    gguf: 'phi3',
    config: {
      ...FULL,
      model_type: 'phi3',
      tie_word_embeddings: true,
      partial_rotary_factor: 0.75,
      original_max_position_embeddings: 400,
      rope_scaling: {
        type: 'longrope',
        short_factor: rising(6, 1, 0.25),
        long_factor: rising(6, 1.5, 0.5),
      },
    },
  },
  {
    name: 'chatglm',
    gguf: 'chatglm',
    config: {
      model_type: 'chatglm',
      padded_vocab_size: VOCAB,
      hidden_size: 96,
      ffn_hidden_size: 64,
      num_layers: 3,
      num_attention_heads: 6,
      kv_channels: 16,
      multi_query_attention: true,
      multi_query_group_num: 2,
      seq_length: 512,
      layernorm_epsilon: 1e-5,
      rope_ratio: 50,
      add_qkv_bias: true,
      add_bias_linear: false,
      rmsnorm: true,
      post_layer_norm: true,
      original_rope: true,
      bos_token_id: 1,
      eos_token_id: 2,
    },
  },
  {
    name: 'glm',
    gguf: 'chatglm',
    config: {
      ...FULL,
      model_type: 'glm',
      attention_bias: true,
      partial_rotary_factor: 0.5,
      tie_word_embeddings: false,
    },
  },
  {
    name: 'glm4',
    gguf: 'glm4',
    config: {
      ...SIZES,
      model_type: 'glm4',
      attention_bias: true,
      partial_rotary_factor: 0.5,
      tie_word_embeddings: false,
    },
  },
];

/** The same for the same family, on every machine: f32 made of integers. */
export function tinyFamilyTensors({ name, config }: TinyFamily): Record<string, HostTensor> {
  const { tensors } = buildModel(config, {
    activations: 'f32',
    weights: () => ({ dtype: 'f32' }),
    maxChunk: 64,
    capacity: CAPACITY,
  });
  const plus = String(config.model_type).startsWith('gemma') ? 0 : 1;
  return Object.fromEntries(
    tensors.map(({ name: tensor, shape, kind }) => {
      const isNorm = kind === 'vector' && tensor.endsWith('.weight');
      // Scores and logits of some units, so that caps and windows are felt.
      const spread = kind === 'vector' ? 0.5 : 3 / Math.sqrt(shape[1] as number);
      const random = seededRandom(hash(`${name} ${tensor}`));
      return [tensor, randomTensor(shape, random, { spread, centre: isNorm ? plus : 0 })];
    }),
  );
}

/** FNV-1a. */
function hash(text: string): number {
  let h = 0x811c9dc5;
  for (const char of text) h = Math.imul(h ^ (char.codePointAt(0) as number), 0x01000193) >>> 0;
  return h;
}
