/**
 * Maps `general.architecture` to a Hugging Face checkpoint: the `model_type`, the names of a layer's tensors, and the
 * changes of llama.cpp's converter to the weights, which must be undone.
 * Names: "Standardized tensor names" in ggml's `docs/gguf.md`, and llama.cpp's `gguf-py/gguf/tensor_mapping.py`.
 *
 * To add an architecture, add an entry here. Keys of only one architecture go into its `config`.
 */
import { BERT } from './bert.ts';
import { COMMON, FUSED, type GgufArchitecture, QK_NORMS } from './entry.ts';
import { GEMMA } from './gemma.ts';
import { HYBRID } from './hybrid.ts';

export type { GgufArchitecture } from './entry.ts';

/** Entries by the value of `general.architecture`. */
export const ARCHITECTURES: Readonly<Record<string, GgufArchitecture>> = {
  // Mistral's files say llama too.
  llama: { modelType: 'llama', layer: COMMON, interleaved: true },
  mistral3: {
    modelType: 'ministral3',
    layer: COMMON,
    interleaved: true,
    config: (ask, key) => ({
      sliding_window: null,
      llama_4_scaling_beta: ask.number(key('attention.temperature_scale')) || null,
    }),
  },
  smollm3: {
    modelType: 'smollm3',
    layer: COMMON,
    interleaved: true,
    // llama.cpp assumes that every fourth layer has no RoPE.
    config: (_, __, { layers }) => ({
      no_rope_layer_interval: 4,
      no_rope_layers: Array.from({ length: layers }, (_, i) => ((i + 1) % 4 === 0 ? 0 : 1)),
    }),
  },
  qwen2: { modelType: 'qwen2', layer: COMMON, config: () => ({ use_sliding_window: false }) },
  qwen3: {
    modelType: 'qwen3',
    layer: { ...COMMON, ...QK_NORMS },
    config: () => ({ use_sliding_window: false }),
  },
  phi3: {
    modelType: 'phi3',
    layer: FUSED,
    partialRotary: true,
  },
  minicpm: {
    modelType: 'minicpm',
    layer: COMMON,
    interleaved: true,
    // Early files have no multipliers and mean those of the first model.
    config: (ask, key, { hidden, layers }) => {
      const added = ask.number(key('residual_scale')) ?? 1.4 / Math.sqrt(layers);
      return {
        scale_emb: ask.number(key('embedding_scale')) ?? 12,
        scale_depth: added * Math.sqrt(layers),
        dim_model_base: hidden / (ask.number(key('logit_scale')) ?? hidden / 256),
      };
    },
  },
  'hunyuan-dense': {
    modelType: 'hunyuan_v1_dense',
    layer: { ...COMMON, attn_q_norm: 'self_attn.query_layernorm', attn_k_norm: 'self_attn.key_layernorm' },
  },
  ernie4_5: {
    modelType: 'ernie4_5',
    layer: COMMON,
    config: (_, __, ___, has) => ({ use_bias: has('blk.0.attn_q.bias') }),
  },
  // OLMo 3 has windows, and scales the rope of layers without only.
  olmo2: {
    modelType: 'olmo3',
    layer: {
      ...COMMON,
      ...QK_NORMS,
      post_attention_norm: 'post_attention_layernorm',
      post_ffw_norm: 'post_feedforward_layernorm',
    },
    config: (ask, key, { layers }) =>
      (ask.count(key('attention.sliding_window')) ?? 0) > 0
        ? {}
        : { sliding_window: null, layer_types: Array.from({ length: layers }, () => 'full_attention') },
  },
  // ChatGLM2, ChatGLM3 and GLM-4, converted from the authors' files, or (unfused) from those of transformers.
  chatglm: {
    modelType: 'chatglm',
    top: {
      token_embd: 'transformer.embedding.word_embeddings',
      output_norm: 'transformer.encoder.final_layernorm',
      output: 'transformer.output_layer',
    },
    layers: 'transformer.encoder.layers',
    layer: {
      attn_norm: 'input_layernorm',
      attn_qkv: 'self_attention.query_key_value',
      attn_output: 'self_attention.dense',
      ffn_norm: 'post_attention_layernorm',
      ffn_up: 'mlp.dense_h_to_4h',
      ffn_down: 'mlp.dense_4h_to_h',
    },
    partialRotary: true,
    config: (_, __, sizes, has) => ({
      padded_vocab_size: sizes.vocab,
      num_layers: sizes.layers,
      ffn_hidden_size: sizes.ffn,
      kv_channels: sizes.headWidth,
      multi_query_attention: true,
      multi_query_group_num: sizes.kvHeads,
      seq_length: sizes.contextLength,
      layernorm_epsilon: sizes.eps,
      rope_ratio: sizes.theta / 10000,
      add_qkv_bias: has('blk.0.attn_qkv.bias'),
      add_bias_linear: has('blk.0.attn_output.bias'),
    }),
    unfused: { modelType: 'glm', layer: FUSED, partialRotary: true },
  },
  glm4: {
    modelType: 'glm4',
    layer: {
      ...FUSED,
      post_attention_norm: 'post_self_attn_layernorm',
      post_ffw_norm: 'post_mlp_layernorm',
    },
    partialRotary: true,
  },
  // llama.cpp runs the earlier models, with silu.
  bitnet: {
    modelType: 'bitnet',
    layer: { ...COMMON, attn_sub_norm: 'self_attn.attn_sub_norm', ffn_sub_norm: 'mlp.ffn_sub_norm' },
  },
  ...GEMMA,
  ...HYBRID,
  bert: BERT,
};
