/** The sizes of published models, of their config.json: the text part, without what has a default. */
const LAYERS = 35;

/** google/gemma-4-E2B-it. */
export const GEMMA4_E2B = {
  model_type: 'gemma4',
  text_config: {
    hidden_size: 1536,
    intermediate_size: 6144,
    num_hidden_layers: LAYERS,
    num_attention_heads: 8,
    num_key_value_heads: 1,
    num_kv_shared_layers: 20,
    use_double_wide_mlp: true,
    layer_types: Array.from({ length: LAYERS }, (_, i) =>
      (i + 1) % 5 === 0 ? 'full_attention' : 'sliding_attention',
    ),
    final_logit_softcapping: 30,
  },
};

/** Qwen/Qwen3.5-0.8B. */
export const QWEN35_08B = {
  model_type: 'qwen3_5',
  tie_word_embeddings: true,
  text_config: {
    model_type: 'qwen3_5_text',
    hidden_size: 1024,
    intermediate_size: 3584,
    num_hidden_layers: 24,
    num_attention_heads: 8,
    num_key_value_heads: 2,
    head_dim: 256,
    vocab_size: 248_320,
    max_position_embeddings: 262_144,
    linear_num_key_heads: 16,
    linear_num_value_heads: 16,
    linear_key_head_dim: 128,
    linear_value_head_dim: 128,
    linear_conv_kernel_dim: 4,
    full_attention_interval: 4,
    rope_parameters: { rope_type: 'default', rope_theta: 1e7, partial_rotary_factor: 0.25 },
  },
};

/** tiiuae/Falcon-H1-0.5B-Instruct; the multipliers cost nothing and are left out. */
export const FALCON_H1_05B = {
  model_type: 'falcon_h1',
  hidden_size: 1024,
  intermediate_size: 2048,
  num_hidden_layers: 36,
  num_attention_heads: 8,
  num_key_value_heads: 2,
  head_dim: 64,
  vocab_size: 32_784,
  max_position_embeddings: 16_384,
  mamba_d_ssm: 1536,
  mamba_n_heads: 24,
  mamba_d_head: 64,
  mamba_d_state: 128,
  mamba_n_groups: 1,
  mamba_d_conv: 4,
  mamba_rms_norm: false,
  tie_word_embeddings: false,
};

/** LiquidAI/LFM2.5-350M. */
export const LFM25_350M = {
  model_type: 'lfm2',
  vocab_size: 65_536,
  hidden_size: 1024,
  intermediate_size: 4608,
  block_auto_adjust_ff_dim: false,
  num_hidden_layers: 16,
  num_attention_heads: 16,
  num_key_value_heads: 8,
  max_position_embeddings: 128_000,
  conv_L_cache: 3,
  layer_types: Array.from({ length: 16 }, (_, i) =>
    [2, 5, 8, 10, 12, 14].includes(i) ? 'full_attention' : 'conv',
  ),
};

/** ibm-granite/granite-4.0-h-1b; the multipliers cost nothing and are left out. */
export const GRANITE4_H_1B = {
  model_type: 'granitemoehybrid',
  vocab_size: 100_352,
  hidden_size: 1536,
  intermediate_size: 4096,
  shared_intermediate_size: 4096,
  num_local_experts: 0,
  num_hidden_layers: 40,
  num_attention_heads: 12,
  num_key_value_heads: 4,
  max_position_embeddings: 131_072,
  position_embedding_type: 'nope',
  mamba_n_heads: 48,
  mamba_d_head: 64,
  mamba_n_groups: 1,
  mamba_d_state: 128,
  mamba_d_conv: 4,
  mamba_expand: 2,
  mamba_conv_bias: true,
  tie_word_embeddings: true,
  layer_types: Array.from({ length: 40 }, (_, i) => ([5, 15, 25, 35].includes(i) ? 'attention' : 'mamba')),
};
