/**
 * Maps `general.architecture` to a Hugging Face checkpoint: the `model_type`, the names of a layer's tensors, and the
 * changes of llama.cpp's converter to the weights, which must be undone.
 * Names: "Standardized tensor names" in ggml's `docs/gguf.md`, and llama.cpp's `gguf-py/gguf/tensor_mapping.py`.
 *
 * To add an architecture, add an entry here. Keys of only one architecture go into its `config`.
 */
import { MODULES_KEY } from '../formats/sentence-transformers.ts';
import { type Metadata, shortest } from './value.ts';

/** How to map files of one architecture. */
export interface GgufArchitecture {
  /** `model_type` of config.json. */
  readonly modelType: string;
  /** Names outside of layers, and the prefix of a layer's number, if they differ from Llama's. */
  readonly top?: Readonly<Record<string, string>>;
  readonly layers?: string;
  /** Names within a layer, without `.weight` and `.bias`. A key with `.weight` gives the whole name of a vector. */
  readonly layer: Readonly<Record<string, string>>;
  /**
   * The converter interleaved the two halves of a head's D rows, row i + D/2 after row i, for a RoPE that rotates
   * neighbouring elements.
   */
  readonly interleaved?: boolean;
  /** The converter added 1 to the weights of norms, which Gemma multiplies by 1 + w. */
  readonly normsPlusOne?: boolean;
  /** Feed-forward blocks differ by layer; the width is then that of the first. */
  readonly ffnByLayer?: boolean;
  /** RoPE may rotate only part of a head; the config has a key for it. */
  readonly partialRotary?: boolean;
  /** Adds config keys to the common ones. `key` prefixes the architecture's name; `has` tests for a tensor by name. */
  readonly config?: (
    ask: Metadata,
    key: (name: string) => string,
    sizes: Sizes,
    has: (tensor: string) => boolean,
  ) => Record<string, unknown>;
  /** The entry to use instead when q, k and v are separate tensors. */
  readonly unfused?: GgufArchitecture;
}

/** Sizes and constants from the metadata. */
export interface Sizes {
  readonly hidden: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly headWidth: number;
  readonly layers: number;
  readonly ffn: number | null;
  readonly vocab: number;
  readonly contextLength: number;
  readonly eps: number;
  readonly theta: number;
}

