/** For tests: a writer of GGUF files that can also write invalid ones. Not part of the product. */
import { concatBytes } from '../base/bytes.ts';
import { GGML_TYPES } from '../quant/ggml.ts';

/** A metadata value: `[type number, value]`; an array is `[9, type number, values]`. */
export type Typed = readonly [number, unknown] | readonly [9, number, readonly unknown[]];

/** A tensor to write. */
export interface GgufTensorBytes {
  /** Name in `enum ggml_type`. */
  readonly type: string;
  /** Rows first. */
  readonly shape: readonly number[];
  readonly data: Uint8Array;
}

/** The contents of a file. */
export interface GgufParts {
  readonly version?: number;
  readonly alignment?: number;
  readonly metadata: Readonly<Record<string, Typed>>;
  readonly tensors: Readonly<Record<string, GgufTensorBytes>>;
  /** Changes a tensor's offset before it is written. */
  readonly offset?: (name: string, offset: number) => number;
}

export const u32 = (x: number): Typed => [4, x];
export const f32 = (x: number): Typed => [6, x];
export const bool = (x: boolean): Typed => [7, x];
export const text = (x: string): Typed => [8, x];
export const texts = (x: readonly string[]): Typed => [9, 8, x];
export const numbers = (type: number, x: readonly number[]): Typed => [9, type, x];

/** Writes a little-endian GGUF file. */
export function writeGguf({ version = 3, alignment = 32, metadata, tensors, offset }: GgufParts): Uint8Array {
  const out: Uint8Array[] = [];
  const put = (bytes: Uint8Array) => void out.push(bytes);
  put(new TextEncoder().encode('GGUF'));
  put(scalar(4, version));
  put(scalar(10, Object.keys(tensors).length));
  put(scalar(10, Object.keys(metadata).length));
  for (const [key, [type, ...value]] of Object.entries(metadata)) {
    put(string(key));
    put(scalar(4, type));
    if (type !== 9) put(scalar(type, value[0]));
    else {
      const [inner, values] = value as [number, unknown[]];
      put(scalar(4, inner));
      put(scalar(10, values.length));
      for (const v of values) put(scalar(inner, v));
    }
  }
  let at = 0;
  const typeIds = new Map([...GGML_TYPES].map(([id, t]) => [t.name, id]));
  for (const [name, { type, shape, data }] of Object.entries(tensors)) {
    put(string(name));
    put(scalar(4, shape.length));
    for (const size of [...shape].reverse()) put(scalar(10, size));
    put(scalar(4, typeIds.get(type)));
    put(scalar(10, offset?.(name, at) ?? at));
    at += Math.ceil(data.length / alignment) * alignment;
  }
  const pad = (length: number) => put(new Uint8Array((alignment - (length % alignment)) % alignment));
  pad(out.reduce((n, bytes) => n + bytes.length, 0));
  for (const { data } of Object.values(tensors)) {
    put(data);
    pad(data.length);
  }
  return concatBytes(out);
}

function scalar(type: number, value: unknown): Uint8Array {
  if (type === 8) return string(value as string);
  const view = new DataView(new ArrayBuffer(8));
  const n = Number(value);
  if (type === 0 || type === 7) view.setUint8(0, n);
  else if (type === 1) view.setInt8(0, n);
  else if (type === 2) view.setUint16(0, n, true);
  else if (type === 3) view.setInt16(0, n, true);
  else if (type === 4) view.setUint32(0, n, true);
  else if (type === 5) view.setInt32(0, n, true);
  else if (type === 6) view.setFloat32(0, n, true);
  else if (type === 10) view.setBigUint64(0, BigInt(value as number), true);
  else if (type === 11) view.setBigInt64(0, BigInt(value as number), true);
  else view.setFloat64(0, n, true);
  const bytes = [1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8][type] as number;
  return new Uint8Array(view.buffer, 0, bytes);
}

function string(value: string): Uint8Array {
  const bytes = new TextEncoder().encode(value);
  return concatBytes([scalar(10, bytes.length), bytes]);
}

/**
 * Returns a model of one layer with a vocabulary of letters: width 32, 2 heads of half of that, 1 KV head, FFN of twice
 * that. Weights are 0.
 */
