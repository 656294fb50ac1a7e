/**
 * Llama 2, 3, 3.1, 3.2, SmolLM, SmolLM2, TinyStories, and Mistral, which adds a sliding window. Code uses config.json's
 * own keys and the checkpoint's own tensor names. Source: transformers `models/llama/modeling_llama.py`,
 * `models/mistral/modeling_mistral.py`.
 */
import { flag } from '../config.ts';
import { buildDecoder, LLAMA_NAMES } from '../decoder.ts';
import type { ModelArchitecture } from '../architecture.ts';
import { ropeTable } from '../rope.ts';
import { readCommon, readSizes, requireSilu, slidingWindow } from '../sizes.ts';

export const llama: ModelArchitecture = {
  modelTypes: ['llama', 'mistral'],

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
    const window = config.model_type === 'mistral' ? slidingWindow(config) : undefined;
    buildDecoder(s, dims, {
      ...readCommon(config),
      names: LLAMA_NAMES,
      rope: () => rope,
      window: () => window,
      biases: { qkv: bias, out: bias, mlp: flag(config, 'mlp_bias', false) },
    });
  },
};
