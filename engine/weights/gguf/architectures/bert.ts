/** BERT, and how encoders make one vector of their rows. */
import { MODULES_KEY } from '../../formats/sentence-transformers.ts';
import { type Metadata, shortest } from '../value.ts';
import type { GgufArchitecture } from './entry.ts';

/** `pooling_type` of encoders; absent is the mean. Source: `enum llama_pooling_type`. */
const POOLINGS = ['none', 'mean', 'first', 'last', 'rank'];
export const poolingOf = (ask: Metadata, key: (name: string) => string) =>
  POOLINGS[ask.count(key('pooling_type')) ?? 1] ?? 'unknown';

export const BERT: GgufArchitecture = {
  modelType: 'bert',
  top: {
    token_embd: 'embeddings.word_embeddings',
    position_embd: 'embeddings.position_embeddings',
    token_types: 'embeddings.token_type_embeddings',
    token_embd_norm: 'embeddings.LayerNorm',
  },
  layers: 'encoder.layer',
  layer: {
    attn_q: 'attention.self.query',
    attn_k: 'attention.self.key',
    attn_v: 'attention.self.value',
    attn_output: 'attention.output.dense',
    attn_output_norm: 'attention.output.LayerNorm',
    ffn_up: 'intermediate.dense',
    ffn_down: 'output.dense',
    layer_output_norm: 'output.LayerNorm',
  },
  config: (ask, key) => ({
    hidden_act: 'gelu',
    layer_norm_eps: shortest(ask.number(key('attention.layer_norm_epsilon')) ?? 1e-12),
    type_vocab_size: ask.count('tokenizer.ggml.token_type_count') ?? 2,
    [MODULES_KEY]: { pooling: poolingOf(ask, key) },
  }),
};
