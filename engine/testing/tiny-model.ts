/** A Llama small enough for the CPU interpreter, with random weights in every stored format. */
import { dequantiseRows, quantiseRows } from '../quant/m0e4.ts';
import { f16Array, f32ArrayFromF16 } from '../tensor/f16.ts';
import { randomTensor, seededRandom } from '../tensor/random.ts';
import type { HostTensor, TensorType, WeightDType } from '../tensor/tensor.ts';
import type { WeightSource } from '../runtime/runtime.ts';

export const TINY = {
  model_type: 'llama',
  hidden_size: 64,
  intermediate_size: 76,
  num_hidden_layers: 2,
  num_attention_heads: 4,
  num_key_value_heads: 2,
  head_dim: 16,
  vocab_size: 97,
  max_position_embeddings: 64,
  rms_norm_eps: 1e-5,
  bos_token_id: 1,
  eos_token_id: 2,
};
export const CAPACITY = 40;
export const PROMPT = [1, 5, 96, 7, 7, 30, 41, 2, 0, 11, 12, 60, 61, 62, 63, 9, 8, 7, 6, 90, 33, 34, 35];

/** A weight as stored, and the numbers that it encodes. */
export interface EncodedWeight {
  readonly type: TensorType;
  readonly data: Uint8Array;
  readonly scales?: Uint8Array;
  readonly as: HostTensor;
}

export function storeTensor(tensor: HostTensor, dtype: WeightDType): EncodedWeight {
  const numbers = Float32Array.from(tensor.data);
  const { shape } = tensor;
  const bytes = (a: ArrayBufferView) => new Uint8Array(a.buffer, a.byteOffset, a.byteLength);
  if (dtype === 'f32' || shape.length === 1)
    return { type: { dtype: 'f32', shape }, data: bytes(numbers), as: tensor };
  if (dtype === 'f16') {
    const halves = f16Array(numbers);
    return { type: { dtype, shape }, data: bytes(halves), as: { shape, data: f32ArrayFromF16(halves) } };
  }
  const rows = quantiseRows(numbers, shape[1]!, 32);
  const as = { shape, data: dequantiseRows(rows, shape[1]!, 32) };
  return { type: { dtype, shape, group: 32 }, data: bytes(rows.nibbles), scales: bytes(rows.scales), as };
}

export function tensorSource(tensors: ReadonlyMap<string, EncodedWeight>): WeightSource {
  return {
    type: (name) => tensors.get(name)?.type,
    async read(name, first, count) {
      const { type, data, scales } = tensors.get(name)!;
      const rows = type.shape.length === 1 ? 1 : (type.shape[0] as number);
      const cut = (a: Uint8Array) => a.slice((first * a.length) / rows, ((first + count) * a.length) / rows);
      return scales === undefined ? { data: cut(data) } : { data: cut(data), scales: cut(scales) };
    },
  };
}

interface Tensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly kind: 'matrix' | 'vector';
}

export function randomWeights(
  m: { readonly tensors: readonly Tensor[] },
  dtype: WeightDType,
): Map<string, EncodedWeight> {
  const random = seededRandom(3);
  return new Map(
    m.tensors.map(({ name, shape, kind }) => {
      const spread = kind === 'vector' ? 0.3 : 2 / Math.sqrt(shape[1]!);
      return [
        name,
        storeTensor(randomTensor(shape, random, { spread, centre: kind === 'vector' ? 1 : 0 }), dtype),
      ];
    }),
  );
}

export function furthest(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return Array.from(a).reduce((most, x, i) => Math.max(most, Math.abs(x - b[i]!)), 0);
}
