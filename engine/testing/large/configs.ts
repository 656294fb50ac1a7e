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
