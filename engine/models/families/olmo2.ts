/**
 * OLMo 2 and 3: norms of what a block adds in place of norms of what it reads; q and k are normalised whole, before they
 * are split into heads. In OLMo 3 three of four layers have a window, and only the others stretch their rope. Source:
 * transformers `models/olmo2/modeling_olmo2.py`, `models/olmo3/`.
 */
import { asConfig, type Config, flag } from '../config.ts';
import { buildDecoder, HEAD_NORMS, LLAMA_NAMES, type TensorNames } from '../decoder.ts';
import type { ModelArchitecture } from '../architecture.ts';
import { ropeTable } from '../rope.ts';
import { readCommon, readSizes, requireSilu, slidingWindow, windowedLayers } from '../sizes.ts';

const { attentionNorm: _attention, mlpNorm: _mlp, ...BLOCKS } = LLAMA_NAMES;
const NAMES: TensorNames = {
  ...BLOCKS,
  ...HEAD_NORMS,
  afterAttention: 'post_attention_layernorm',
  afterMlp: 'post_feedforward_layernorm',
};

export const olmo2: ModelArchitecture = {
  modelTypes: ['olmo2', 'olmo3'],

  read(config) {
    requireSilu(config);
    return readSizes(config);
  },

  build(s, config, dims) {
    const { headWidth, layers } = dims;
    const bias = flag(config, 'attention_bias', false);
    const third = config.model_type === 'olmo3';
    const width = third ? slidingWindow(config) : undefined;
    const windowed = windowedLayers(config, layers, (i) => third && (i + 1) % 4 !== 0);
    const { near, far } = ropes(config);
    const tableOf = (of: Config) => ropeTable(of, headWidth, s.capacity);
    const local = { name: 'rope_local', table: tableOf(near), rotary: headWidth };
    const global = { name: 'rope', table: tableOf(far), rotary: headWidth };
    buildDecoder(s, dims, {
      ...readCommon(config),
      names: NAMES,
      rope: (i) => (windowed[i] === true ? local : global),
      window: (i) => (windowed[i] === true ? width : undefined),
      biases: { qkv: bias, out: bias },
      headNormForm: 'row',
    });
  },
};

/** The config for the ropes of layers with a window, and of the others. */
function ropes(config: Config): { near: Config; far: Config } {
  const both = config.rope_parameters == null ? {} : asConfig(config.rope_parameters, 'rope_parameters');
  if ('full_attention' in both || 'sliding_attention' in both) {
    const of = (part: unknown) => ({ ...config, rope_scaling: null, rope_parameters: part ?? null });
    return { near: of(both.sliding_attention), far: of(both.full_attention) };
  }
  const { rope_theta: theta = config.rope_theta } = both;
  return { near: { ...config, rope_theta: theta, rope_scaling: null, rope_parameters: null }, far: config };
}
