/**
 * BitNet b1.58: a Llama with weights of three values, a norm before the last product of each block, and relu² in the
 * feed-forward block. Earlier models have silu. Source: arXiv 2504.12285; transformers `models/bitnet/modeling_bitnet.py`.
 */
import type { Activation } from '../../ops/gate-mul/index.ts';
import type { ModelArchitecture } from '../architecture.ts';
import { type Config, flag, unsupported } from '../config.ts';
import { buildDecoder, LLAMA_NAMES, type TensorNames } from '../decoder.ts';
import { ropeTable } from '../rope.ts';
import { readCommon, readSizes } from '../sizes.ts';

const NAMES: TensorNames = {
  ...LLAMA_NAMES,
  beforeOut: 'self_attn.attn_sub_norm',
  beforeDown: 'mlp.ffn_sub_norm',
};

export const bitnet: ModelArchitecture = {
  modelTypes: ['bitnet'],

  read(config) {
    activationOf(config);
    // Squares of activations exceed the range of f16.
    return { ...readSizes(config), wide: true };
  },

  build(s, config, dims) {
    const table = ropeTable(config, dims.headWidth, s.capacity);
    const bias = flag(config, 'attention_bias', false);
    buildDecoder(s, dims, {
      ...readCommon(config),
      names: NAMES,
      activation: activationOf(config),
      rope: () => ({ name: 'rope', table, rotary: dims.headWidth }),
      biases: { qkv: bias, out: bias },
    });
  },
};

function activationOf({ hidden_act: name = 'relu2' }: Config): Activation {
  return name === 'relu2' || name === 'silu' ? name : unsupported('hidden_act', 'relu2 or silu', name);
}
