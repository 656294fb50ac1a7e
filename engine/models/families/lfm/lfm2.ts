/**
 * LFM2 and LFM2.5: most layers mix tokens by a gated convolution over a few of them, the others by attention whose heads are
 * normalised. Source: arXiv 2511.23404; transformers `models/lfm2/modeling_lfm2.py`.
 */
import { type Config, count, flag, positive, unsupported, wrongConfig } from '../../config.ts';
import { buildDecoder, type TensorNames } from '../../decoder.ts';
import type { ModelArchitecture } from '../../architecture.ts';
import { ropeTable } from '../../rope.ts';
import { readSizes } from '../../sizes.ts';

export const LFM2_NAMES: TensorNames = {
  embedding: 'model.embed_tokens',
  layers: 'model.layers',
  finalNorm: 'model.embedding_norm',
  head: 'lm_head',
  attentionNorm: 'operator_norm',
  mlpNorm: 'ffn_norm',
  qkv: ['self_attn.q_proj', 'self_attn.k_proj', 'self_attn.v_proj'],
  headNorms: ['self_attn.q_layernorm', 'self_attn.k_layernorm'],
  out: 'self_attn.out_proj',
  conv: { in: 'conv.in_proj', kernel: 'conv.conv', out: 'conv.out_proj' },
  gateUp: ['feed_forward.w1', 'feed_forward.w3'],
  down: 'feed_forward.w2',
};

export const lfm2: ModelArchitecture = {
  modelTypes: ['lfm2'],
  read: (config) => readSizes(config),

  build(s, config, dims) {
    const { headWidth, layers } = dims;
    const table = ropeTable(config, headWidth, s.capacity);
    const convolved = convolvedLayers(config, layers);
    buildDecoder(s, dims, {
      ...lfmCommon(config, (i) => convolved[i] === true),
      names: LFM2_NAMES,
      ffn: ffnOf(config),
      rope: () => ({ name: 'rope', table, rotary: headWidth }),
    });
  },
};

/** What LFM2 and LFM3 share. `isConv`: of layers with a convolution. */
export function lfmCommon(config: Config, isConv: (layer: number) => boolean) {
  const taps = count(config, 'conv_L_cache', 3, MOST_TAPS);
  return {
    norm: { eps: positive(config, 'norm_eps', 1e-5) },
    tied: flag(config, 'tie_embedding', flag(config, 'tie_word_embeddings', true)),
    convTaps: (i: number) => (isConv(i) ? taps : undefined),
    biases: { conv: flag(config, 'conv_bias', false) },
  };
}

/** Far above any published model: a token's cost grows with it. */
const MOST_TAPS = 64;
const KINDS = ['conv', 'full_attention'];

/** `layer_types`, or the list of layers with attention; without either all have it. */
function convolvedLayers(config: Config, layers: number): readonly boolean[] {
  const { layer_types: types, full_attn_idxs: attending } = config;
  if (types == null) {
    if (attending == null) return Array.from({ length: layers }, () => false);
    if (!Array.isArray(attending)) wrongConfig('full_attn_idxs', 'a list of layers', attending);
    return Array.from({ length: layers }, (_, i) => !attending.includes(i));
  }
  if (!Array.isArray(types) || types.length !== layers) {
    wrongConfig('layer_types', `a list of ${layers} layers`, types);
  }
  const stranger = types.find((type) => !KINDS.includes(type));
  if (stranger !== undefined) unsupported('layer_types', KINDS.join(' or '), stranger);
  return types.map((type) => type === 'conv');
}

/** Two thirds of the stated width, times a factor, in whole blocks, unless the config says that it is exact. */
function ffnOf(config: Config): number {
  const stated = count(config, config.block_ff_dim == null ? 'intermediate_size' : 'block_ff_dim');
  if (!flag(config, 'block_auto_adjust_ff_dim', true)) return stated;
  const block = count(config, 'block_multiple_of', 256);
  const width = Math.floor(Math.floor((2 * stated) / 3) * positive(config, 'block_ffn_dim_multiplier', 1));
  return block * Math.ceil(width / block);
}
