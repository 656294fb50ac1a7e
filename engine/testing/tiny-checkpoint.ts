/**
 * For tests: the checkpoint files of a tiny Llama with odd sizes and seeded random weights, and a writer of safetensors
 * that can also write invalid files. Not part of the product.
 */
import { f16Array } from '../tensor/f16.ts';
import { seededRandom } from '../tensor/random.ts';

/** A tensor to write; `values` are rounded to `dtype`. */
export interface TestTensor {
  readonly dtype: 'F32' | 'F16' | 'BF16';
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** An entry of a safetensors header. */
export type HeaderEntry = { dtype: string; shape: number[]; data_offsets: number[] };
/** Changes a header before it is written. */
export type Tamper = (header: Record<string, HeaderEntry>) => void;

/** Sizes of the model. */
export const TINY = {
  hidden: 20,
  heads: 2,
  kvHeads: 1,
  headWidth: 10,
  ffn: 44,
  layers: 1,
  vocab: 37,
} as const;

/** Its config.json. */
export const TINY_CONFIG = {
  model_type: 'llama',
  hidden_size: TINY.hidden,
  num_attention_heads: TINY.heads,
  num_key_value_heads: TINY.kvHeads,
  head_dim: TINY.headWidth,
  intermediate_size: TINY.ffn,
  num_hidden_layers: TINY.layers,
  vocab_size: TINY.vocab,
  max_position_embeddings: 64,
  rms_norm_eps: 1e-5,
  rope_theta: 10000,
  hidden_act: 'silu',
  tie_word_embeddings: true,
  bos_token_id: 1,
  eos_token_id: 2,
};

/** Its tokenizer.json: letters, space and three special tokens. */
export const TINY_TOKENIZER = {
  added_tokens: ['<unk>', '<s>', '</s>'].map((content, id) => ({ id, content, special: true })),
  normalizer: null,
  pre_tokenizer: null,
  post_processor: {
    type: 'TemplateProcessing',
    single: [{ SpecialToken: { id: '<s>', type_id: 0 } }, { Sequence: { id: 'A', type_id: 0 } }],
    pair: [],
    special_tokens: {},
  },
  decoder: { type: 'Sequence', decoders: [{ type: 'Fuse' }] },
  model: {
    type: 'BPE',
    unk_token: '<unk>',
    vocab: Object.fromEntries(
      ['<unk>', '<s>', '</s>', ' ', ...'abcdefghijklmnopqrstuvwxyz'].map((t, i) => [t, i]),
    ),
    merges: [],
  },
};

/** Returns the tensors of the model by name: f32, uniform in [−1, 1). */
export function tinyTensors(seed = 1): Record<string, TestTensor> {
  const random = seededRandom(seed);
  const { hidden, heads, kvHeads, headWidth, ffn, layers, vocab } = TINY;
  const tensor = (...shape: number[]): TestTensor => ({
    dtype: 'F32',
    shape,
    values: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => random() * 2 - 1),
  });
  const tensors: Record<string, TestTensor> = { 'model.embed_tokens.weight': tensor(vocab, hidden) };
  for (let i = 0; i < layers; i++) {
    const at = `model.layers.${i}`;
    tensors[`${at}.input_layernorm.weight`] = tensor(hidden);
    tensors[`${at}.self_attn.q_proj.weight`] = tensor(heads * headWidth, hidden);
    tensors[`${at}.self_attn.k_proj.weight`] = tensor(kvHeads * headWidth, hidden);
    tensors[`${at}.self_attn.v_proj.weight`] = tensor(kvHeads * headWidth, hidden);
    tensors[`${at}.self_attn.o_proj.weight`] = tensor(hidden, heads * headWidth);
    tensors[`${at}.post_attention_layernorm.weight`] = tensor(hidden);
    tensors[`${at}.mlp.gate_proj.weight`] = tensor(ffn, hidden);
    tensors[`${at}.mlp.up_proj.weight`] = tensor(ffn, hidden);
    tensors[`${at}.mlp.down_proj.weight`] = tensor(hidden, ffn);
  }
  tensors['model.norm.weight'] = tensor(hidden);
  return tensors;
}

/** Returns the files of the checkpoint; `tamper` changes the header of the weights. */
export function tinyFiles(tamper?: Tamper, tensors = tinyTensors()): Record<string, Uint8Array | string> {
  return {
    'config.json': JSON.stringify(TINY_CONFIG),
    'tokenizer.json': JSON.stringify(TINY_TOKENIZER),
    'tokenizer_config.json': JSON.stringify({ bos_token: '<s>', eos_token: '</s>' }),
    'model.safetensors': writeSafetensors(tensors, tamper),
  };
}

/** Writes tensors in the order of their keys. */
export function writeSafetensors(tensors: Readonly<Record<string, TestTensor>>, tamper?: Tamper): Uint8Array {
  const header: Record<string, HeaderEntry> = {};
  const parts = Object.entries(tensors).map(([name, tensor]) => ({ name, tensor, bytes: bytesOf(tensor) }));
  let at = 0;
  for (const { name, tensor, bytes } of parts) {
    header[name] = { dtype: tensor.dtype, shape: [...tensor.shape], data_offsets: [at, at + bytes.length] };
    at += bytes.length;
  }
  tamper?.(header);
  return joinSafetensors(
    JSON.stringify(header),
    parts.map((p) => p.bytes),
  );
}

/**
 * Joins a header and tensor bytes to a file. `headerLength`: the length that the file states, by default the true one.
 */
export function joinSafetensors(
  header: string,
  parts: readonly Uint8Array[],
  headerLength?: bigint,
): Uint8Array {
  const text = new TextEncoder().encode(header);
  const size = parts.reduce((sum, p) => sum + p.length, 8 + text.length);
  const out = new Uint8Array(size);
  new DataView(out.buffer).setBigUint64(0, headerLength ?? BigInt(text.length), true);
  out.set(text, 8);
  let at = 8 + text.length;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

function bytesOf({ dtype, values }: TestTensor): Uint8Array {
  if (dtype === 'F32') return new Uint8Array(values.slice().buffer);
  if (dtype === 'F16') return new Uint8Array(f16Array(values).buffer);
  const bits = new Uint32Array(values.slice().buffer);
  return new Uint8Array(Uint16Array.from(bits, (b) => b >>> 16).buffer);
}
