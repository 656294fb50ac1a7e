/**
 * Gemma 3, text: five layers with a window and a rope of their own to one without; heads of q and k are
 * normalised. Source: arXiv 2503.19786; transformers `models/gemma3/modeling_gemma3.py`.
 */
import { asConfig, type Config, count, positive } from './config.ts';
import { decoder, HEAD_NORMS } from './decoder.ts';
import type { Family } from './family.ts';
import { FOUR_NORMS, gemmaCommon, readWideGemma } from './gemma.ts';
import { gemmaScores } from './gemma2.ts';
import { ropeTable } from './rope.ts';
import { requireOff, slidingWindow, windowedLayers } from './sizes.ts';

export const gemma3: Family = {
  modelTypes: ['gemma3_text'],

  read(config) {
    requireOff(config, 'use_bidirectional_attention');
    return readWideGemma(config);
  },

  build(s, config, facts) {
    const { headWidth, layers } = facts;
    const { near, far } = ropes(config);
    const local = {
      name: 'rope_local',
      table: ropeTable(near, headWidth, s.capacity),
      rotary: headWidth,
    };
    const global = { name: 'rope', table: ropeTable(far, headWidth, s.capacity), rotary: headWidth };
    const width = slidingWindow(config);
    const pattern = count(config, 'sliding_window_pattern', count(config, '_sliding_window_pattern', 6));
    const windowed = windowedLayers(config, layers, (i) => (i + 1) % pattern !== 0);
    decoder(s, facts, {
      ...gemmaCommon(config, facts),
      names: { ...FOUR_NORMS, ...HEAD_NORMS },
      rope: (i) => (windowed[i] === true ? local : global),
      window: (i) => (windowed[i] === true ? width : undefined),
      ...gemmaScores(config),
    });
  },
};

/** Configs that say how the layers with a window turn, and how the others do. */
function ropes(config: Config): { near: Config; far: Config } {
  // transformers 5 has both in one object, by the type of layer.
  const both = config.rope_parameters == null ? {} : asConfig(config.rope_parameters, 'rope_parameters');
  if ('full_attention' in both && 'sliding_attention' in both) {
    return {
      near: { rope_parameters: both.sliding_attention },
      far: { rope_parameters: both.full_attention },
    };
  }
  const far = { ...config, rope_theta: positive(config, 'rope_theta', 1_000_000) };
  return { near: { rope_theta: positive(config, 'rope_local_base_freq', 10_000) }, far };
}
