/**
 * Tensor types: an element type and a shape of dims. The data is stored elsewhere (GPU buffers, files,
 * or {@link HostTensor} in CPU references and tests).
 */
import { type CellName, cellRow, isCell } from './cells.ts';
import { type Dim, equal, floordiv, mul, print, product, roundUp, add } from '../symbolic/dim.ts';

/**
 * `m0e4`, `q8`: 4- and 8-bit weights in groups along the last axis (quant/m0e4.ts, quant/q8.ts). Cells: weights in the
 * bits that were published (cells.ts). `kv8`: keys or values in 8 bits, one group per head (kv8.ts).
 */
export type DType = 'f32' | 'f16' | 'u32' | 'm0e4' | 'q8' | 'kv8' | CellName;

/** Element types of activations and caches. */
export type ActivationDType = 'f32' | 'f16';
/** Element types of weight matrices on the GPU. */
export type WeightDType = 'f32' | 'f16' | 'm0e4' | 'q8' | CellName;

export interface TensorType {
  readonly dtype: DType;
  readonly shape: readonly Dim[];
  /** Numbers that share a scale along the last axis. Only for `m0e4`, `q8` and `kv8`. */
  readonly group?: number;
  /**
   * Only for cells: the rows from the top on whose bits are those of another cell, and that cell for each; `dtype` is
   * that of the first. Such a matrix is made of several (graph/passes/merge-weights.ts).
   */
  readonly zones?: readonly Zone[];
}

/** Rows of one cell. */
export interface Zone {
  readonly dtype: CellName;
  readonly rows: number;
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
  const { dtype } = type;
  if (isCell(dtype)) return mul(rowsOf(type), bytesOfCells(type));
  switch (dtype) {
    case 'f32':
    case 'u32':
      return mul(4, elements(type));
    case 'f16':
      return roundUp(mul(2, elements(type)), 4);
    default: {
      const group = type.group ?? 32;
      const groups = floordiv(add(dimOf(type, -1), group - 1), group);
      return mul(rowsOf(type), groups, (dtype === 'm0e4' ? group / 2 : group) + 4);
    }
  }
}

/** Bytes that a kernel reads of all rows: with two cells, less than there is room for ({@link byteSize}). */
export function bytesInUse(type: TensorType): Dim {
  if (type.zones === undefined) return byteSize(type);
  const cols = dimOf(type, -1);
  return add(...type.zones.map(({ dtype, rows }) => byteSize({ dtype, shape: [rows, cols] })));
}

function bytesOfCells(type: TensorType): number {
  const { main, rest } = cellRowOf(type);
  return 4 * (main + rest);
}

/**
 * Words of a row of cells: with two cells, each part has the room of the longer one. Throws `RangeError` where rows are not
 * whole blocks.
 */
export function cellRowOf(type: TensorType): { main: number; rest: number } {
  const rows = zonesOf(type).map(({ dtype }) => {
    const row = cellRow(dtype, dimOf(type, -1) as number);
    if (row === undefined) throw new RangeError(`the rows of ${printType(type)} are not whole blocks`);
    return row;
  });
  return {
    main: Math.max(...rows.map(({ main }) => main)),
    rest: Math.max(...rows.map(({ rest }) => rest)),
  };
}

/** The cells of a matrix with their rows, from the top; empty for types that are no cells. */
export function zonesOf({ dtype, zones, shape }: TensorType): readonly Zone[] {
  return zones ?? (isCell(dtype) ? [{ dtype, rows: shape[0] as number }] : []);
}

/** Whether weights of this type are stored with scales, in a second buffer. */
export function isGrouped(dtype: DType): boolean {
  return dtype === 'm0e4' || dtype === 'q8' || isCell(dtype);
}

/** Whether a type names how many weights share a scale. Rows of such types are padded to whole groups. */
export function hasGroup(dtype: DType): boolean {
  return dtype === 'm0e4' || dtype === 'q8';
}

export function sameType(a: TensorType, b: TensorType): boolean {
  return (
    a.dtype === b.dtype &&
    a.group === b.group &&
    printZones(a) === printZones(b) &&
    a.shape.length === b.shape.length &&
    a.shape.every((d, i) => equal(d, b.shape[i] as Dim))
  );
}

/** Bytes of one row of a matrix whose width is a number. */
export function bytesOfRow(type: TensorType): number {
  return byteSize({ ...type, shape: [1, dimOf(type, -1)] }) as number;
}

/** Text form, for example `f32[S, 64]`, `m0e4/32[512, 64]`, or `q5_0×1280+q8_0×256[1536, 640]`. */
export function printType(t: TensorType): string {
  const dtype = t.zones === undefined ? t.dtype : printZones(t);
  return `${dtype}${t.group === undefined ? '' : `/${t.group}`}[${t.shape.map(print).join(', ')}]`;
}

const printZones = ({ zones = [] }: TensorType): string =>
  zones.map(({ dtype, rows }) => `${dtype}×${rows}`).join('+');

/** A tensor with its data, for CPU references and tests: f32 or u32, row-major. */
export interface HostTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array | Uint32Array;
}
