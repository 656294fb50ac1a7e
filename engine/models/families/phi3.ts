/**
 * Phi-3, Phi-3.5, Phi-4-mini: a Llama whose q, k, v and gate, up are published in one tensor each, that may
 * turn a part of a head only and stretch positions by lists of factors. Source: transformers
 * `models/phi3/modeling_phi3.py`.
 */
import { flag } from '../config.ts';
import { decoder, LLAMA_NAMES } from '../decoder.ts';
import type { Family } from '../architecture.ts';
import { ropeTable } from '../rope.ts';
import { readCommon, readSizes, requireOff, requireSilu, rotaryOf, slidingWindow } from '../sizes.ts';

const NAMES = { ...LLAMA_NAMES, qkv: 'self_attn.qkv_proj', gateUp: 'mlp.gate_up_proj' };

export const phi3: Family = {
  modelTypes: ['phi3'],

  read(config) {
    requireSilu(config);
    requireOff(config, 'mlp_bias', 'lm_head_bias');
    return readSizes(config);
  },

  build(s, config, facts) {
    const rotary = rotaryOf(config, facts.headWidth);
    const table = ropeTable(config, rotary, s.capacity);
    const bias = flag(config, 'attention_bias', false);
    const window = slidingWindow(config);
    decoder(s, facts, {
      ...readCommon(config),
      names: NAMES,
      rope: () => ({ name: 'rope', table, rotary }),
      window: () => window,
      biases: { qkv: bias, out: bias },
    });
  },
};
