/**
 * GLM-4 as in transformers: `glm` (GLM-4-9B-chat-hf), and `glm4` (GLM-4-0414), which also normalises after blocks. Half
 * of a head is rotated, in neighbouring pairs; gate and up are one tensor. Source: transformers
 * `models/glm/modeling_glm.py`, `models/glm4/modeling_glm4.py`. The authors' own format: `chatglm.ts`.
 */
import { flag } from '../config.ts';
import { buildDecoder, LLAMA_NAMES } from '../decoder.ts';
import type { ModelArchitecture } from '../architecture.ts';
import { ropeTable } from '../rope.ts';
import { readCommon, readSizes, requireSilu, rotaryOf } from '../sizes.ts';

const NAMES = { ...LLAMA_NAMES, gateUp: 'mlp.gate_up_proj' };
const WITH_NORMS_AFTER = {
  ...NAMES,
  afterAttention: 'post_self_attn_layernorm',
  afterMlp: 'post_mlp_layernorm',
};

export const glm: ModelArchitecture = {
  modelTypes: ['glm', 'glm4'],

  read(config) {
    requireSilu(config);
    return readSizes(config, 128);
  },

  build(s, config, dims) {
    const rotary = rotaryOf(config, dims.headWidth, 0.5);
    const table = ropeTable(config, rotary, s.capacity);
    buildDecoder(s, dims, {
      ...readCommon(config),
      names: config.model_type === 'glm4' ? WITH_NORMS_AFTER : NAMES,
      rope: () => ({ name: 'rope', table, rotary, pairs: true }),
      biases: { qkv: flag(config, 'attention_bias', true) },
    });
  },
};
