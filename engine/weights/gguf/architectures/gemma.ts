/** Gemma 1 to 4, and EmbeddingGemma. */
import { MODULES_KEY } from '../../formats/sentence-transformers.ts';
import { COMMON, FOUR_NORMS, type GgufArchitecture, QK_NORMS, type Sizes, windowedTypes } from './entry.ts';
import { poolingOf } from './bert.ts';

const GELU = { hidden_act: 'gelu_pytorch_tanh', hidden_activation: 'gelu_pytorch_tanh' };

const GEMMA4_TOP = {
  token_embd: 'model.embed_tokens',
  output_norm: 'model.norm',
  output: 'lm_head',
  per_layer_token_embd: 'model.embed_tokens_per_layer',
  per_layer_model_proj: 'model.per_layer_model_projection',
  per_layer_proj_norm: 'model.per_layer_projection_norm',
};

const GEMMA3: GgufArchitecture = {
  modelType: 'gemma3_text',
  layer: { ...COMMON, ...QK_NORMS, ...FOUR_NORMS },
  normsPlusOne: true,
  config: (ask, key, sizes) => ({
    ...GELU,
    // Without the key no layer has a window, unlike in config.json.
    ...((ask.count(key('attention.sliding_window')) ?? 0) > 0 ? {} : { sliding_window: null }),
    attn_logit_softcapping: null,
    final_logit_softcapping: ask.number(key('final_logit_softcapping')) ?? null,
    rope_local_base_freq: ask.number(key('rope.freq_base_swa')) ?? 10000,
    sliding_window_pattern: 6,
    query_pre_attn_scalar: attentionScalar(sizes, 62),
  }),
};

const GEMMA_EMBEDDING: GgufArchitecture = {
  ...GEMMA3,
  top: {
    token_embd: 'model.embed_tokens',
    output_norm: 'model.norm',
    dense_2: '2_Dense.linear',
    dense_3: '3_Dense.linear',
  },
  config: (ask, key, sizes, has) => ({
    ...GEMMA3.config?.(ask, key, sizes, has),
    use_bidirectional_attention: true,
    [MODULES_KEY]: {
      pooling: poolingOf(ask, key),
      dense: ['2', '3']
        .filter((n) => has(`dense_${n}.weight`))
        .map((n) => ({
          tensor: `${n}_Dense.linear`,
          out: ask.count(key(`dense_${n}_feat_out`)) ?? sizes.hidden,
          bias: has(`dense_${n}.bias`),
        })),
      // The file has no prompts; these are the published ones.
      prompts: { query: 'task: search result | query: ', document: 'title: none | text: ' },
    },
  }),
};

export const GEMMA: Readonly<Record<string, GgufArchitecture>> = {
  gemma: { modelType: 'gemma', layer: COMMON, normsPlusOne: true, config: () => GELU },
  gemma2: {
    modelType: 'gemma2',
    layer: { ...COMMON, ...FOUR_NORMS },
    normsPlusOne: true,
    config: (ask, key, sizes) => ({
      ...GELU,
      attn_logit_softcapping: ask.number(key('attn_logit_softcapping')) ?? 50,
      final_logit_softcapping: ask.number(key('final_logit_softcapping')) ?? 30,
      query_pre_attn_scalar: attentionScalar(sizes, 46),
    }),
  },
  gemma4: {
    modelType: 'gemma4_text',
    top: GEMMA4_TOP,
    layer: {
      ...COMMON,
      ...QK_NORMS,
      ...FOUR_NORMS,
      inp_gate: 'per_layer_input_gate',
      proj: 'per_layer_projection',
      post_norm: 'post_per_layer_input_norm',
      'layer_output_scale.weight': 'layer_scalar',
    },
    ffnByLayer: true,
    config: (ask, key, { headWidth, ffn, vocab }, has) => ({
      ...GELU,
      head_dim: ask.count(key('attention.key_length_swa')) ?? headWidth,
      global_head_dim: headWidth,
      layer_types: windowedTypes(ask, key) ?? null,
      num_kv_shared_layers: ask.count(key('attention.shared_kv_layers')) ?? 0,
      use_double_wide_mlp: (ask.numbers(key('feed_forward_length')) ?? []).some((width) => width !== ffn),
      hidden_size_per_layer_input: ask.count(key('embedding_length_per_layer_input')) ?? 0,
      vocab_size_per_layer_input: vocab,
      attention_k_eq_v: !has('blk.0.attn_v.weight'),
      final_logit_softcapping: ask.number(key('final_logit_softcapping')) ?? null,
      rope_local_base_freq: ask.number(key('rope.freq_base_swa')) ?? 10000,
    }),
  },
  gemma3: GEMMA3,
  'gemma-embedding': GEMMA_EMBEDDING,
};

/**
 * The file does not contain `query_pre_attn_scalar`. As llama.cpp does, recognises the 27B models, which use another
 * value, by their number of layers (`odd`).
 */
function attentionScalar({ hidden, heads, headWidth, layers }: Sizes, odd: number): number {
  return layers === odd ? hidden / heads : headWidth;
}
