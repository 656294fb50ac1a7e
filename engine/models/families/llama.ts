/**
 * Llama 2, 3, 3.1, 3.2, SmolLM, SmolLM2, TinyStories; Mistral, which adds a sliding window; Ministral, where only some
 * layers have it; Ministral 3; the text part of Mistral 3. Code uses config.json's own keys and the checkpoint's own tensor names. Source:
 * transformers `models/llama/modeling_llama.py`, `models/mistral/`, `models/ministral/`, `models/ministral3/`.
 */
import { asConfig, type Config, count, flag, positive } from '../config.ts';
import { buildDecoder, LLAMA_NAMES } from '../decoder.ts';
import type { ModelArchitecture } from '../architecture.ts';
import type { QueryGrowth } from '../attention.ts';
import { ropeTable } from '../rope.ts';
import { readCommon, readSizes, requireSilu, slidingWindow, windowedLayers } from '../sizes.ts';

export const llama: ModelArchitecture = {
  modelTypes: ['llama', 'mistral', 'ministral', 'ministral3', 'mistral3'],

  read(config) {
    requireSilu(config);
    return readSizes(config);
  },

  build(s, config, dims) {
    const bias = flag(config, 'attention_bias', false);
    const rope = {
      name: 'rope',
      table: ropeTable(config, dims.headWidth, s.capacity),
      rotary: dims.headWidth,
    };
    const window = windows(config, dims.layers);
    buildDecoder(s, dims, {
      ...readCommon(config),
      names: LLAMA_NAMES,
      rope: () => rope,
      window,
      queryGrowth: queryGrowth(config),
      biases: { qkv: bias, out: bias, mlp: flag(config, 'mlp_bias', false) },
    });
  },
};

function windows(config: Config, layers: number): (layer: number) => number | undefined {
  const { model_type: type } = config;
  const width = type === 'llama' ? undefined : slidingWindow(config);
  if (type !== 'ministral') return () => width;
  const windowed = windowedLayers(config, layers, () => true);
  return (i) => (windowed[i] === true ? width : undefined);
}

/** Ministral 3 scales queries beyond the length of its first training. */
function queryGrowth(config: Config): QueryGrowth | undefined {
  if (config.model_type !== 'ministral3') return undefined;
  const key = config.rope_parameters == null ? 'rope_scaling' : 'rope_parameters';
  const rope = config[key] == null ? {} : asConfig(config[key], key);
  // Files of GGUF have it beside the scaling.
  const where = config.llama_4_scaling_beta == null ? rope : config;
  if (where.llama_4_scaling_beta == null) return undefined;
  return {
    growth: positive(where, 'llama_4_scaling_beta'),
    growthEach: count(rope, 'original_max_position_embeddings'),
  };
}
