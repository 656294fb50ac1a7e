/**
 * SmolLM3: a Llama in which some layers have no positions (Yang et al., arXiv 2501.18795). Source: transformers
 * `models/smollm3/modeling_smollm3.py`.
 */
import { type Config, count, flag, wrongConfig } from '../config.ts';
import { buildDecoder, LLAMA_NAMES } from '../decoder.ts';
import type { ModelArchitecture } from '../architecture.ts';
import { ropeTable } from '../rope.ts';
import { readCommon, readSizes, requireSilu, slidingWindow, windowedLayers } from '../sizes.ts';

export const smollm3: ModelArchitecture = {
  modelTypes: ['smollm3'],

  read(config) {
    requireSilu(config);
    return readSizes(config);
  },

  build(s, config, dims) {
    const { headWidth, layers } = dims;
    const bias = flag(config, 'attention_bias', false);
    const table = ropeTable(config, headWidth, s.capacity);
    const rotates = rotatedLayers(config, layers);
    const width = flag(config, 'use_sliding_window', false) ? slidingWindow(config) : undefined;
    // Only layers without positions have the window.
    const windowed = windowedLayers(config, layers, (i) => rotates[i] === false);
    buildDecoder(s, dims, {
      ...readCommon(config, { tied: true }),
      names: LLAMA_NAMES,
      rope: (i) => ({ name: 'rope', table, rotary: rotates[i] === true ? headWidth : 0 }),
      window: (i) => (windowed[i] === true ? width : undefined),
      biases: { qkv: bias, out: bias, mlp: flag(config, 'mlp_bias', false) },
    });
  },
};

/** `no_rope_layers` has a 1 for a layer with rotation; without it every `no_rope_layer_interval`-th layer has none. */
function rotatedLayers(config: Config, layers: number): boolean[] {
  const interval = count(config, 'no_rope_layer_interval', 4);
  const { no_rope_layers: list } = config;
  if (list == null) return Array.from({ length: layers }, (_, i) => (i + 1) % interval !== 0);
  if (!Array.isArray(list) || list.length !== layers || !list.every((x) => x === 0 || x === 1)) {
    wrongConfig('no_rope_layers', `${layers} numbers 0 or 1`, list);
  }
  return list.map((x) => x === 1);
}
