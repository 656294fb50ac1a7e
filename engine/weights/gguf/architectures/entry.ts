/** The form of an entry, and what entries share. */
import type { Metadata } from '../value.ts';

/** How to map files of one architecture. */
export interface GgufArchitecture {
  /** `model_type` of config.json. */
  readonly modelType: string;
  /** Names outside of layers, and the prefix of a layer's number, if they differ from Llama's. */
  readonly top?: Readonly<Record<string, string>>;
  readonly layers?: string;
  /** Names within a layer, without `.weight` and `.bias`. A key with `.weight` gives the whole name of a vector. */
  readonly layer: Readonly<Record<string, string>>;
  /**
   * The converter interleaved the two halves of a head's D rows, row i + D/2 after row i, for a RoPE that rotates
   * neighbouring elements.
   */
  readonly interleaved?: boolean;
  /** The converter added 1 to the weights of norms, which Gemma multiplies by 1 + w. */
  readonly normsPlusOne?: boolean;
  /** Feed-forward blocks differ by layer; the width is then that of the first. */
  readonly ffnByLayer?: boolean;
  /** RoPE may rotate only part of a head; the config has a key for it. */
  readonly partialRotary?: boolean;
  /** Adds config keys to the common ones. `key` prefixes the architecture's name; `has` tests for a tensor by name. */
  readonly config?: (
    ask: Metadata,
    key: (name: string) => string,
    sizes: Sizes,
    has: (tensor: string) => boolean,
  ) => Record<string, unknown>;
  /** The entry to use instead when q, k and v are separate tensors. */
  readonly unfused?: GgufArchitecture;
}

/** Sizes and constants from the metadata. */
export interface Sizes {
  readonly hidden: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly headWidth: number;
  readonly layers: number;
  readonly ffn: number | null;
  readonly vocab: number;
  readonly contextLength: number;
  readonly eps: number;
  readonly theta: number;
}

export const COMMON = {
  attn_norm: 'input_layernorm',
  attn_q: 'self_attn.q_proj',
  attn_k: 'self_attn.k_proj',
  attn_v: 'self_attn.v_proj',
  attn_output: 'self_attn.o_proj',
  ffn_norm: 'post_attention_layernorm',
  ffn_gate: 'mlp.gate_proj',
  ffn_up: 'mlp.up_proj',
  ffn_down: 'mlp.down_proj',
};

export const QK_NORMS = { attn_q_norm: 'self_attn.q_norm', attn_k_norm: 'self_attn.k_norm' };

export const FOUR_NORMS = {
  post_attention_norm: 'post_attention_layernorm',
  ffn_norm: 'pre_feedforward_layernorm',
  post_ffw_norm: 'post_feedforward_layernorm',
};

export const FUSED = { ...COMMON, attn_qkv: 'self_attn.qkv_proj', ffn_up: 'mlp.gate_up_proj' };

/** `layer_types` by the list of layers with a window; undefined where the file has none. */
export function windowedTypes(ask: Metadata, key: (name: string) => string): string[] | undefined {
  const pattern = ask.numbers(key('attention.sliding_window_pattern'));
  return pattern && Array.from(pattern, (windowed) => (windowed ? 'sliding_attention' : 'full_attention'));
}