export function tinyModel(
  type = 'F32',
  architecture = 'llama',
  vocabularyKind = 'llama',
  width = 32,
): GgufParts {
  const vocabulary = ['<unk>', '<s>', '</s>', '▁', ...'abcdefghijklmnopqrstuvwxyz', '▁a', 'he'];
  const matrix = (rows: number, columns: number): GgufTensorBytes => {
    const blocks = [...GGML_TYPES.values()].find((t) => t.name === type) as {
      weights: number;
      bytes: number;
    };
    return {
      type,
      shape: [rows, columns],
      data: new Uint8Array(((rows * columns) / blocks.weights) * blocks.bytes),
    };
  };
  const vector = (n: number): GgufTensorBytes => ({ type: 'F32', shape: [n], data: new Uint8Array(n * 4) });
  return {
    metadata: {
      'general.architecture': text(architecture),
      [`${architecture}.context_length`]: u32(64),
      [`${architecture}.embedding_length`]: u32(width),
      [`${architecture}.block_count`]: u32(1),
      [`${architecture}.feed_forward_length`]: u32(2 * width),
      [`${architecture}.attention.head_count`]: u32(2),
      [`${architecture}.attention.head_count_kv`]: u32(1),
      [`${architecture}.rope.dimension_count`]: u32(width / 2),
      [`${architecture}.attention.layer_norm_rms_epsilon`]: f32(1e-5),
      'tokenizer.ggml.model': text(vocabularyKind),
      'tokenizer.ggml.pre': text(vocabularyKind === 'gpt2' ? 'llama-bpe' : 'default'),
      'tokenizer.ggml.merges': texts(['h e']),
      'tokenizer.ggml.tokens': texts(vocabulary),
      'tokenizer.ggml.scores': numbers(
        6,
        vocabulary.map((_, i) => -i),
      ),
      'tokenizer.ggml.token_type': numbers(
        5,
        vocabulary.map((_, i) => (i === 0 ? 2 : i < 3 ? 3 : 1)),
      ),
      'tokenizer.ggml.bos_token_id': u32(1),
      'tokenizer.ggml.eos_token_id': u32(2),
      'tokenizer.ggml.unknown_token_id': u32(0),
      'tokenizer.ggml.add_bos_token': bool(true),
    },
    tensors: {
      'token_embd.weight': matrix(vocabulary.length, width),
      'blk.0.attn_norm.weight': vector(width),
      'blk.0.attn_q.weight': matrix(width, width),
      'blk.0.attn_k.weight': matrix(width / 2, width),
      'blk.0.attn_v.weight': matrix(width / 2, width),
      'blk.0.attn_output.weight': matrix(width, width),
      'blk.0.ffn_norm.weight': vector(width),
      'blk.0.ffn_gate.weight': matrix(2 * width, width),
      'blk.0.ffn_up.weight': matrix(2 * width, width),
      'blk.0.ffn_down.weight': matrix(width, 2 * width),
      'output_norm.weight': vector(width),
    },
  };
}

/** Fills matrices with random blocks with scales of about ±2^-5, and norms with 1. For types with blocks of 32. */
export function withRandomBlocks(parts: GgufParts, random: () => number): GgufParts {
  const typeOf = (name: string) => [...GGML_TYPES.values()].find((t) => t.name === name) as { bytes: number };
  const fill = ({ type, shape, data }: GgufTensorBytes): GgufTensorBytes => {
    if (shape.length === 1)
      return { type, shape, data: new Uint8Array(new Float32Array(data.length / 4).fill(1).buffer) };
    const { bytes } = typeOf(type);
    const halves = type.endsWith('_1') ? [1, 3] : [1];
    const byte = (i: number) => {
      const any = Math.floor(random() * 256);
      // The high byte of an f16: a random sign, and an exponent that keeps it small.
      return halves.includes(i % bytes) ? 0x28 | (any & 0x80) : any;
    };
    return { type, shape, data: data.map((_, i) => byte(i)) };
  };
  return {
    ...parts,
    tensors: Object.fromEntries(Object.entries(parts.tensors).map(([name, t]) => [name, fill(t)])),
  };
}
