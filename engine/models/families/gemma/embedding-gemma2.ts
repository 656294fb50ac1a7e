/**
 * EmbeddingGemma 2, the text part: Gemma 4 that sees both sides, without a second table, since the numbers of each layer are
 * a projection of the embedding alone, and without shared keys; a last product makes the vector. Source: transformers
 * `models/embedding_gemma2/`.
 */
import type { ModelArchitecture, ModelDims } from '../../architecture.ts';
import { asConfig, type Config, count, WIDEST_HEAD, wrongConfig } from '../../config.ts';
import { buildDecoder, HEAD_NORMS, type LayerShape, type TensorNames } from '../../decoder.ts';
import { readEmbedding } from '../../encoder.ts';
import { ropeOfKind, ropeTable } from '../../rope.ts';
import { slidingWindow, windowedLayers } from '../../sizes.ts';
import { FOUR_NORMS, gemmaCommon, readWideGemma } from './gemma.ts';

const NAMES: TensorNames = { ...FOUR_NORMS, ...HEAD_NORMS, layerScale: 'layer_scalar' };

const LAYER_INPUTS = {
  projection: 'model.ple.per_layer_model_projection',
  norm: 'model.ple.per_layer_projection_norm',
  gate: 'ple_block.per_layer_input_gate',
  out: 'ple_block.per_layer_projection',
  after: 'ple_block.post_per_layer_input_norm',
};

const ROPES: Config = {
  sliding_attention: { rope_type: 'default', rope_theta: 10_000 },
  full_attention: { rope_type: 'default', rope_theta: 1_000_000 },
};

export const embeddingGemma2: ModelArchitecture = {
  modelTypes: ['embedding_gemma2_text', 'embedding_gemma2'],

  read(config) {
    const dims = readWideGemma(config);
    const spec = readEmbedding(config, dims.hidden, dims.contextLength);
    // The model itself ends with a product; it is the same before and after the mean.
    if (spec.mode !== 'mean')
      wrongConfig('sentence_transformers.pooling', 'mean', spec.mode, 'model-unknown');
    const own = { tensor: 'model.embedding_projection', out: count(config, 'embedding_dim'), bias: false };
    return {
      ...dims,
      embeds: { ...spec, dense: [own, ...spec.dense], width: spec.dense.at(-1)?.out ?? own.out },
    };
  },

  build(s, config, dims) {
    const windowed = windowsOf(config, dims.layers);
    const shape = shapes(config, dims, windowed);
    const all = slidingWindow(config);
    const common = gemmaCommon(config, dims);
    buildDecoder(s, dims, {
      ...common,
      norm: { eps: common.norm.eps },
      names: NAMES,
      shape,
      layerInputs: {
        names: LAYER_INPUTS,
        vocab: 0,
        width: count(config, 'hidden_size_per_layer_input'),
        activation: common.activation,
      },
      valueNorm: true,
      scale: 1,
      // As many tokens on each side, and the token itself.
      window: (i) => (windowed[i] === true && all !== undefined ? all + 1 : undefined),
      rope: (i) => {
        const kind = windowed[i] === true ? 'sliding_attention' : 'full_attention';
        const rotary = shape(i).headWidth;
        return {
          name: kind === 'sliding_attention' ? 'rope_local' : 'rope',
          table: ropeTable(ropeOfKind(config, kind, ROPES), rotary, s.capacity),
          rotary,
        };
      },
    });
  },
};

/** The last layer has no window, whatever the config says. */
function windowsOf(config: Config, layers: number): readonly boolean[] {
  const pattern = count(config, 'sliding_window_pattern', 6);
  return windowedLayers(config, layers, (i) => (i + 1) % pattern !== 0).map(
    (has, i) => has && i < layers - 1,
  );
}

/** Layers without a window have other heads: by layer, or all alike. */
function shapes(
  config: Config,
  { heads, headWidth, kvHeads }: ModelDims,
  windowed: readonly boolean[],
): (layer: number) => LayerShape & { readonly headWidth: number } {
  const byLayer =
    config.per_layer_config == null ? {} : asConfig(config.per_layer_config, 'per_layer_config');
  const all: Config = {
    head_dim: config.global_head_dim ?? 512,
    num_key_value_heads: config.num_global_key_value_heads ?? 1,
  };
  const made = windowed.map((has, i) => {
    if (has) return { headWidth, kvHeads };
    const own = byLayer[i] == null ? all : { ...all, ...asConfig(byLayer[i], `per_layer_config.${i}`) };
    const width = count(own, 'head_dim', undefined, WIDEST_HEAD);
    const keys = count(own, 'num_key_value_heads');
    if (width % 2 !== 0) wrongConfig('per_layer_config', 'a head_dim that is even', width);
    if (heads % keys !== 0) wrongConfig('per_layer_config', `key heads that divide ${heads}`, keys);
    return { headWidth: width, kvHeads: keys };
  });
  return (i) => made[i] as (typeof made)[number];
}
