/**
 * Qwen3.5, its text part: three of four layers are gated delta rules, the others attention with a gate for each column of
 * a head and a partial rotation. Pictures and the layer that predicts two tokens are left out. Source: arXiv 2412.06464;
 * transformers `models/qwen3_5/modeling_qwen3_5.py`.
 */
import { PAIRED } from '../../attention.ts';
import { type Config, count, flag, positive, unsupported, wrongConfig } from '../../config.ts';
import { buildDecoder, HEAD_NORMS, LLAMA_NAMES } from '../../decoder.ts';
import type { ModelArchitecture } from '../../architecture.ts';
import type { RecurrentLayer } from '../../recurrent.ts';
import { ropeTable } from '../../rope.ts';
import { readCommon, readSizes, requireSilu, rotaryOf } from '../../sizes.ts';

const NAMES = { ...LLAMA_NAMES, ...HEAD_NORMS, gate: PAIRED };
const BESIDE_PICTURES = {
  ...NAMES,
  embedding: 'model.language_model.embed_tokens',
  layers: 'model.language_model.layers',
  finalNorm: 'model.language_model.norm',
};
/** `head_dim` where config.json has none. */
const HEAD_WIDTH = 256;

export const qwen35: ModelArchitecture = {
  modelTypes: ['qwen3_5_text', 'qwen3_5'],

  read(config) {
    requireSilu(config);
    if (!flag(config, 'attn_output_gate', true)) unsupported('attn_output_gate', 'true', false);
    // The graph has a stretch of rows for each head.
    count(config, 'num_attention_heads', undefined, MOST_HEADS);
    return readSizes(config, HEAD_WIDTH);
  },

  build(s, config, dims) {
    const { headWidth, layers } = dims;
    const bias = flag(config, 'attention_bias', false);
    const rotary = rotaryOf(config, headWidth, 0.25);
    const table = ropeTable(config, rotary, s.capacity);
    const kinds = kindsOf(config, layers);
    const common = readCommon(config);
    buildDecoder(s, dims, {
      ...common,
      norm: { ...common.norm, plus: 1 },
      names: config.beside_pictures === true ? BESIDE_PICTURES : NAMES,
      recurrent: (i, prefix) => (kinds[i] === LINEAR ? deltaLayer(config, prefix) : undefined),
      rope: () => ({ name: 'rope', table, rotary }),
      biases: { qkv: bias, out: bias },
    });
  },
};

const [LINEAR, FULL] = ['linear_attention', 'full_attention'] as const;
/** Far above any published model: a token's cost grows with them. */
const MOST_TAPS = 64;
const MOST_HEADS = 4096;

/** The kind of each layer: by `layer_types`, else every fourth has attention. */
function kindsOf(config: Config, layers: number): readonly string[] {
  const { layer_types: types } = config;
  if (types == null) {
    const interval = count(config, 'full_attention_interval', 4);
    return Array.from({ length: layers }, (_, i) => ((i + 1) % interval === 0 ? FULL : LINEAR));
  }
  if (!Array.isArray(types) || types.length !== layers) {
    wrongConfig('layer_types', `a list of ${layers} layers`, types);
  }
  const stranger = types.find((type) => type !== LINEAR && type !== FULL);
  if (stranger !== undefined) unsupported('layer_types', `${LINEAR} or ${FULL}`, stranger);
  return types;
}

function deltaLayer(config: Config, prefix: string): RecurrentLayer {
  const of = (name: string) => `${prefix}.linear_attn.${name}`;
  const heads = count(config, 'linear_num_value_heads', 32, MOST_HEADS);
  const groups = count(config, 'linear_num_key_heads', 16, MOST_HEADS);
  if (heads % groups !== 0) {
    wrongConfig('linear_num_key_heads', `a divisor of linear_num_value_heads ${heads}`, groups);
  }
  const taps = count(config, 'linear_conv_kernel_dim', 4, MOST_TAPS);
  if (taps < 2) unsupported('linear_conv_kernel_dim', '2 or more', taps);
  return {
    names: {
      x: { tensor: of('in_proj_qkv') },
      z: { tensor: of('in_proj_z') },
      a: { tensor: of('in_proj_a') },
      b: { tensor: of('in_proj_b') },
      conv: of('conv1d'),
      logA: of('A_log'),
      step: of('dt_bias'),
      norm: of('norm'),
      out: of('out_proj'),
    },
    shape: {
      rule: 'delta',
      heads,
      groups,
      keyWidth: count(config, 'linear_key_head_dim', 128, WIDEST),
      headWidth: count(config, 'linear_value_head_dim', 128, WIDEST),
      taps,
      eps: positive(config, 'rms_norm_eps', 1e-6),
      ...(flag(config, 'linear_heads_tiled', false) ? { tiled: true } : {}),
      biases: { conv: false, products: false },
    },
  };
}

/** Of a head of the scan (ops/scan/kernel.ts). */
const WIDEST = 256;
