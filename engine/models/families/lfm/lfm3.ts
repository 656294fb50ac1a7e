/**
 * LFM3: LFM2 with norms of what a block adds, a gate for each head of attention, layers with a window, and a rope for
 * each kind of layer. Source: transformers `models/lfm3/`.
 */
import { type Config, flag, unsupported, wrongConfig } from '../../config.ts';
import { buildDecoder, HEAD_NORMS, type TensorNames } from '../../decoder.ts';
import type { ModelArchitecture } from '../../architecture.ts';
import { ropeOfKind, ropeTable } from '../../rope.ts';
import { ffnOf, readSizes, requireOff, slidingWindow } from '../../sizes.ts';
import { LFM2_NAMES, lfmCommon } from './lfm2.ts';

export const lfm3: ModelArchitecture = {
  modelTypes: ['lfm3'],

  read(config) {
    requireOff(config, 'attention_bias');
    return readSizes(config, 128);
  },

  build(s, config, dims) {
    const { headWidth, layers } = dims;
    const kinds = kindsOf(config, layers);
    const rope = (kind: typeof SLIDING | typeof FULL, name: string) => {
      const table = ropeTable(ropeOfKind(config, kind, ROPES), headWidth, s.capacity);
      return { name, table, rotary: headWidth };
    };
    const [near, far] = [rope(SLIDING, 'rope_local'), rope(FULL, 'rope')];
    const width = slidingWindow(config);
    buildDecoder(s, dims, {
      ...lfmCommon(config, (i) => kinds[i] === CONV),
      names: {
        ...NAMES,
        ...(flag(config, 'use_sandwich_norm', true) ? AFTER : {}),
        ...(flag(config, 'use_attention_gate', true) ? GATE : {}),
      },
      ffn: ffnOf(config, 'intermediate_size'),
      rope: (i) => (kinds[i] === SLIDING ? near : far),
      window: (i) => (kinds[i] === SLIDING ? width : undefined),
    });
  },
};

const NAMES: TensorNames = { ...LFM2_NAMES, ...HEAD_NORMS, out: 'self_attn.o_proj' };
const AFTER = { afterAttention: 'post_operator_norm', afterMlp: 'post_ffn_norm' };
// `g_proj` within transformers, which renames it.
const GATE = { gate: 'self_attn.gate_proj' };

const [CONV, FULL, SLIDING] = ['conv', 'full_attention', 'sliding_attention'] as const;

/** The kind of each layer: by `layer_types`, else of four in a row a window, a convolution, all tokens, a convolution. */
function kindsOf({ layer_types: types }: Config, layers: number): readonly string[] {
  if (types == null) {
    const kinds = [SLIDING, CONV, FULL, CONV];
    return Array.from({ length: layers }, (_, i) => (i === 0 ? CONV : (kinds[i % 4] as string)));
  }
  if (!Array.isArray(types) || types.length !== layers) {
    wrongConfig('layer_types', `a list of ${layers} layers`, types);
  }
  const known: readonly string[] = [CONV, FULL, SLIDING];
  const stranger = types.find((type) => !known.includes(type));
  if (stranger !== undefined) unsupported('layer_types', known.join(' or '), stranger);
  return types;
}

const ROPES: Config = {
  [SLIDING]: { rope_type: 'default', rope_theta: 10_000 },
  [FULL]: { rope_type: 'proportional', rope_theta: 1_000_000, partial_rotary_factor: 0.5 },
};
