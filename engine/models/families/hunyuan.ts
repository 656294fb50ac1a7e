/**
 * Hunyuan (dense) and its translation models (Hunyuan-MT, HY-MT): a Llama whose heads of q and k are normalised after
 * their rotation; a fixed `alpha` stretches the rotation's base. Source: transformers
 * `models/hunyuan_v1_dense/modeling_hunyuan_v1_dense.py`.
 */
import { asConfig, type Config, flag, positive } from '../config.ts';
import { buildDecoder, LLAMA_NAMES } from '../decoder.ts';
import type { ModelArchitecture } from '../architecture.ts';
import { ropeTable } from '../rope.ts';
import { readCommon, readSizes, requireSilu } from '../sizes.ts';

const NAMES = {
  ...LLAMA_NAMES,
  headNorms: ['self_attn.query_layernorm', 'self_attn.key_layernorm'],
} as const;

export const hunyuan: ModelArchitecture = {
  modelTypes: ['hunyuan_v1_dense'],

  read(config) {
    requireSilu(config);
    return readSizes(config);
  },

  build(s, config, dims) {
    const { headWidth } = dims;
    const bias = flag(config, 'attention_bias', false);
    // The norm after the rotation takes a scale of cosines and sines out again.
    const table = { ...ropeTable(withAlpha(config, headWidth), headWidth, s.capacity), scale: 1 };
    buildDecoder(s, dims, {
      ...readCommon(config),
      names: NAMES,
      rope: () => ({ name: 'rope', table, rotary: headWidth }),
      biases: { qkv: bias, out: bias },
      headNormForm: 'heads_rotated',
    });
  },
};

/** NTK-aware scaling by a fixed factor: `dynamic` with `alpha` is a larger base at any length. */
function withAlpha(config: Config, headWidth: number): Config {
  const key = config.rope_parameters == null ? 'rope_scaling' : 'rope_parameters';
  const scaling = config[key] == null ? {} : asConfig(config[key], key);
  if (scaling.alpha == null) return config;
  const theta = positive('rope_theta' in scaling ? scaling : config, 'rope_theta', 10_000);
  const base = theta * positive(scaling, 'alpha') ** (headWidth / (headWidth - 2));
  return { ...config, rope_theta: base, rope_scaling: null, rope_parameters: null };
}
