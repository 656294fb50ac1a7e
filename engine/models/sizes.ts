/** Reads the keys of config.json that most families share. */
import {
  asConfig,
  type Config,
  count,
  flag,
  MOST_LAYERS,
  positive,
  unsupported,
  WIDEST_HEAD,
  wrongConfig,
} from './config.ts';
import type { ModelDims } from './architecture.ts';

/** `fallbackHeadWidth` replaces an absent `head_dim` where that is not hidden / heads. */
export function readSizes(config: Config, fallbackHeadWidth?: number): ModelDims {
  const hidden = count(config, 'hidden_size');
  const heads = count(config, 'num_attention_heads');
  const kvHeads = count(config, 'num_key_value_heads', heads);
  if (config.head_dim == null && fallbackHeadWidth === undefined && hidden % heads !== 0) {
    wrongConfig('hidden_size', `a multiple of num_attention_heads ${heads}, or a head_dim`, hidden);
  }
  const headWidth = count(config, 'head_dim', fallbackHeadWidth ?? hidden / heads, WIDEST_HEAD);
  if (headWidth % 2 !== 0) wrongConfig('head_dim', 'an even number', headWidth);
  if (heads % kvHeads !== 0) {
    wrongConfig('num_key_value_heads', `a divisor of num_attention_heads ${heads}`, kvHeads);
  }
  return {
    hidden,
    heads,
    kvHeads,
    headWidth,
    layers: count(config, 'num_hidden_layers', undefined, MOST_LAYERS),
    vocab: count(config, 'vocab_size'),
    contextLength: count(config, 'max_position_embeddings', 2048),
  };
}

/** Reads what a decoder needs beside its sizes and ropes. */
export function readCommon(config: Config, { tied = false }: { tied?: boolean } = {}) {
  return {
    norm: { eps: positive(config, 'rms_norm_eps', 1e-6) },
    ffn: ffnOf(config, 'intermediate_size'),
    tied: flag(config, 'tie_word_embeddings', tied),
  };
}

/** The inner width of the feed-forward block. */
export const ffnOf = (config: Config, key: string): number => count(config, key);

/** Refuses activation functions other than silu, which some files call swish. */
export function requireSilu(config: Config): void {
  const { hidden_act = 'silu' } = config;
  if (hidden_act !== 'silu' && hidden_act !== 'swish') unsupported('hidden_act', 'silu', hidden_act);
}

/** Refuses flags that would change the meaning. */
export function requireOff(config: Config, ...keys: readonly string[]): void {
  for (const key of keys) if (flag(config, key, false)) unsupported(key, 'false', true);
}

/** Refuses counts above 0. */
export function requireNone(config: Config, ...keys: readonly string[]): void {
  for (const key of keys) if (config[key] != null && config[key] !== 0) unsupported(key, '0', config[key]);
}

/** Rotated elements of a head: `partial_rotary_factor` of them, in either place where files have it. */
export function rotaryOf(config: Config, headWidth: number, fallback = 1): number {
  const scaling = config.rope_parameters == null ? {} : asConfig(config.rope_parameters, 'rope_parameters');
  const where = 'partial_rotary_factor' in scaling ? scaling : config;
  const rotary = headWidth * positive(where, 'partial_rotary_factor', fallback);
  if (rotary > headWidth || rotary % 2 !== 0) {
    wrongConfig('partial_rotary_factor', `an even part of ${headWidth}`, where.partial_rotary_factor);
  }
  return rotary;
}

/** The window of every layer; undefined where it is not used. */
export function slidingWindow(config: Config): number | undefined {
  if (config.sliding_window == null) return undefined;
  return count(config, 'sliding_window');
}

const LAYER_TYPES = ['full_attention', 'sliding_attention'];

/** Whether each layer has the window: by `layer_types` where the config has it, else by the family's rule. */
export function windowedLayers(
  config: Config,
  layers: number,
  otherwise: (layer: number) => boolean,
): readonly boolean[] {
  const { layer_types: types } = config;
  if (types == null) return Array.from({ length: layers }, (_, i) => otherwise(i));
  if (!Array.isArray(types) || types.length !== layers) {
    wrongConfig('layer_types', `a list of ${layers} layers`, types);
  }
  const stranger = types.find((type) => !LAYER_TYPES.includes(type));
  if (stranger !== undefined) unsupported('layer_types', LAYER_TYPES.join(' or '), stranger);
  return types.map((type) => type === 'sliding_attention');
}
