/**
 * Gemma 3: five layers with a window and a rope of their own for each layer without; heads of q and k are normalised.
 * `gemma3_text` are the models that read only text (270M, 1B); of `gemma3`, which also read images (4B and up), the
 * text part runs. Source: arXiv 2503.19786; transformers `models/gemma3/`.
 */
import { asConfig, type Config, count, positive } from '../config.ts';
import { buildDecoder, HEAD_NORMS, type TensorNames } from '../decoder.ts';
import type { ModelArchitecture } from '../architecture.ts';
import { FOUR_NORMS, gemmaCommon, readWideGemma } from './gemma.ts';
import { gemmaScores } from './gemma2.ts';
import { ropeTable } from '../rope.ts';
import { requireOff, slidingWindow, windowedLayers } from '../sizes.ts';

const NAMES: TensorNames = { ...FOUR_NORMS, ...HEAD_NORMS };
const BESIDE_PICTURES: TensorNames = {
  ...NAMES,
  embedding: 'language_model.model.embed_tokens',
  layers: 'language_model.model.layers',
  finalNorm: 'language_model.model.norm',
};
/** Defaults of transformers' `Gemma3TextConfig`, for keys that a `text_config` omits. */
const DEFAULTS: Config = {
  vocab_size: 262_208,
  num_attention_heads: 8,
  num_key_value_heads: 4,
  head_dim: 256,
  max_position_embeddings: 131_072,
  sliding_window: 4096,
};

export const gemma3: ModelArchitecture = {
  modelTypes: ['gemma3_text', 'gemma3'],

  read(config) {
    const text = textOf(config);
    requireOff(text, 'use_bidirectional_attention');
    return readWideGemma(text);
  },

  build(s, config, dims) {
    const text = textOf(config);
    const { headWidth, layers } = dims;
    const { near, far } = ropes(text);
    const local = {
      name: 'rope_local',
      table: ropeTable(near, headWidth, s.capacity),
      rotary: headWidth,
    };
    const global = { name: 'rope', table: ropeTable(far, headWidth, s.capacity), rotary: headWidth };
    const width = slidingWindow(text);
    const pattern = count(text, 'sliding_window_pattern', count(text, '_sliding_window_pattern', 6));
    const windowed = windowedLayers(text, layers, (i) => (i + 1) % pattern !== 0);
    buildDecoder(s, dims, {
      ...gemmaCommon(text, dims),
      names: text === config ? NAMES : BESIDE_PICTURES,
      rope: (i) => (windowed[i] === true ? local : global),
      window: (i) => (windowed[i] === true ? width : undefined),
      ...gemmaScores(text),
    });
  },
};

/** The part of the config that describes the text model; the config itself where it describes nothing else. */
function textOf(config: Config): Config {
  if (config.model_type !== 'gemma3') return config;
  return { ...DEFAULTS, ...asConfig(config.text_config, 'text_config') };
}

/** The config for the ropes of layers with a window, and of the others. */
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
