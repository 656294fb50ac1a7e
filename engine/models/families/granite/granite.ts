/**
 * Granite 3 and 4: a Llama with four multipliers, of embeddings, of attention scores, of what a block adds, and a divisor
 * of logits. Of `granitemoehybrid` the models without experts run, with Mamba layers or without (Granite 4 and 4-H micro,
 * 1B, 350M). Source: transformers `models/granite/modeling_granite.py`, `models/granitemoehybrid/`.
 */
import { type Config, count, flag, positive, unsupported, wrongConfig } from '../../config.ts';
import { buildDecoder, LLAMA_NAMES, type TensorNames } from '../../decoder.ts';
import type { ModelArchitecture } from '../../architecture.ts';
import { mambaLayer } from '../hybrid/mamba.ts';
import { ropeTable } from '../../rope.ts';
import { ffnOf, readCommon, readSizes, requireSilu } from '../../sizes.ts';

const HYBRID = 'granitemoehybrid';
const HYBRID_NAMES: TensorNames = {
  ...LLAMA_NAMES,
  gateUp: 'shared_mlp.input_linear',
  down: 'shared_mlp.output_linear',
};
/** Files of GGUF have gate and up apart. */
const APART: TensorNames = { ...HYBRID_NAMES, gateUp: ['shared_mlp.gate_proj', 'shared_mlp.up_proj'] };

export const granite: ModelArchitecture = {
  modelTypes: ['granite', HYBRID],

  read(config) {
    requireSilu(config);
    if (config.model_type === HYBRID) kindsOf(config);
    return readSizes(config);
  },

  build(s, config, dims) {
    const { headWidth, hidden } = dims;
    const hybrid = config.model_type === HYBRID;
    const table = ropeTable(config, headWidth, s.capacity);
    const kinds = hybrid ? kindsOf(config) : [];
    const inner = count(config, 'mamba_expand', 2) * hidden;
    const rotary = hybrid && config.position_embedding_type !== 'rope' ? 0 : headWidth;
    buildDecoder(s, dims, {
      ...graniteCommon(config),
      ...(hybrid ? { ffn: ffnOf(config, 'shared_intermediate_size') } : {}),
      names: hybrid ? (config.shared_mlp_apart === true ? APART : HYBRID_NAMES) : LLAMA_NAMES,
      recurrent: (i, prefix) =>
        MAMBA.includes(kinds[i] as string) ? mambaLayer(config, `${prefix}.mamba`, inner) : undefined,
      rope: () => ({ name: 'rope', table, rotary }),
    });
  },
};

/** The sizes, biases and multipliers that all Granite models share. */
export function graniteCommon(config: Config) {
  const bias = flag(config, 'attention_bias', false);
  return {
    ...readCommon(config),
    biases: { qkv: bias, out: bias, mlp: flag(config, 'mlp_bias', false) },
    embedScale: positive(config, 'embedding_multiplier', 1),
    scale: positive(config, 'attention_multiplier', 1),
    residualScale: positive(config, 'residual_multiplier', 1),
    logitScale: 1 / positive(config, 'logits_scaling', 1),
  };
}

/** Files before transformers 5 say `attention` and `mamba`. */
const ATTENTION = ['attention', 'full_attention'];
const MAMBA = ['mamba', 'linear_attention'];

/** The kind of each layer; refuses experts. */
function kindsOf(config: Config): readonly string[] {
  if (config.num_local_experts !== 0) unsupported('num_local_experts', '0', config.num_local_experts);
  const types = config.layer_types ?? config.layers_block_type;
  if (!Array.isArray(types)) unsupported('layer_types', 'a list of layers', types);
  if (types.length !== config.num_hidden_layers) {
    wrongConfig('layer_types', `a list of ${config.num_hidden_layers} layers`, types);
  }
  const stranger = types.find((type) => !ATTENTION.includes(type) && !MAMBA.includes(type));
  if (stranger !== undefined) unsupported('layer_types', [...ATTENTION, ...MAMBA].join(', '), stranger);
  return types;
}
