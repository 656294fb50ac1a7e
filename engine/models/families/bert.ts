/**
 * BERT as an encoder of passages (all-MiniLM, BGE, E5, GTE of 2022–23): learnt positions, norms after blocks (LayerNorm
 * with a bias), a feed-forward block without a gate, attention on both sides. Source: Devlin et al., arXiv 1810.04805;
 * transformers `models/bert/modeling_bert.py`.
 */
import type { ValueId } from '../../graph/graph.ts';
import type { Activation } from '../../ops/gate-mul/index.ts';
import type { ModelArchitecture } from '../architecture.ts';
import { type BlockBuilder, linear } from '../blocks.ts';
import { attention } from '../attention.ts';
import { type Config, count, positive, unsupported } from '../config.ts';
import { pooled, readEmbedding } from '../encoder.ts';
import { ffnOf, readSizes, requireOff } from '../sizes.ts';

const ACTIVATIONS: Readonly<Record<string, Activation>> = {
  gelu: 'gelu',
  gelu_new: 'gelu_tanh',
  gelu_pytorch_tanh: 'gelu_tanh',
  silu: 'silu',
};

export const bert: ModelArchitecture = {
  modelTypes: ['bert'],

  read(config) {
    activationOf(config);
    requireOff(config, 'is_decoder', 'add_cross_attention');
    const { position_embedding_type: positions = 'absolute' } = config;
    if (positions !== 'absolute') unsupported('position_embedding_type', 'absolute', positions);
    const dims = readSizes(config);
    return { ...dims, embeds: readEmbedding(config, dims.hidden, dims.contextLength) };
  },

  build(s, config, dims) {
    const { hidden, vocab, layers, heads, headWidth, contextLength, embeds } = dims;
    const eps = positive(config, 'layer_norm_eps', 1e-12);
    const layerNorm = (x: ValueId, tensor: string, node: string, shift?: ValueId) =>
      s.b.node(
        'layer_norm',
        node,
        {
          x,
          weight: s.vector(`${tensor}.weight`, hidden),
          bias: s.vector(`${tensor}.bias`, hidden),
          ...(shift === undefined ? {} : { shift }),
        },
        { eps },
      );
    // Nothing rotates; the op needs a table all the same.
    const nothing = { kind: 'rope', frequencies: [0], scale: 1 } as const;
    const rope = {
      table: s.b.constant('rope', { dtype: 'f32', shape: [s.C, 2] }, nothing),
      rotary: 0,
      pairs: false,
    };
    let x = layerNorm(
      embeddings(s, [vocab, contextLength, hidden]),
      'embeddings.LayerNorm',
      'embed_norm',
      // All tokens have type 0.
      s.vector('embeddings.token_type_embeddings.weight', hidden, {
        slice: { from: 0, of: hidden * count(config, 'type_vocab_size', 2) },
      }),
    );
    for (let i = 0; i < layers; i++) {
      const [full, nodes] = [(part: string) => `encoder.layer.${i}.${part}`, `layers.${i}`];
      const { out: attended } = attention(
        s,
        x,
        {
          qkv: [full('attention.self.query'), full('attention.self.key'), full('attention.self.value')],
          out: full('attention.output.dense'),
          nodes,
          biases: { qkv: true, out: true },
          norm: { eps },
          normForm: 'heads',
          valueNorm: false,
        },
        { heads, kvHeads: heads, headWidth, rope, scale: 1 / Math.sqrt(headWidth) },
      );
      const added = (to: ValueId, made: ValueId, part: string, tensor: string) => {
        const sum = s.b.node('add', `${nodes}.${part}_add`, { a: to, b: made }, {});
        return layerNorm(sum, full(tensor), `${nodes}.${part}_norm`);
      };
      const y = added(x, attended, 'attention', 'attention.output.LayerNorm');
      const up = { tensor: full('intermediate.dense'), node: `${nodes}.up`, bias: true };
      const inner = s.b.node(
        'activate',
        `${nodes}.activate`,
        { x: linear(s, y, up, ffnOf(config, 'intermediate_size')) },
        { activation: activationOf(config) },
      );
      const down = linear(
        s,
        inner,
        { tensor: full('output.dense'), node: `${nodes}.down`, bias: true },
        hidden,
      );
      x = added(y, down, 'mlp', 'output.LayerNorm');
    }
    if (embeds !== undefined) pooled(s, x, embeds);
  },
};

/** Words and positions; x act[S,E]. */
function embeddings(s: BlockBuilder, [vocab, positions, hidden]: readonly [number, number, number]): ValueId {
  const rows = (input: string, table: string, count: number) =>
    s.b.node(
      'embed',
      `embed_${input}`,
      {
        ids: s.b.input(input, { dtype: 'u32', shape: [s.S] }),
        table: s.matrix(`embeddings.${table}.weight`, count, hidden),
      },
      { scale: 1, dtype: s.activations },
    );
  const words = rows('ids', 'word_embeddings', vocab);
  const places = rows('places', 'position_embeddings', positions);
  return s.b.node('add', 'embed_add', { a: words, b: places }, {});
}

function activationOf(config: Config): Activation {
  const name = String(config.hidden_act ?? 'gelu');
  const known = Object.hasOwn(ACTIVATIONS, name) ? ACTIVATIONS[name] : undefined;
  return known ?? unsupported('hidden_act', Object.keys(ACTIVATIONS).join(', '), name);
}
