/**
 * Tensor types: an element type and a shape of dims. The data is stored elsewhere (GPU buffers, files,
 * or {@link HostTensor} in CPU references and tests).
 */
import { type Dim, equal, floordiv, mul, print, product, roundUp, add } from '../symbolic/dim.ts';

/**
 * `m0e4`, `q8`: 4- and 8-bit weights in groups along the last axis (quant/m0e4.ts, quant/q8.ts). `kv8`: keys or
 * values in 8 bits, one group per head (kv8.ts).
 */
export type DType = 'f32' | 'f16' | 'u32' | 'm0e4' | 'q8' | 'kv8';

/** Element types of activations and caches. */
export type ActivationDType = 'f32' | 'f16';
/** Element types of weight matrices on the GPU. */
export type WeightDType = 'f32' | 'f16' | 'm0e4' | 'q8';

export interface TensorType {
  readonly dtype: DType;
  readonly shape: readonly Dim[];
  /** Numbers that share a scale along the last axis. Only for `m0e4`, `q8` and `kv8`. */
  readonly group?: number;
}

/** One dim of a shape. A negative axis counts from the end. Throws `RangeError` for an axis that does not exist. */
export function dimOf(type: TensorType, axis: number): Dim {
  const d = type.shape.at(axis);
  if (d === undefined) throw new RangeError(`no axis ${axis} in ${printType(type)}`);
  return d;
}

/** Number of rows: the product of all dims except the last. */
export function rowsOf(type: TensorType): Dim {
  return product(type.shape.slice(0, -1));
}

/** Number of elements: the product of all dims. */
export function elements(type: TensorType): Dim {
  return product(type.shape);
}

/** Bytes in GPU memory. Grouped types include their scales, with the last group of each row padded. */
export function byteSize(type: TensorType): Dim {
  switch (type.dtype) {
    case 'f32':
    case 'u32':
      return mul(4, elements(type));
    case 'f16':
      return roundUp(mul(2, elements(type)), 4);
    case 'm0e4':
    case 'q8':
    case 'kv8': {
      const group = type.group ?? 32;
      const groups = floordiv(add(dimOf(type, -1), group - 1), group);
      return mul(rowsOf(type), groups, (type.dtype === 'm0e4' ? group / 2 : group) + 4);
    }
  }
}

/** Whether weights of this type share scales in groups. Their rows are padded to whole groups. */
export function isGrouped(dtype: DType): boolean {
  return dtype === 'm0e4' || dtype === 'q8';
}

export function sameType(a: TensorType, b: TensorType): boolean {
  return (
    a.dtype === b.dtype &&
    a.group === b.group &&
    a.shape.length === b.shape.length &&
    a.shape.every((d, i) => equal(d, b.shape[i] as Dim))
  );
}

/** Bytes of one row of a matrix whose width is a number. */
export function bytesOfRow(type: TensorType): number {
  return byteSize({ ...type, shape: [1, dimOf(type, -1)] }) as number;
}

/** Text form, for example `f32[S, 64]` or `m0e4/32[512, 64]`. */
export function printType(t: TensorType): string {
  return `${t.dtype}${t.group === undefined ? '' : `/${t.group}`}[${t.shape.map(print).join(', ')}]`;
}

/** A tensor with its data, for CPU references and tests: f32 or u32, row-major. */
export interface HostTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array | Uint32Array;
}