const COMMON = {
  attn_norm: 'input_layernorm',
  attn_q: 'self_attn.q_proj',
  attn_k: 'self_attn.k_proj',
  attn_v: 'self_attn.v_proj',
  attn_output: 'self_attn.o_proj',
  ffn_norm: 'post_attention_layernorm',
  ffn_gate: 'mlp.gate_proj',
  ffn_up: 'mlp.up_proj',
  ffn_down: 'mlp.down_proj',
};
const QK_NORMS = { attn_q_norm: 'self_attn.q_norm', attn_k_norm: 'self_attn.k_norm' };
const FOUR_NORMS = {
  post_attention_norm: 'post_attention_layernorm',
  ffn_norm: 'pre_feedforward_layernorm',
  post_ffw_norm: 'post_feedforward_layernorm',
};
const FUSED = { ...COMMON, attn_qkv: 'self_attn.qkv_proj', ffn_up: 'mlp.gate_up_proj' };
const GRANITE: GgufArchitecture = {
  modelType: 'granite',
  layer: COMMON,
  interleaved: true,
  config: (ask, key, { headWidth }) => ({
    embedding_multiplier: ask.number(key('embedding_scale')) || 1,
    residual_multiplier: ask.number(key('residual_scale')) || 1,
    attention_multiplier: ask.number(key('attention.scale')) || headWidth ** -0.5,
    logits_scaling: ask.number(key('logit_scale')) || 1,
  }),
};
const LFM2: GgufArchitecture = {
  modelType: 'lfm2',
  top: { token_embd: 'model.embed_tokens', token_embd_norm: 'model.embedding_norm', output: 'lm_head' },
  layer: {
    attn_norm: 'operator_norm',
    attn_q: 'self_attn.q_proj',
    attn_k: 'self_attn.k_proj',
    attn_v: 'self_attn.v_proj',
    attn_q_norm: 'self_attn.q_layernorm',
    attn_k_norm: 'self_attn.k_layernorm',
    attn_output: 'self_attn.out_proj',
    'shortconv.in_proj': 'conv.in_proj',
    'shortconv.conv': 'conv.conv',
    'shortconv.out_proj': 'conv.out_proj',
    ffn_norm: 'ffn_norm',
    ffn_gate: 'feed_forward.w1',
    ffn_up: 'feed_forward.w3',
    ffn_down: 'feed_forward.w2',
  },
  // A layer without heads of keys is a convolution.
  config: (ask, key, { layers, eps }, has) => ({
    norm_eps: eps,
    block_auto_adjust_ff_dim: false,
    conv_L_cache: ask.count(key('shortconv.l_cache')) ?? 3,
    conv_bias: has('blk.0.shortconv.in_proj.bias'),
    layer_types: Array.from({ length: layers }, (_, i) =>
      has(`blk.${i}.shortconv.conv.weight`) ? 'conv' : 'full_attention',
    ),
  }),
};
const GEMMA4_TOP = {
  token_embd: 'model.embed_tokens',
  output_norm: 'model.norm',
  output: 'lm_head',
  per_layer_token_embd: 'model.embed_tokens_per_layer',
  per_layer_model_proj: 'model.per_layer_model_projection',
  per_layer_proj_norm: 'model.per_layer_projection_norm',
};
const GELU = { hidden_act: 'gelu_pytorch_tanh', hidden_activation: 'gelu_pytorch_tanh' };

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
/** `pooling_type` of encoders; absent is the mean. Source: `enum llama_pooling_type`. */
const POOLINGS = ['none', 'mean', 'first', 'last', 'rank'];
const poolingOf = (ask: Metadata, key: (name: string) => string) =>
  POOLINGS[ask.count(key('pooling_type')) ?? 1] ?? 'unknown';
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
const BERT: GgufArchitecture = {
  modelType: 'bert',
  top: {
    token_embd: 'embeddings.word_embeddings',
    position_embd: 'embeddings.position_embeddings',
    token_types: 'embeddings.token_type_embeddings',
    token_embd_norm: 'embeddings.LayerNorm',
  },
  layers: 'encoder.layer',
  layer: {
    attn_q: 'attention.self.query',
    attn_k: 'attention.self.key',
    attn_v: 'attention.self.value',
    attn_output: 'attention.output.dense',
    attn_output_norm: 'attention.output.LayerNorm',
    ffn_up: 'intermediate.dense',
    ffn_down: 'output.dense',
    layer_output_norm: 'output.LayerNorm',
  },
  config: (ask, key) => ({
    hidden_act: 'gelu',
    layer_norm_eps: shortest(ask.number(key('attention.layer_norm_epsilon')) ?? 1e-12),
    type_vocab_size: ask.count('tokenizer.ggml.token_type_count') ?? 2,
    [MODULES_KEY]: { pooling: poolingOf(ask, key) },
  }),
};
/** Tensors of a scan (models/recurrent.ts), within the part of a layer that is called `prefix`. */
const scanNames = (prefix: string) => ({
  ssm_a: `${prefix}.A_log`,
  'ssm_dt.bias': `${prefix}.dt_bias`,
  ssm_conv1d: `${prefix}.conv1d`,
  ssm_norm: `${prefix}.norm`,
  ssm_out: `${prefix}.out_proj`,
});

