/**
 * Phi-3, Phi-3.5, Phi-4-mini: a Llama whose q, k, v and gate, up are in one tensor each. It may rotate only part of a
 * head, and scale positions by lists of factors. Source: transformers `models/phi3/modeling_phi3.py`.
 */
import { flag } from '../config.ts';
import { buildDecoder, LLAMA_NAMES } from '../decoder.ts';
import type { ModelArchitecture } from '../architecture.ts';
import { ropeTable } from '../rope.ts';
import { readCommon, readSizes, requireOff, requireSilu, rotaryOf, slidingWindow } from '../sizes.ts';

const NAMES = { ...LLAMA_NAMES, qkv: 'self_attn.qkv_proj', gateUp: 'mlp.gate_up_proj' };

export const phi3: ModelArchitecture = {
  modelTypes: ['phi3'],

  read(config) {
    requireSilu(config);
    requireOff(config, 'mlp_bias', 'lm_head_bias');
    return readSizes(config);
  },

  build(s, config, dims) {
    const rotary = rotaryOf(config, dims.headWidth);
    const table = ropeTable(config, rotary, s.capacity);
    const bias = flag(config, 'attention_bias', false);
    const window = slidingWindow(config);
    buildDecoder(s, dims, {
      ...readCommon(config),
      names: NAMES,
      rope: () => ({ name: 'rope', table, rotary }),
      window: () => window,
      biases: { qkv: bias, out: bias },
    });
  },
};
