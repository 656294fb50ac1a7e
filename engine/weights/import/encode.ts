/**
 * Turns rows of a checkpoint in f32, f16 or bf16 into a type of the store. What goes in and comes out is plain data, so that
 * a worker can do it (`encoders.ts`).
 */
import { encodeCells } from '../../quant/cells/encode.ts';
import { quantiseRows } from '../../quant/m0e4.ts';
import { quantiseQ8 } from '../../quant/q8.ts';
import { isCell } from '../../tensor/cells.ts';
import { f16Array, f32ArrayFromBf16, f32ArrayFromF16 } from '../../tensor/f16.ts';
import type { WeightDType } from '../../tensor/tensor.ts';

/** What rows become. */
export interface RowTarget {
  readonly dtype: WeightDType;
  readonly columns: number;
  /** Weights per scale; where the type has none, it is ignored. */
  readonly group: number;
  /** Of file and tensor, for errors. */
  readonly name: string;
  /** Index of the first row in the tensor, for errors. */
  readonly firstRow: number;
}

/** Whole rows as published. */
export interface RowTask extends RowTarget {
  readonly block: Uint8Array;
  readonly from: string;
}

/** One byte array per section. Throws `checkpoint-damaged` for weights that the type cannot hold. */
export function encodeTask({ block, from, ...target }: RowTask): Uint8Array[] {
  return encodeRows(widened(block, from), target);
}

/** Decodes rows in `F32`, `F16` or `BF16`. Those in f32 are not copied. */
export function widened({ buffer, byteOffset, length }: Uint8Array, from: string): Float32Array {
  if (from === 'F32') return new Float32Array(buffer, byteOffset, length / 4);
  const halves = new Uint16Array(buffer, byteOffset, length / 2);
  return from === 'BF16' ? f32ArrayFromBf16(halves) : f32ArrayFromF16(halves);
}

/** Encodes f32[rows, columns]: one byte array per section. Throws as {@link encodeTask} does. */
export function encodeRows(
  rows: Float32Array,
  { dtype, columns, group, name, firstRow }: RowTarget,
): Uint8Array[] {
  if (dtype === 'f32') return [bytesOf(rows)];
  if (dtype === 'f16') return [bytesOf(f16Array(rows))];
  if (isCell(dtype)) {
    const { main, rest } = encodeCells(dtype, rows, columns, name, firstRow);
    return [bytesOf(main), bytesOf(rest)];
  }
  if (dtype === 'q8') {
    const stored = quantiseQ8(rows, columns, group, name, firstRow);
    return [bytesOf(stored.bytes), bytesOf(stored.scales)];
  }
  const { nibbles, scales } = quantiseRows(rows, columns, group, name, firstRow);
  return [bytesOf(nibbles), bytesOf(scales)];
}

export function bytesOf(array: Float32Array | Uint16Array | Uint32Array): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}
