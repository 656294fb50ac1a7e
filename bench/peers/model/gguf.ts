/**
 * Writes the model as a GGUF file, version 3, in the layout of llama.cpp's converter for Llama: matrices in Q4_0, norms
 * in F32, and the rows of q and k interleaved from the two halves of each head. Format: ggml's `docs/gguf.md`.
 */
import { f16FromF32 } from '../../../engine/bench.ts';
import type { Shape } from '../../shapes.ts';
import { asBytes, type FilePart, lengthOf, utf8 } from './file-parts.ts';
import { BLOCK, blocksOf, matricesOf, normsOf, type WeightBlocks } from './random-model.ts';
import { CONTEXT, tokensOf } from './tokens.ts';

const ALIGNMENT = 32;
/** Values of `enum ggml_type`. */
const [F32, Q4_0] = [0, 2];
/** Bytes of a block: a scale as a half and 16 bytes of nibbles. */
const Q4_0_BYTES = 18;

/** Type numbers of metadata values. */
const [UINT32, INT32, FLOAT32, BOOL, STRING, ARRAY, UINT64] = [4, 5, 6, 7, 8, 9, 10];

const NAMES: Readonly<Record<string, string>> = {
  'model.embed_tokens': 'token_embd',
  'model.norm': 'output_norm',
  input_layernorm: 'attn_norm',
  'self_attn.q_proj': 'attn_q',
  'self_attn.k_proj': 'attn_k',
  'self_attn.v_proj': 'attn_v',
  'self_attn.o_proj': 'attn_output',
  post_attention_layernorm: 'ffn_norm',
  'mlp.gate_proj': 'ffn_gate',
  'mlp.up_proj': 'ffn_up',
  'mlp.down_proj': 'ffn_down',
};

export function ggufOf(shape: Shape, layers: number): FilePart[] {
  const tensors = [...matrices(shape, layers), ...norms(shape, layers)];
  const metadata = metadataOf(shape, layers);
  const head = [
    utf8('GGUF'),
    scalar(UINT32, 3),
    scalar(UINT64, tensors.length),
    scalar(UINT64, metadata.length),
    ...metadata.flat(),
  ];
  const data: FilePart[] = [];
  for (const { name, type, dims, part } of tensors) {
    // GGUF lists the fastest-varying dimension first.
    const sizes = [...dims].reverse().map((n) => scalar(UINT64, n));
    const offset = scalar(UINT64, lengthOf(data));
    head.push(string(name), scalar(UINT32, dims.length), ...sizes, scalar(UINT32, type), offset);
    data.push(part, padding(part.length));
  }
  return [...head, padding(lengthOf(head)), ...data];
}

interface GgufTensor {
  readonly name: string;
  readonly type: number;
  readonly dims: readonly number[];
  readonly part: FilePart;
}

function matrices(shape: Shape, layers: number): GgufTensor[] {
  return matricesOf(shape, layers).map((matrix) => {
    const { rows, columns } = matrix;
    const length = ((rows * columns) / BLOCK) * Q4_0_BYTES;
    const rotated = /[qk]_proj/.test(matrix.name);
    const make = () => q4_0(rotated ? interleaveHalves(blocksOf(matrix), shape.headWidth) : blocksOf(matrix));
    return { name: ggufName(matrix.name), type: Q4_0, dims: [rows, columns], part: { length, make } };
  });
}

function norms(shape: Shape, layers: number): GgufTensor[] {
  return normsOf(shape, layers).map(({ name, width }) => {
    const part = asBytes(new Float32Array(width).fill(1));
    return { name: ggufName(name), type: F32, dims: [width], part };
  });
}

function ggufName(published: string): string {
  const [, layer, part] = /^(?:model\.layers\.(\d+)\.)?(.+)\.weight$/.exec(published) ?? [];
  const name = NAMES[part as string];
  if (name === undefined) throw new Error(`no GGUF name for ${published}`);
  return layer === undefined ? `${name}.weight` : `blk.${layer}.${name}.weight`;
}

