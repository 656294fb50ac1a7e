/**
 * Gemma 2: every other layer has a window, scores and logits are bounded, blocks are normalised before and after.
 * Source: arXiv 2408.00118; transformers `models/gemma2/modeling_gemma2.py`.
 */
import { type Config, positive } from '../../config.ts';
import { buildDecoder } from '../../decoder.ts';
import type { ModelArchitecture } from '../../architecture.ts';
import { FOUR_NORMS, gemmaCommon, readWideGemma } from './gemma.ts';
import { ropeTable } from '../../rope.ts';
import { slidingWindow, windowedLayers } from '../../sizes.ts';

export const gemma2: ModelArchitecture = {
  modelTypes: ['gemma2'],
  read: readWideGemma,

  build(s, config, dims) {
    const { headWidth, layers } = dims;
    const table = ropeTable(config, headWidth, s.capacity);
    const width = slidingWindow(config);
    const windowed = windowedLayers(config, layers, (i) => i % 2 === 0);
    buildDecoder(s, dims, {
      ...gemmaCommon(config, dims),
      names: FOUR_NORMS,
      rope: () => ({ name: 'rope', table, rotary: headWidth }),
      window: (i) => (windowed[i] === true ? width : undefined),
      ...gemmaScores(config),
    });
  },
};

/** Shared with Gemma 3. Scores have a scale of their own, and are bounded unless the config has null. */
export function gemmaScores(config: Config) {
  const cap = (key: string) => (config[key] == null ? undefined : positive(config, key));
  return {
    scale: positive(config, 'query_pre_attn_scalar', 256) ** -0.5,
    scoreCap: cap('attn_logit_softcapping'),
    logitCap: cap('final_logit_softcapping'),
  };
}
