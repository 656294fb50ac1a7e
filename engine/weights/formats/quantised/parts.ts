/** The tensors that a quantised matrix is made of: found by name, checked, and read. */
import { fail } from '../../../base/errors.ts';
import { f32ArrayFromBf16, f32ArrayFromF16 } from '../../../tensor/f16.ts';
import type { CheckpointTensor } from '../checkpoint-tensor.ts';
import { collect } from '../../sources/byte-source.ts';

export type CheckpointTensors = ReadonlyMap<string, CheckpointTensor>;

/** Reads a producer's matrices: the checkpoint's tensors, with one tensor for the parts of each. */
export type ReadQuantised = (
  tensors: CheckpointTensors,
  facts: Readonly<Record<string, unknown>>,
  signal?: AbortSignal,
) => Map<string, CheckpointTensor> | Promise<Map<string, CheckpointTensor>>;

/** Types of scales. */
export type ScaleType = 'F16' | 'BF16' | 'F32';
export const SCALE_TYPES: readonly ScaleType[] = ['F16', 'BF16', 'F32'];

/** A part by its whole name. Throws `checkpoint-damaged` for one that is missing or has another type or shape. */
export function partOf(
  tensors: CheckpointTensors,
  name: string,
  dtypes: readonly string[],
  shape?: readonly number[],
): CheckpointTensor {
  const tensor = tensors.get(name);
  const fits = tensor !== undefined && dtypes.includes(tensor.dtype);
  if (fits && (shape === undefined || String(tensor.shape) === String(shape))) return tensor;
  return fail('checkpoint-damaged', {
    who: tensor?.source.name ?? name,
    where: `tensor ${name}`,
    message: 'a part of a quantised matrix does not match the others',
    expected: `${dtypes.join(' or ')}${shape === undefined ? '' : ` [${shape.join(', ')}]`}`,
    got: tensor === undefined ? 'nothing' : `${tensor.dtype} [${tensor.shape.join(', ')}]`,
  });
}

/** Throws `checkpoint-damaged` for a matrix whose parts have no common sizes. */
export function unfit({ name, source, dtype, shape }: CheckpointTensor, expected: string): never {
  fail('checkpoint-damaged', {
    who: source.name,
    where: `tensor ${name}`,
    message: 'the sizes of a quantised matrix do not fit together',
    expected,
    got: `${dtype} [${shape.join(', ')}]`,
  });
}

/** The two sizes of a matrix. Throws `checkpoint-damaged` for other tensors. */
export function sizesOf(tensor: CheckpointTensor): [rows: number, columns: number] {
  const { shape } = tensor;
  if (shape.length !== 2 || shape.some((d) => d === 0)) unfit(tensor, 'a matrix');
  return shape as [number, number];
}

/** Copies the bytes, so that they are aligned and can be read as words. */
export async function bytesOf(tensor: CheckpointTensor, signal?: AbortSignal): Promise<ArrayBuffer> {
  const { source, offset, bytes } = tensor;
  const read = await collect(source.name, source.stream(offset, bytes, signal), bytes);
  return read.slice().buffer;
}

/** The numbers of a small float tensor. */
export async function floatsOf(tensor: CheckpointTensor, signal?: AbortSignal): Promise<Float32Array> {
  const bytes = await bytesOf(tensor, signal);
  if (tensor.dtype === 'F32') return new Float32Array(bytes);
  const halves = new Uint16Array(bytes);
  return tensor.dtype === 'BF16' ? f32ArrayFromBf16(halves) : f32ArrayFromF16(halves);
}

/** Reads the rows of a tensor one after the other, in one stream. */
export interface RowStream {
  /** The next `count` rows, in a buffer of their own. */
  next(count: number): Promise<Uint8Array<ArrayBuffer>>;
  close(): Promise<void>;
}

export function rowStream(tensor: CheckpointTensor, first: number, signal?: AbortSignal): RowStream {
  const { source, offset, bytes, shape } = tensor;
  const rowBytes = bytes / (shape[0] as number);
  const skipped = first * rowBytes;
  const pieces = source.stream(offset + skipped, bytes - skipped, signal)[Symbol.asyncIterator]();
  let left: Uint8Array = new Uint8Array(0);
  return {
    async next(count) {
      const out = new Uint8Array(count * rowBytes);
      for (let filled = 0; filled < out.length; ) {
        if (left.length === 0) {
          const { done, value } = await pieces.next();
          if (done === true) unfit(tensor, `${bytes} bytes`);
          left = value;
        }
        const part = left.subarray(0, out.length - filled);
        out.set(part, filled);
        filled += part.length;
        left = left.subarray(part.length);
      }
      return out;
    },
    close: async () => {
      await pieces.return?.();
    },
  };
}

/**
 * Whole numbers of `bits` bits from a stream of bits in words, the lowest first: number i begins at bit i·bits. Writes
 * `count` of them from `to` on.
 */
export function unpack(
  words: Uint32Array,
  from: number,
  bits: number,
  count: number,
  q: Uint8Array,
  to: number,
): void {
  const mask = (1 << bits) - 1;
  for (let i = 0, bit = 0; i < count; i++, bit += bits) {
    const at = from + (bit >>> 5);
    const shift = bit & 31;
    let value = (words[at] as number) >>> shift;
    if (shift + bits > 32) value |= (words[at + 1] as number) << (32 - shift);
    q[to + i] = value & mask;
  }
}
