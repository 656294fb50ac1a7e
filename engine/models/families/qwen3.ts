/**
 * Qwen3: a Llama whose heads of q and k are normalised before rotation, and are `head_dim` wide. Source: transformers
 * `models/qwen3/modeling_qwen3.py`.
 */
import { flag } from '../config.ts';
import { buildDecoder, HEAD_NORMS, LLAMA_NAMES } from '../decoder.ts';
import type { ModelArchitecture } from '../architecture.ts';
import { qwenWindow } from './qwen2.ts';
import { ropeTable } from '../rope.ts';
import { readCommon, readSizes, requireSilu } from '../sizes.ts';

/** `head_dim` where config.json has none. */
const HEAD_WIDTH = 128;

export const qwen3: ModelArchitecture = {
  modelTypes: ['qwen3'],

  read(config) {
    requireSilu(config);
    return readSizes(config, HEAD_WIDTH);
  },

  build(s, config, dims) {
    const { headWidth, layers } = dims;
    const bias = flag(config, 'attention_bias', false);
    const table = ropeTable(config, headWidth, s.capacity);
    buildDecoder(s, dims, {
      ...readCommon(config),
      names: { ...LLAMA_NAMES, ...HEAD_NORMS },
      rope: () => ({ name: 'rope', table, rotary: headWidth }),
      window: qwenWindow(config, layers),
      biases: { qkv: bias, out: bias },
    });
  },
};
