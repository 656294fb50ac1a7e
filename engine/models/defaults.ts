/**
 * What a config.json means where a key is absent: the defaults of the families' config classes in transformers
 * (`models/<family>/configuration_<family>.py`). Nested configs are written without their defaults, so most of a model's
 * sizes may be missing. A key that is null has no default: `"sliding_window": null` is a model without windows.
 *
 * `scripts/goldens/configs.py` writes what transformers makes of configs with few keys; the test compares.
 * Not here: keys of `chatglm`, whose class is its authors' own (`families/chatglm.ts`).
 */
import { POOLING_KEY } from './encoder.ts';
import { asConfig, type Config } from './config.ts';

const LLAMA: Config = {
  vocab_size: 32_000,
  hidden_size: 4096,
  intermediate_size: 11_008,
  num_hidden_layers: 32,
  num_attention_heads: 32,
  max_position_embeddings: 2048,
  rms_norm_eps: 1e-6,
  rope_theta: 10_000,
  tie_word_embeddings: false,
};
const MISTRAL: Config = {
  ...LLAMA,
  intermediate_size: 14_336,
  num_key_value_heads: 8,
  max_position_embeddings: 131_072,
  sliding_window: 4096,
};
const QWEN: Config = {
  ...LLAMA,
  vocab_size: 151_936,
  intermediate_size: 22_016,
  num_key_value_heads: 32,
  max_position_embeddings: 32_768,
  use_sliding_window: false,
  sliding_window: 4096,
  max_window_layers: 28,
};
const QWEN35: Config = {
  ...LLAMA,
  vocab_size: 248_320,
  intermediate_size: 12_288,
  num_attention_heads: 16,
  num_key_value_heads: 4,
  head_dim: 256,
  max_position_embeddings: 32_768,
  linear_num_value_heads: 32,
};
const GEMMA: Config = {
  ...LLAMA,
  vocab_size: 256_000,
  hidden_size: 3072,
  intermediate_size: 24_576,
  num_hidden_layers: 28,
  num_attention_heads: 16,
  num_key_value_heads: 16,
  head_dim: 256,
  max_position_embeddings: 8192,
  tie_word_embeddings: true,
};
const GEMMA2: Config = {
  ...GEMMA,
  hidden_size: 2304,
  intermediate_size: 9216,
  num_hidden_layers: 26,
  num_attention_heads: 8,
  num_key_value_heads: 4,
  sliding_window: 4096,
  attn_logit_softcapping: 50,
  final_logit_softcapping: 30,
  query_pre_attn_scalar: 256,
};
const GEMMA3: Config = {
  ...GEMMA2,
  vocab_size: 262_208,
  max_position_embeddings: 131_072,
  attn_logit_softcapping: null,
  final_logit_softcapping: null,
  rope_theta: 1_000_000,
  rope_local_base_freq: 10_000,
};
const GLM: Config = {
  ...LLAMA,
  vocab_size: 151_552,
  intermediate_size: 13_696,
  num_hidden_layers: 40,
  num_key_value_heads: 2,
  head_dim: 128,
  max_position_embeddings: 131_072,
  rms_norm_eps: 1.5625e-7,
  partial_rotary_factor: 0.5,
  attention_bias: true,
};

const GRANITE: Config = {
  ...LLAMA,
  embedding_multiplier: 1,
  logits_scaling: 1,
  residual_multiplier: 1,
  attention_multiplier: 1,
};
const OLMO2: Config = { ...LLAMA, vocab_size: 50_304, rms_norm_eps: 1e-5, eos_token_id: 50_279 };

