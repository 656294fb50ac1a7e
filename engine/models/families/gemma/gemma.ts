/**
 * Gemma 1: embeddings times √hidden, norms with weights 1 + w, gelu. Also what Gemma 2 and 3 share with it. Source:
 * transformers `models/gemma/modeling_gemma.py`.
 */
import { type Config, flag, unsupported } from '../../config.ts';
import { buildDecoder, LLAMA_NAMES, type TensorNames } from '../../decoder.ts';
import type { ModelArchitecture, ModelDims } from '../../architecture.ts';
import { ropeTable } from '../../rope.ts';
import { readCommon, readSizes } from '../../sizes.ts';
import type { Activation } from '../../../ops/gate-mul/index.ts';

/** `head_dim` where config.json has none. */
const HEAD_WIDTH = 256;

const ACTIVATIONS: Readonly<Record<string, Activation>> = {
  gelu_pytorch_tanh: 'gelu_tanh',
  gelu_new: 'gelu_tanh',
  gelu: 'gelu',
};

export const gemma: ModelArchitecture = {
  modelTypes: ['gemma'],
  read: readGemma,

  build(s, config, dims) {
    const table = ropeTable(config, dims.headWidth, s.capacity);
    buildDecoder(s, dims, {
      ...gemmaCommon(config, dims),
      names: LLAMA_NAMES,
      rope: () => ({ name: 'rope', table, rotary: dims.headWidth }),
    });
  },
};

/** Gemma 2 and 3: the residual stream of published models overflows f16. */
export function readWideGemma(config: Config): ModelDims {
  return { ...readGemma(config), wide: true };
}

export function readGemma(config: Config): ModelDims {
  activationOf(config);
  return readSizes(config, HEAD_WIDTH);
}

/** Early files of Gemma 1 write "gelu" as `hidden_act` and mean its tanh form. Later ones mean what they write. */
function activationOf(config: Config): Activation {
  const { hidden_activation: own, hidden_act: early, model_type: type } = config;
  const name =
    (type === 'gemma' ? (own ?? (early === 'gelu' ? undefined : early)) : own) ?? 'gelu_pytorch_tanh';
  const known = Object.hasOwn(ACTIVATIONS, String(name)) ? ACTIVATIONS[String(name)] : undefined;
  return known ?? unsupported('hidden_activation', Object.keys(ACTIVATIONS).join(', '), name);
}

export function gemmaCommon(config: Config, { hidden }: ModelDims) {
  const common = readCommon(config, { tied: true });
  const bias = flag(config, 'attention_bias', false);
  return {
    ...common,
    norm: { ...common.norm, plus: 1 },
    activation: activationOf(config),
    embedScale: Math.sqrt(hidden),
    biases: { qkv: bias, out: bias },
  } as const;
}

/** Gemma 2 and 3 have a norm before and after each block. */
export const FOUR_NORMS: TensorNames = {
  ...LLAMA_NAMES,
  afterAttention: 'post_attention_layernorm',
  mlpNorm: 'pre_feedforward_layernorm',
  afterMlp: 'post_feedforward_layernorm',
};
