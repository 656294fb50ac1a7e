/**
 * ERNIE 4.5 without experts (0.3B): a Llama that rotates neighbouring pairs. Source: transformers
 * `models/ernie4_5/modeling_ernie4_5.py`.
 */
import { flag } from '../config.ts';
import { buildDecoder, LLAMA_NAMES } from '../decoder.ts';
import type { ModelArchitecture } from '../architecture.ts';
import { ropeTable } from '../rope.ts';
import { readCommon, readSizes, requireSilu } from '../sizes.ts';

export const ernie: ModelArchitecture = {
  modelTypes: ['ernie4_5'],

  read(config) {
    requireSilu(config);
    return readSizes(config);
  },

  build(s, config, dims) {
    const bias = flag(config, 'use_bias', false);
    const table = ropeTable(config, dims.headWidth, s.capacity);
    buildDecoder(s, dims, {
      ...readCommon(config, { tied: true }),
      names: LLAMA_NAMES,
      rope: () => ({ name: 'rope', table, rotary: dims.headWidth, pairs: true }),
      biases: { qkv: bias, out: bias, mlp: bias },
    });
  },
};