/** By `model_type`. */
const DEFAULTS: Readonly<Record<string, Config>> = {
  llama: LLAMA,
  mistral: MISTRAL,
  ministral: MISTRAL,
  ministral3: {
    ...MISTRAL,
    vocab_size: 131_072,
    num_hidden_layers: 34,
    head_dim: 128,
    max_position_embeddings: 262_144,
    rms_norm_eps: 1e-5,
    rope_theta: 1_000_000,
    sliding_window: null,
    rope_parameters: {
      rope_type: 'yarn',
      rope_theta: 1_000_000,
      factor: 16,
      original_max_position_embeddings: 16_384,
      mscale: 1,
      mscale_all_dim: 1,
      llama_4_scaling_beta: 0.1,
    },
  },
  smollm3: {
    ...LLAMA,
    vocab_size: 128_256,
    hidden_size: 2048,
    num_hidden_layers: 36,
    num_attention_heads: 16,
    num_key_value_heads: 4,
    max_position_embeddings: 32_768,
    rope_theta: 2_000_000,
    tie_word_embeddings: true,
    use_sliding_window: false,
    no_rope_layer_interval: 4,
  },
  qwen2: QWEN,
  qwen3: { ...QWEN, head_dim: 128 },
  qwen3_5_text: QWEN35,
  gemma: GEMMA,
  gemma2: GEMMA2,
  gemma3_text: GEMMA3,
  embedding_gemma2_text: {
    ...GEMMA,
    vocab_size: 262_144,
    hidden_size: 512,
    intermediate_size: 2048,
    num_hidden_layers: 24,
    num_attention_heads: 4,
    num_key_value_heads: 2,
    max_position_embeddings: 262_144,
    sliding_window: 512,
    hidden_size_per_layer_input: 512,
    embedding_dim: 768,
  },
  gemma4_text: {
    ...GEMMA,
    vocab_size: 262_144,
    hidden_size: 2304,
    intermediate_size: 9216,
    num_hidden_layers: 30,
    num_attention_heads: 8,
    num_key_value_heads: 4,
    max_position_embeddings: 131_072,
    sliding_window: 512,
    global_head_dim: 512,
    hidden_size_per_layer_input: 256,
    vocab_size_per_layer_input: 262_144,
    num_kv_shared_layers: 0,
    final_logit_softcapping: null,
  },
  phi3: {
    ...LLAMA,
    vocab_size: 32_064,
    hidden_size: 3072,
    intermediate_size: 8192,
    max_position_embeddings: 4096,
    rms_norm_eps: 1e-5,
    original_max_position_embeddings: 4096,
  },
  granite: GRANITE,
  granitemoehybrid: { ...GRANITE, num_local_experts: 8, shared_intermediate_size: 1024 },
  falcon_h1: {
    ...LLAMA,
    vocab_size: 128_000,
    intermediate_size: 14_336,
    num_key_value_heads: 8,
    max_position_embeddings: 8192,
    rms_norm_eps: 1e-5,
    mamba_d_ssm: 1024,
  },
  granite_swa: {
    ...GRANITE,
    vocab_size: 100_352,
    hidden_size: 2560,
    intermediate_size: 8192,
    num_hidden_layers: 24,
    num_attention_heads: 20,
    num_key_value_heads: 4,
    max_position_embeddings: 8192,
    rms_norm_eps: 1e-5,
    tie_word_embeddings: true,
    sliding_window: 128,
  },
  hunyuan_v1_dense: { ...LLAMA, vocab_size: 290_943, rms_norm_eps: 1e-5 },
  ernie4_5: {
    ...LLAMA,
    vocab_size: 103_424,
    hidden_size: 1024,
    intermediate_size: 3072,
    num_hidden_layers: 18,
    num_attention_heads: 16,
    num_key_value_heads: 2,
    head_dim: 128,
    max_position_embeddings: 131_072,
    rms_norm_eps: 1e-5,
    rope_theta: 500_000,
    tie_word_embeddings: true,
  },
  lfm2: {
    ...LLAMA,
    vocab_size: 65_536,
    hidden_size: 2560,
    intermediate_size: 12_288,
    num_key_value_heads: 8,
    max_position_embeddings: 128_000,
    rope_theta: 1_000_000,
    tie_word_embeddings: true,
  },
  lfm3: {
    ...LLAMA,
    vocab_size: 128_000,
    hidden_size: 2048,
    intermediate_size: 7680,
    num_hidden_layers: 24,
    num_attention_heads: 16,
    num_key_value_heads: 4,
    head_dim: 128,
    max_position_embeddings: 128_000,
    conv_L_cache: 7,
    sliding_window: 256,
    tie_word_embeddings: true,
  },
  olmo2: OLMO2,
  olmo3: { ...OLMO2, rope_theta: 500_000, sliding_window: 4096 },
  // The class is its authors' own; llama.cpp assumes the same multipliers.
  minicpm: {
    ...LLAMA,
    scale_emb: 1,
    scale_depth: 1,
    dim_model_base: 1,
    tie_word_embeddings: true,
  },
  glm: GLM,
  glm4: GLM,
  bitnet: {
    ...LLAMA,
    vocab_size: 128_256,
    hidden_size: 2560,
    intermediate_size: 6912,
    num_hidden_layers: 30,
    num_attention_heads: 20,
    num_key_value_heads: 5,
    rms_norm_eps: 1e-5,
    rope_theta: 500_000,
    hidden_act: 'relu2',
  },
  bert: {
    vocab_size: 30_522,
    hidden_size: 768,
    intermediate_size: 3072,
    num_hidden_layers: 12,
    num_attention_heads: 12,
    max_position_embeddings: 512,
    type_vocab_size: 2,
    layer_norm_eps: 1e-12,
    hidden_act: 'gelu',
  },
};

/** Models that also read pictures, with the `model_type` of their text part where that names none. */
const BESIDE_PICTURES: Readonly<Record<string, string>> = {
  gemma3: 'gemma3_text',
  embedding_gemma2: 'embedding_gemma2_text',
  gemma4: 'gemma4_text',
  mistral3: 'mistral',
  qwen3_5: 'qwen3_5_text',
};

/**
 * Returns the config of the text model, with defaults. Of a model that also reads pictures it is `text_config`; such a
 * model says itself whether embedding and head are tied, and they are if it does not. Throws `checkpoint-damaged` for a
 * `text_config` that is not an object.
 */
export function textConfig(config: Config): Config {
  const type = String(config.model_type);
  if (!Object.hasOwn(BESIDE_PICTURES, type)) return withDefaults(config);
  const { bos_token_id, eos_token_id, tie_word_embeddings: tied } = config;
  const text = config.text_config == null ? {} : asConfig(config.text_config, 'text_config');
  return withDefaults({
    bos_token_id,
    eos_token_id,
    model_type: BESIDE_PICTURES[type],
    ...text,
    // What is beside the checkpoint is beside the whole config.
    [POOLING_KEY]: config[POOLING_KEY],
    tie_word_embeddings: tied ?? (type === 'qwen3_5' ? (text.tie_word_embeddings ?? false) : true),
    // Names of tensors begin otherwise.
    beside_pictures: type !== 'mistral3',
  });
}

function withDefaults(config: Config): Config {
  const type = String(config.model_type);
  const defaults = Object.hasOwn(DEFAULTS, type) ? DEFAULTS[type] : undefined;
  if (defaults === undefined) return config;
  // Both names of the scaling mean the same: one that is given replaces the default of the other.
  const { rope_parameters, ...others } = defaults;
  const scaled = config.rope_scaling != null || rope_parameters === undefined;
  return { ...others, ...(scaled ? {} : { rope_parameters }), ...config };
}
