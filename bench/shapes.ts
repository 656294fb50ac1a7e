/**
 * Shapes of published models. Benchmarks fill them with random weights: the cost of a step does not depend on values.
 */
export interface Shape {
  readonly hidden: number;
  readonly layers: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly headWidth: number;
  readonly ffn: number;
  readonly vocab: number;
  /** `model_type`. Default: llama. */
  readonly family?: string;
}

export const SHAPES: Readonly<Record<string, Shape>> = {
  /** Small enough for every test run. */
  tiny: { hidden: 256, layers: 4, heads: 4, kvHeads: 2, headWidth: 64, ffn: 768, vocab: 4096 },
  stories260K: { hidden: 64, layers: 5, heads: 8, kvHeads: 4, headWidth: 8, ffn: 172, vocab: 512 },
  'SmolLM2-135M': {
    hidden: 576,
    layers: 30,
    heads: 9,
    kvHeads: 3,
    headWidth: 64,
    ffn: 1536,
    vocab: 49152,
  },
  'Qwen3-0.6B': {
    hidden: 1024,
    layers: 28,
    heads: 16,
    kvHeads: 8,
    headWidth: 128,
    ffn: 3072,
    vocab: 151936,
    family: 'qwen3',
  },
  'Llama-3.2-1B': {
    hidden: 2048,
    layers: 16,
    heads: 32,
    kvHeads: 8,
    headWidth: 64,
    ffn: 8192,
    vocab: 128256,
  },
  'Gemma-2B': {
    hidden: 2048,
    layers: 18,
    heads: 8,
    kvHeads: 1,
    headWidth: 256,
    ffn: 16384,
    vocab: 256000,
    family: 'gemma',
  },
};

/** Names selected by `--shape published`. */
export const PUBLISHED: readonly string[] = ['SmolLM2-135M', 'Qwen3-0.6B', 'Llama-3.2-1B', 'Gemma-2B'];

/** `config.json` of a shape. `layers` may be smaller than the shape's, since every layer costs the same. */
export function configOf(shape: Shape, layers = shape.layers): Record<string, unknown> {
  return {
    model_type: shape.family ?? 'llama',
    hidden_size: shape.hidden,
    num_hidden_layers: layers,
    num_attention_heads: shape.heads,
    num_key_value_heads: shape.kvHeads,
    head_dim: shape.headWidth,
    intermediate_size: shape.ffn,
    vocab_size: shape.vocab,
    max_position_embeddings: 32768,
    rms_norm_eps: 1e-5,
    rope_theta: 10000,
    tie_word_embeddings: true,
    bos_token_id: 1,
    eos_token_id: 2,
  };
}
