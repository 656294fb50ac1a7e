/** Granite, LFM, Qwen3.5 and Falcon-H1: layers with a convolution or a carried matrix, and their relatives. */
import { COMMON, type GgufArchitecture, QK_NORMS, windowedTypes } from './entry.ts';

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

export const HYBRID: Readonly<Record<string, GgufArchitecture>> = {
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
};
