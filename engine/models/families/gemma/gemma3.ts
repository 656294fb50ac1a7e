/**
 * Gemma 3: five layers with a window and a rope of their own for each layer without; heads of q and k are normalised.
 * `gemma3_text` are the models that read only text (270M, 1B); of `gemma3`, which also read images (4B and up), the
 * text part runs. EmbeddingGemma is the same with attention on both sides, as an encoder. Source: arXiv 2503.19786, 2509.20354; transformers `models/gemma3/`.
 */
import { asConfig, type Config, count, flag } from '../../config.ts';
import { buildDecoder, HEAD_NORMS, type TensorNames } from '../../decoder.ts';
import type { ModelArchitecture } from '../../architecture.ts';
import { readEmbedding } from '../../encoder.ts';
import { FOUR_NORMS, gemmaCommon, readWideGemma } from './gemma.ts';
import { gemmaScores } from './gemma2.ts';
import { ropeTable } from '../../rope.ts';
import { slidingWindow, windowedLayers } from '../../sizes.ts';

const NAMES: TensorNames = { ...FOUR_NORMS, ...HEAD_NORMS };
const BESIDE_PICTURES: TensorNames = {
  ...NAMES,
  embedding: 'language_model.model.embed_tokens',
  layers: 'language_model.model.layers',
  finalNorm: 'language_model.model.norm',
};

export const gemma3: ModelArchitecture = {
  modelTypes: ['gemma3_text', 'gemma3'],

  read(config) {
    const dims = readWideGemma(config);
    return seesBothSides(config)
      ? { ...dims, embeds: readEmbedding(config, dims.hidden, dims.contextLength) }
      : dims;
  },

  build(s, config, dims) {
    const { headWidth, layers } = dims;
    const { near, far } = ropes(config);
    const local = {
      name: 'rope_local',
      table: ropeTable(near, headWidth, s.capacity),
      rotary: headWidth,
    };
    const global = { name: 'rope', table: ropeTable(far, headWidth, s.capacity), rotary: headWidth };
    const all = slidingWindow(config);
    // Half of it on each side, and the token itself.
    const width = all !== undefined && seesBothSides(config) ? Math.floor(all / 2) + 1 : all;
    const pattern = count(config, 'sliding_window_pattern', count(config, '_sliding_window_pattern', 6));
    const windowed = windowedLayers(config, layers, (i) => (i + 1) % pattern !== 0);
    buildDecoder(s, dims, {
      ...gemmaCommon(config, dims),
      names: config.beside_pictures === true ? BESIDE_PICTURES : NAMES,
      rope: (i) => (windowed[i] === true ? local : global),
      window: (i) => (windowed[i] === true ? width : undefined),
      ...gemmaScores(config),
    });
  },
};

/** Of EmbeddingGemma: an encoder. */
const seesBothSides = (config: Config) => flag(config, 'use_bidirectional_attention', false);

/** The config for the ropes of layers with a window, and of the others. */
function ropes(config: Config): { near: Config; far: Config } {
  // transformers 5 has both in one object, by the type of layer.
  const both = config.rope_parameters == null ? {} : asConfig(config.rope_parameters, 'rope_parameters');
  const byLayer = 'full_attention' in both || 'sliding_attention' in both;
  const plain = { ...config, rope_scaling: null, rope_parameters: null };
  const near = { ...plain, rope_theta: config.rope_local_base_freq };
  if (!byLayer) return { near, far: config };
  return {
    near: { ...near, rope_parameters: both.sliding_attention },
    far: { ...plain, rope_parameters: both.full_attention },
  };
}