/** Moves row i + j·D/2 of each head to row 2i + j. */
function interleaveHalves({ rows, columns, nibbles, scales }: WeightBlocks, headWidth: number): WeightBlocks {
  const groups = columns / BLOCK;
  const moved = { rows, columns, nibbles: nibbles.slice(), scales: scales.slice() };
  for (let row = 0; row < rows; row++) {
    const r = row % headWidth;
    const to = row - r + 2 * (r % (headWidth / 2)) + Math.floor((2 * r) / headWidth);
    moved.nibbles.set(nibbles.subarray(row * columns, (row + 1) * columns), to * columns);
    moved.scales.set(scales.subarray(row * groups, (row + 1) * groups), to * groups);
  }
  return moved;
}

/** `block_q4_0`: byte j has element j in its low nibble and element j + 16 in its high nibble. */
function q4_0({ nibbles, scales }: WeightBlocks): Uint8Array {
  const out = new Uint8Array(scales.length * Q4_0_BYTES);
  const half = BLOCK / 2;
  for (let block = 0; block < scales.length; block++) {
    const at = block * Q4_0_BYTES;
    const d = f16FromF32(scales[block] as number);
    out[at] = d & 0xff;
    out[at + 1] = d >> 8;
    for (let j = 0; j < half; j++) {
      const low = nibbles[block * BLOCK + j] as number;
      out[at + 2 + j] = low | ((nibbles[block * BLOCK + half + j] as number) << 4);
    }
  }
  return out;
}

/** The metadata entries, each as a list of byte strings. */
function metadataOf(shape: Shape, layers: number): Uint8Array[][] {
  const tokens = tokensOf(shape.vocab);
  const entry = (key: string, type: number, value: number | string) => [
    string(key),
    scalar(UINT32, type),
    type === STRING ? string(value as string) : scalar(type, value as number),
  ];
  const array = (key: string, type: number, values: readonly Uint8Array[]) => [
    string(key),
    scalar(UINT32, ARRAY),
    scalar(UINT32, type),
    scalar(UINT64, values.length),
    ...values,
  ];
  return [
    entry('general.architecture', STRING, 'llama'),
    entry('llama.context_length', UINT32, CONTEXT),
    entry('llama.embedding_length', UINT32, shape.hidden),
    entry('llama.block_count', UINT32, layers),
    entry('llama.feed_forward_length', UINT32, shape.ffn),
    entry('llama.attention.head_count', UINT32, shape.heads),
    entry('llama.attention.head_count_kv', UINT32, shape.kvHeads),
    entry('llama.attention.key_length', UINT32, shape.headWidth),
    entry('llama.attention.value_length', UINT32, shape.headWidth),
    entry('llama.attention.layer_norm_rms_epsilon', FLOAT32, 1e-5),
    entry('llama.rope.dimension_count', UINT32, shape.headWidth),
    entry('llama.rope.freq_base', FLOAT32, 10000),
    entry('llama.vocab_size', UINT32, shape.vocab),
    entry('tokenizer.ggml.model', STRING, 'llama'),
    array('tokenizer.ggml.tokens', STRING, tokens.map(string)),
    array(
      'tokenizer.ggml.scores',
      FLOAT32,
      tokens.map((_, i) => scalar(FLOAT32, -i)),
    ),
    // Token types: 1 normal, 2 unknown, 3 control.
    array(
      'tokenizer.ggml.token_type',
      INT32,
      tokens.map((_, i) => scalar(INT32, [2, 3, 3][i] ?? 1)),
    ),
    entry('tokenizer.ggml.unknown_token_id', UINT32, 0),
    entry('tokenizer.ggml.bos_token_id', UINT32, 1),
    entry('tokenizer.ggml.eos_token_id', UINT32, 2),
    entry('tokenizer.ggml.add_bos_token', BOOL, 0),
    entry('tokenizer.ggml.add_space_prefix', BOOL, 0),
  ];
}

function scalar(type: number, value: number): Uint8Array {
  const view = new DataView(new ArrayBuffer(type === UINT64 ? 8 : type === BOOL ? 1 : 4));
  if (type === UINT64) view.setBigUint64(0, BigInt(value), true);
  else if (type === FLOAT32) view.setFloat32(0, value, true);
  else if (type === BOOL) view.setUint8(0, value);
  else view.setInt32(0, value, true);
  return new Uint8Array(view.buffer);
}

function string(value: string): Uint8Array {
  const text = utf8(value);
  const out = new Uint8Array(8 + text.length);
  out.set(scalar(UINT64, text.length));
  out.set(text, 8);
  return out;
}

const padding = (length: number) => new Uint8Array((ALIGNMENT - (length % ALIGNMENT)) % ALIGNMENT);
