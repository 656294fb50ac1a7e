/**
 * Llama 2, 3, SmolLM, TinyStories and, where the window does not bite, Mistral. Fields carry config.json's
 * own keys, weights the checkpoint's own names. Source: transformers `models/llama/modeling_llama.py`.
 */
import { attention, linear, mlp, norm, type Site } from './blocks.ts';
import { type Config, count, flag, positive, unsupported, wrongConfig } from './config.ts';
import type { Family } from './family.ts';
import { ropeTable } from './rope.ts';

export const llama: Family = {
  modelTypes: ['llama', 'mistral'],

  read(config) {
    const hidden = count(config, 'hidden_size');
    const heads = count(config, 'num_attention_heads');
    const kvHeads = count(config, 'num_key_value_heads', heads);
    const { hidden_act = 'silu' } = config;
    if (hidden_act !== 'silu' && hidden_act !== 'swish') unsupported('hidden_act', 'silu', hidden_act);
    if (config.head_dim == null && hidden % heads !== 0) {
      wrongConfig('hidden_size', `a multiple of num_attention_heads ${heads}, or a head_dim`, hidden);
    }
    const headWidth = count(config, 'head_dim', hidden / heads);
    if (headWidth % 2 !== 0) wrongConfig('head_dim', 'an even number', headWidth);
    if (heads % kvHeads !== 0) {
      wrongConfig('num_key_value_heads', `a divisor of num_attention_heads ${heads}`, kvHeads);
    }
    return {
      hidden,
      heads,
      kvHeads,
      headWidth,
      layers: count(config, 'num_hidden_layers'),
      vocab: count(config, 'vocab_size'),
      contextLength: contextLength(config),
    };
  },

  build(s, config, { hidden, heads, kvHeads, headWidth, layers, vocab }) {
    const eps = positive(config, 'rms_norm_eps', 1e-6);
    const ffn = count(config, 'intermediate_size');
    const bias = flag(config, 'attention_bias', false);
    const mlpBias = flag(config, 'mlp_bias', false);
    const shape = { heads, kvHeads, headWidth, rotary: headWidth, biases: { qkv: bias, out: bias } };

    const ids = s.b.input('ids', { dtype: 'u32', shape: [s.S] });
    const table = ropeTable(config, headWidth);
    const rope = s.b.constant('rope', { dtype: 'f32', shape: [s.C, headWidth] }, table);
    const embedding = s.matrix('model.embed_tokens.weight', vocab, hidden);

    let x = s.b.node('embed', 'embed', { ids, table: embedding }, { scale: 1, dtype: s.activations });
    for (let i = 0; i < layers; i++) {
      const nodes = `layers.${i}`;
      const tensors = `model.${nodes}`;
      const a = norm(s, x, `${tensors}.input_layernorm`, `${nodes}.attention_norm`, eps);
      const mixed = attention(s, a, rope, { tensors: `${tensors}.self_attn`, nodes }, shape);
      x = s.b.node('add', `${nodes}.attention_add`, { a: x, b: mixed }, {});
      const m = norm(s, x, `${tensors}.post_attention_layernorm`, `${nodes}.mlp_norm`, eps);
      const inner = mlp(s, m, { tensors: `${tensors}.mlp`, nodes }, { ffn, bias: mlpBias });
      x = s.b.node('add', `${nodes}.mlp_add`, { a: x, b: inner }, {});
    }
    head(s, x, eps, vocab, flag(config, 'tie_word_embeddings', false));
  },
};

/** Logits of the newest token and, for greedy sampling on the GPU, the best id. */
function head(s: Site, x: number, eps: number, vocab: number, tied: boolean): void {
  const last = s.b.node('last_row', 'last', { x }, {});
  const normed = norm(s, last, 'model.norm', 'norm', eps);
  const tensor = tied ? 'model.embed_tokens' : 'lm_head';
  const logits = linear(s, normed, { tensor, node: 'logits', bias: false }, vocab);
  s.b.output('logits', logits);
  s.b.output('best', s.b.node('argmax', 'best', { x: logits }, {}));
}

/** Within a sliding window attention is full attention, so a model with a window runs up to it. */
function contextLength(config: Config): number {
  const length = count(config, 'max_position_embeddings', 2048);
  if (config.sliding_window == null || config.use_sliding_window === false) return length;
  return Math.min(length, count(config, 'sliding_window'));
}
