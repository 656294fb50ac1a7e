/**
 * A weight matrix that exceeds the largest binding is split into segments, buffers of whole rows each. A kernel runs
 * one dispatch per segment (kernels/kernel.ts).
 */
import { invariant } from '../../base/errors.ts';
import { m0e4Layout } from '../../quant/m0e4.ts';
import { q8Layout } from '../../quant/q8.ts';
import { isCell } from '../../tensor/cells.ts';
import { cellRowOf, dimOf, type TensorType } from '../../tensor/tensor.ts';

export type WeightPart = 'data' | 'scales';

/** Bytes per row of each part of a weight; a vector's row is one number. */
export function rowBytes(type: TensorType): [WeightPart, number][] {
  const k = type.shape.length === 1 ? 1 : (dimOf(type, -1) as number);
  if (type.dtype === 'm0e4') {
    const { nibbleBytes, scaleBytes } = m0e4Layout(k, type.group ?? 32);
    return [
      ['data', nibbleBytes],
      ['scales', scaleBytes],
    ];
  }
  if (type.dtype === 'q8') {
    const { dataBytes, scaleBytes } = q8Layout(k, type.group ?? 32);
    return [
      ['data', dataBytes],
      ['scales', scaleBytes],
    ];
  }
  if (isCell(type.dtype)) {
    const { main, rest } = cellRowOf(type);
    return [
      ['data', main * 4],
      ['scales', rest * 4],
    ];
  }
  return [['data', k * (type.dtype === 'f16' ? 2 : 4)]];
}

/** Bytes of a buffer with `rows`: cells are read as vec4, of which the last must be whole. */
export function roomOf(type: TensorType, rows: number, bytesOfRow: number): number {
  const unit = isCell(type.dtype) ? 16 : 4;
  return Math.ceil((rows * bytesOfRow) / unit) * unit;
}

/**
 * Rows of each segment; all but the last are as long as `most` bytes allow. Their number is even, so that a segment of
 * f16 rows starts on 4 bytes, and so that pairs of rows (RoPE, gate and up) stay together.
 */
export function segmentRows(type: TensorType, most: number): number[] {
  const height = dimOf(type, 0) as number;
  const widest = Math.max(...rowBytes(type).map(([, bytes]) => bytes));
  const rows = height * widest <= most ? height : Math.floor(most / widest / 2) * 2;
  invariant(rows > 0, 'segments', `two rows of ${widest} bytes are more than a binding of ${most}`);
  return Array.from({ length: Math.ceil(height / rows) }, (_, i) => Math.min(rows, height - i * rows));
}