/** Sizes of Mamba layers. */
const mambaSizes: NonNullable<GgufArchitecture['config']> = (ask, key, { hidden, layers }, has) => ({
  mamba_n_heads: ask.count(key('ssm.time_step_rank')) ?? 128,
  mamba_n_groups: ask.count(key('ssm.group_count')) ?? 1,
  mamba_d_state: ask.count(key('ssm.state_size')) ?? 128,
  mamba_d_conv: ask.count(key('ssm.conv_kernel')) ?? 4,
  mamba_expand: (ask.count(key('ssm.inner_size')) ?? 2 * hidden) / hidden,
  mamba_conv_bias: has('blk.0.ssm_conv1d.bias'),
  layer_types: Array.from({ length: layers }, (_, i) => (has(`blk.${i}.ssm_a`) ? 'mamba' : 'attention')),
});

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
  qwen35: {
    modelType: 'qwen3_5_text',
    layer: {
      ...COMMON,
      ...QK_NORMS,
      ...scanNames('linear_attn'),
      attn_qkv: 'linear_attn.in_proj_qkv',
      attn_gate: 'linear_attn.in_proj_z',
      ssm_alpha: 'linear_attn.in_proj_a',
      ssm_beta: 'linear_attn.in_proj_b',
      ffn_norm: 'post_attention_layernorm',
      post_attention_norm: 'post_attention_layernorm',
    },
    normsPlusOne: true,
    partialRotary: true,
    config: (ask, key, { layers, headWidth }, has) => {
      const heads = ask.count(key('ssm.time_step_rank')) ?? 32;
      return {
        head_dim: headWidth,
        linear_conv_kernel_dim: ask.count(key('ssm.conv_kernel')) ?? 4,
        linear_key_head_dim: ask.count(key('ssm.state_size')) ?? 128,
        linear_value_head_dim: (ask.count(key('ssm.inner_size')) ?? 128 * heads) / heads,
        linear_num_key_heads: ask.count(key('ssm.group_count')) ?? 16,
        linear_num_value_heads: heads,
        // The converter moved the heads of values, so that head h has the keys of head h modulo their number.
        linear_heads_tiled: true,
        layer_types: Array.from({ length: layers }, (_, i) =>
          has(`blk.${i}.ssm_a`) ? 'linear_attention' : 'full_attention',
        ),
      };
    },
  },
  phi3: {
    modelType: 'phi3',
    layer: FUSED,
    partialRotary: true,
  },
  granite: GRANITE,
  granitehybrid: {
    ...GRANITE,
    modelType: 'granitemoehybrid',
    layer: {
      ...COMMON,
      ...scanNames('mamba'),
      ssm_in: 'mamba.in_proj',
      ssm_d: 'mamba.D',
      ffn_gate: 'shared_mlp.gate_proj',
      ffn_up: 'shared_mlp.up_proj',
      ffn_down: 'shared_mlp.output_linear',
    },
    config: (ask, key, sizes, has) => ({
      ...GRANITE.config?.(ask, key, sizes, has),
      ...mambaSizes(ask, key, sizes, has),
      num_local_experts: 0,
      shared_intermediate_size: sizes.ffn,
      shared_mlp_apart: true,
      position_embedding_type: ask.flag(key('rope.scaling.finetuned')) === false ? 'nope' : 'rope',
    }),
  },
  // The converter multiplied its tensors by the multipliers.
  'falcon-h1': {
    modelType: 'falcon_h1',
    top: { token_embd: 'model.embed_tokens', output_norm: 'model.final_layernorm', output: 'lm_head' },
    layer: {
      ...COMMON,
      ...scanNames('mamba'),
      ssm_in: 'mamba.in_proj',
      ssm_d: 'mamba.D',
      ffn_norm: 'pre_ff_layernorm',
      ffn_gate: 'feed_forward.gate_proj',
      ffn_up: 'feed_forward.up_proj',
      ffn_down: 'feed_forward.down_proj',
    },
    config: (ask, key, sizes, has) => ({
      ...mambaSizes(ask, key, sizes, has),
      layer_types: null,
      mamba_d_ssm: ask.count(key('ssm.inner_size')) ?? null,
      mamba_rms_norm: has('blk.0.ssm_norm.weight'),
      mamba_norm_before_gate: false,
    }),
  },
  granite_swa: {
    ...GRANITE,
    modelType: 'granite_swa',
    layer: { ...COMMON, 'attn_sinks.weight': 'self_attn.sinks' },
    config: (ask, key, sizes, has) => {
      const turned = ask.numbers(key('attention.rope_pattern'));
      return {
        ...GRANITE.config?.(ask, key, sizes, has),
        layer_types: windowedTypes(ask, key),
        layer_rope_theta: turned && Array.from(turned, (turns) => (turns ? sizes.theta : 0)),
      };
    },
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
  lfm2: LFM2,
  lfm3: {
    ...LFM2,
    modelType: 'lfm3',
    top: { token_embd: 'model.embed_tokens', output_norm: 'model.embedding_norm', output: 'lm_head' },
    layer: {
      ...LFM2.layer,
      ...QK_NORMS,
      attn_output: 'self_attn.o_proj',
      attn_gate: 'self_attn.gate_proj',
      post_attention_norm: 'post_operator_norm',
      post_ffw_norm: 'post_ffn_norm',
    },
    config: (ask, key, sizes, has) => {
      const windowed = windowedTypes(ask, key) ?? [];
      const gated = (_: unknown, i: number) => has(`blk.${i}.attn_gate.weight`);
      return {
        ...LFM2.config?.(ask, key, sizes, has),
        rope_local_base_freq: ask.number(key('rope.freq_base_swa')) ?? 10000,
        use_sandwich_norm: has('blk.0.post_attention_norm.weight'),
        use_attention_gate: Array.from({ length: sizes.layers }).some(gated),
        layer_types: Array.from({ length: sizes.layers }, (_, i) =>
          has(`blk.${i}.shortconv.conv.weight`) ? 'conv' : (windowed[i] ?? 'full_attention'),
        ),
      };
    },
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
  // llama.cpp runs the earlier models, with silu.
  bitnet: {
    modelType: 'bitnet',
    layer: { ...COMMON, attn_sub_norm: 'self_attn.attn_sub_norm', ffn_sub_norm: 'mlp.ffn_sub_norm' },
  },
  bert: BERT,
};

/** `layer_types` by the list of layers with a window; undefined where the file has none. */
function windowedTypes(ask: Metadata, key: (name: string) => string): string[] | undefined {
  const pattern = ask.numbers(key('attention.sliding_window_pattern'));
  return pattern && Array.from(pattern, (windowed) => (windowed ? 'sliding_attention' : 'full_attention'));
}

/**
 * The file does not contain `query_pre_attn_scalar`. As llama.cpp does, recognises the 27B models, which use another
 * value, by their number of layers (`odd`).
 */
function attentionScalar({ hidden, heads, headWidth, layers }: Sizes, odd: number): number {
  return layers === odd ? hidden / heads : headWidth;
}
