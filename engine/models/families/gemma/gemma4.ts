/**
 * Gemma 4 without experts (E2B, E4B; of models that read pictures and sound, the text part): heads of another width in layers
 * without a window, keys and values that the last layers share, which have wider feed-forward blocks in return, numbers of
 * each layer from a second embedding table, heads of v normalised, a factor after each layer. Norms multiply by w, not by
 * 1 + w. Source: transformers `models/gemma4/`.
 */
import { type Config, count, flag, positive, WIDEST_HEAD, wrongConfig } from '../../config.ts';
import { buildDecoder, HEAD_NORMS, type LayerShape, type TensorNames } from '../../decoder.ts';
import type { ModelArchitecture, ModelDims } from '../../architecture.ts';
import type { LayerInputSpec } from '../../layer-inputs.ts';
import { FOUR_NORMS, gemmaCommon, readWideGemma } from './gemma.ts';
import { ropeOfKind, ropeTable } from '../../rope.ts';
import { requireOff, slidingWindow, windowedLayers } from '../../sizes.ts';

const NAMES: TensorNames = { ...FOUR_NORMS, ...HEAD_NORMS, layerScale: 'layer_scalar' };

const LAYER_INPUTS = {
  embedding: 'model.embed_tokens_per_layer',
  projection: 'model.per_layer_model_projection',
  norm: 'model.per_layer_projection_norm',
  gate: 'per_layer_input_gate',
  out: 'per_layer_projection',
  after: 'post_per_layer_input_norm',
};

export const gemma4: ModelArchitecture = {
  modelTypes: ['gemma4_text', 'gemma4'],

  read(config) {
    requireOff(config, 'enable_moe_block', 'use_bidirectional_attention');
    return readWideGemma(config);
  },

  // Published files have them; the layers read those of another one.
  unused(config, name) {
    const [, layer, part] = /(?:^|\.)layers\.(\d+)\.self_attn\.([kv]_(?:proj|norm))\./.exec(name) ?? [];
    return part !== undefined && Number(layer) >= firstShared(config, count(config, 'num_hidden_layers'));
  },

  build(s, config, dims) {
    const { layers } = dims;
    const windowed = windowsOf(config, layers);
    const width = slidingWindow(config);
    const shape = shapes(config, dims, windowed);
    const ropes = { sliding_attention: 'rope_local', full_attention: 'rope' } as const;
    const common = gemmaCommon(config, dims);
    const tied = flag(config, 'attention_k_eq_v', false);
    if (tied) wrongConfig('attention_k_eq_v', 'false', true, 'model-unknown');
    buildDecoder(s, dims, {
      ...common,
      norm: { eps: common.norm.eps },
      names: NAMES,
      shape,
      layerInputs: layerInputsOf(config, common.activation),
      valueNorm: true,
      scale: 1,
      logitCap:
        config.final_logit_softcapping == null ? undefined : positive(config, 'final_logit_softcapping'),
      window: (i) => (windowed[i] === true ? width : undefined),
      rope: (i) => {
        const kind = windowed[i] === true ? 'sliding_attention' : 'full_attention';
        const rotary = shape(i).headWidth;
        return {
          name: ropes[kind],
          table: ropeTable(ropeOfKind(config, kind, ROPES), rotary, s.capacity),
          rotary,
        };
      },
    });
  },
};

/** The last layer has no window, whatever the config says. */
function windowsOf(config: Config, layers: number): readonly boolean[] {
  const windowed = windowedLayers(config, layers, (i) => (i + 1) % 6 !== 0);
  return windowed.map((has, i) => has && i < layers - 1);
}

/** The first layer that reads keys and values of another. */
function firstShared(config: Config, layers: number): number {
  const shared = config.num_kv_shared_layers;
  return shared == null || shared === 0 ? layers : layers - count(config, 'num_kv_shared_layers');
}

function shapes(
  config: Config,
  dims: ModelDims,
  windowed: readonly boolean[],
): (layer: number) => LayerShape & { readonly headWidth: number } {
  const { layers, headWidth } = dims;
  const global = count(config, 'global_head_dim', 512, WIDEST_HEAD);
  if (global % 2 !== 0) wrongConfig('global_head_dim', 'an even number', global);
  const first = firstShared(config, layers);
  // A kind of layer without keys of its own would read nothing.
  const sourceOf = (i: number) => windowed.slice(0, Math.max(0, first)).lastIndexOf(windowed[i] as boolean);
  const without = windowed.findIndex((_, i) => i >= first && sourceOf(i) < 0);
  if (without >= 0)
    wrongConfig('num_kv_shared_layers', `layers of each kind before the shared ones`, layers - first);
  const ffn = count(config, 'intermediate_size');
  const wide = flag(config, 'use_double_wide_mlp', false);
  return (i) => ({
    headWidth: windowed[i] === true ? headWidth : global,
    ...(i < first ? {} : { kvOf: sourceOf(i), ffn: wide ? 2 * ffn : ffn }),
  });
}

function layerInputsOf(config: Config, activation: LayerInputSpec['activation']): LayerInputSpec | undefined {
  const { hidden_size_per_layer_input: width } = config;
  if (width == null || width === 0) return undefined;
  return {
    names: LAYER_INPUTS,
    width: count(config, 'hidden_size_per_layer_input'),
    vocab: count(config, 'vocab_size_per_layer_input', count(config, 'vocab_size')),
    activation,
  };
}

const ROPES: Config = {
  sliding_attention: { rope_type: 'default', rope_theta: 10_000 },
  full_attention: { rope_type: 'proportional', rope_theta: 1_000_000, partial_rotary_factor: 0.25 },
};
