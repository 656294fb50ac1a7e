/**
 * A model of random weights that three engines represent without rounding: a Llama whose matrices are blocks of 32
 * weights w = (q − 8)·d with a nibble q and a scale d.
 *
 * - GGUF's Q4_0 has exactly this form, and so has ONNX's MatMulNBits with its default zero point of 8.
 * - d has 7 significant bits, so w has at most 11 and is exact as a half: safetensors holds the same numbers.
 * - Each block has one q = 0 and one q = 15. So its extremes are the ends of the grid, and Linnet's quantiser, which
 *   starts from the extremes, finds the same nibbles again (tested in `formats.test.ts`).
 *
 * A matrix depends only on its name and is generated on request, so nothing large is held in memory.
 * `safetensors.ts`, `gguf.ts` and `onnx-llama.ts` write the files.
 */
import { seededRandom } from '../../../engine/bench.ts';
import type { Shape } from '../../shapes.ts';

/** Number of weights along a row that share a scale. */
export const BLOCK = 32;

export interface RandomMatrix {
  /** Tensor name as in a published checkpoint, including `.weight`. */
  readonly name: string;
  readonly rows: number;
  readonly columns: number;
  /** Approximate standard deviation of the weights. */
  readonly spread: number;
}

export interface WeightBlocks {
  readonly rows: number;
  readonly columns: number;
  /** u8[rows, columns], each 0…15. */
  readonly nibbles: Uint8Array;
  /** f32[rows, columns / 32], each exact as a half. */
  readonly scales: Float32Array;
}

export interface RandomNorm {
  readonly name: string;
  readonly width: number;
}

/** Ids below this are special tokens. Their embedding rows are small, so they are never the likeliest. */
export const SPECIAL_TOKENS = 3;
const EMBEDDING = 'model.embed_tokens.weight';

/**
 * The matrices of the model: the embedding, then layer by layer. Spreads keep activations near 1 (scaled by fan-in) and
 * logits near 2. The layers outweigh the embedding; otherwise a model with tied embeddings would repeat its last token.
 */
export function matricesOf(shape: Shape, layers: number): RandomMatrix[] {
  const { hidden, ffn } = shape;
  const [q, kv] = [shape.heads * shape.headWidth, shape.kvHeads * shape.headWidth];
  const matrix = (name: string, rows: number, columns: number, gain = 1): RandomMatrix => {
    if (columns % BLOCK !== 0)
      throw new Error(`${name}: rows of ${columns} weights are not whole blocks of ${BLOCK}`);
    return { name: `${name}.weight`, rows, columns, spread: gain / Math.sqrt(columns) };
  };
  const layer = (at: string): RandomMatrix[] => [
    matrix(`${at}.self_attn.q_proj`, q, hidden),
    matrix(`${at}.self_attn.k_proj`, kv, hidden),
    matrix(`${at}.self_attn.v_proj`, kv, hidden),
    matrix(`${at}.self_attn.o_proj`, hidden, q, 2),
    matrix(`${at}.mlp.gate_proj`, ffn, hidden),
    matrix(`${at}.mlp.up_proj`, ffn, hidden),
    matrix(`${at}.mlp.down_proj`, hidden, ffn, 2),
  ];
  return [
    matrix('model.embed_tokens', shape.vocab, hidden, 2),
    ...Array.from({ length: layers }, (_, i) => layer(`model.layers.${i}`)).flat(),
  ];
}

/** The norms of the model. All their weights are 1. */
export function normsOf(shape: Shape, layers: number): RandomNorm[] {
  const norms = Array.from({ length: layers }, (_, i) => [
    `model.layers.${i}.input_layernorm.weight`,
    `model.layers.${i}.post_attention_layernorm.weight`,
  ]);
  return [...norms.flat(), 'model.norm.weight'].map((name) => ({ name, width: shape.hidden }));
}

/** Root mean square of q − 8 in a block, times that of the factors of d in {@link blocksOf}. Approximate. */
const RMS = 7;
/** Number of different blocks in a matrix. More would only take longer to generate. */
const POOL = 1024;

/** Generates the weights of a matrix. */
export function blocksOf({ name, rows, columns, spread }: RandomMatrix): WeightBlocks {
  const random = seededRandom(hashOf(name));
  const pool = Array.from({ length: POOL }, () => randomBlock(random));
  const count = (rows * columns) / BLOCK;
  const nibbles = new Uint8Array(count * BLOCK);
  const scales = new Float32Array(count);
  const base = 2 ** Math.round(Math.log2(spread / RMS));
  for (let i = 0; i < count; i++) {
    nibbles.set(pool[Math.floor(random() * POOL)] as Uint8Array, i * BLOCK);
    const special = name === EMBEDDING && i * BLOCK < SPECIAL_TOKENS * columns;
    scales[i] = (special ? base / 32 : base) * (1 + Math.floor(random() * 64) / 64);
  }
  return { rows, columns, nibbles, scales };
}

/** One nibble is 0, one is 15, the rest are uniform in 1…15, so the mean is close to 8. */
function randomBlock(random: () => number): Uint8Array {
  const block = Uint8Array.from({ length: BLOCK }, () => 1 + Math.floor(random() * 15));
  const lowest = Math.floor(random() * BLOCK);
  const highest = (lowest + 1 + Math.floor(random() * (BLOCK - 1))) % BLOCK;
  block[lowest] = 0;
  block[highest] = 15;
  return block;
}

/** FNV-1a. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (const character of text) hash = Math.imul(hash ^ (character.codePointAt(0) as number), 0x01000193);
  return hash >>> 0;
}
