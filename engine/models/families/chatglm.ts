/**
 * ChatGLM2, ChatGLM3 and GLM-4 as their authors published them: q, k, v and gate, up in one tensor each; half of a head
 * is rotated, in neighbouring pairs; config keys and tensor names are their own. Source: THUDM `modeling_chatglm.py`.
 */
import {
  type Config,
  count,
  flag,
  MOST_LAYERS,
  positive,
  unsupported,
  WIDEST_HEAD,
  wrongConfig,
} from '../config.ts';
import { buildDecoder, type TensorNames } from '../decoder.ts';
import type { ModelArchitecture } from '../architecture.ts';
import { ropeTable } from '../rope.ts';

const NAMES: TensorNames = {
  embedding: 'transformer.embedding.word_embeddings',
  layers: 'transformer.encoder.layers',
  finalNorm: 'transformer.encoder.final_layernorm',
  head: 'transformer.output_layer',
  attentionNorm: 'input_layernorm',
  mlpNorm: 'post_attention_layernorm',
  qkv: 'self_attention.query_key_value',
  out: 'self_attention.dense',
  gateUp: 'mlp.dense_h_to_4h',
  down: 'mlp.dense_4h_to_h',
};

export const chatglm: ModelArchitecture = {
  modelTypes: ['chatglm'],

  read(config) {
    requireFirstLayout(config);
    const heads = count(config, 'num_attention_heads');
    const grouped = flag(config, 'multi_query_attention', false);
    const kvHeads = grouped ? count(config, 'multi_query_group_num', 1) : heads;
    const headWidth = count(config, 'kv_channels', 128, WIDEST_HEAD);
    if (headWidth % 4 !== 0) wrongConfig('kv_channels', 'a multiple of 4', headWidth);
    if (heads % kvHeads !== 0) {
      wrongConfig('multi_query_group_num', `a divisor of num_attention_heads ${heads}`, kvHeads);
    }
    return {
      hidden: count(config, 'hidden_size'),
      heads,
      kvHeads,
      headWidth,
      layers: count(config, 'num_layers', undefined, MOST_LAYERS),
      vocab: count(config, 'padded_vocab_size'),
      contextLength: count(config, 'seq_length', 2048),
    };
  },

  build(s, config, dims) {
    const rotary = dims.headWidth / 2;
    const theta = 10000 * positive(config, 'rope_ratio', 1);
    const table = ropeTable({ rope_theta: theta }, rotary, s.capacity);
    const bias = flag(config, 'add_bias_linear', false);
    buildDecoder(s, dims, {
      names: NAMES,
      norm: { eps: positive(config, 'layernorm_epsilon', 1e-5) },
      ffn: count(config, 'ffn_hidden_size'),
      tied: flag(config, 'tie_word_embeddings', false),
      rope: () => ({ name: 'rope', table, rotary, pairs: true }),
      biases: { qkv: bias || flag(config, 'add_qkv_bias', false), out: bias, mlp: bias },
    });
  },
};

/** Options of the authors' code that no published model uses. */
function requireFirstLayout(config: Config): void {
  for (const key of ['rmsnorm', 'post_layer_norm', 'original_rope']) {
    if (!flag(config, key, true)) unsupported(key, 'true', false);
  }
  const key = 'apply_residual_connection_post_layernorm';
  if (flag(config, key, false)) unsupported(key, 'false', true);
}
