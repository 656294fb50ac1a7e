/**
 * Guards for shape inference. Each throws an EngineError that names the op, the input, the expected and the actual
 * value. The code is `internal`, since a graph that does not fit is a fault of the code that built it.
 */
import { fail } from '../../base/errors.ts';
import { type Dim, equal, isConstant, print } from '../../symbolic/dim.ts';
import { cellBlock } from '../../tensor/cells.ts';
import {
  type ActivationDType,
  type DType,
  printType,
  type TensorType,
  zonesOf,
} from '../../tensor/tensor.ts';
import type { Attribute } from '../../tensor/signature.ts';
import type { Attributes, Types } from '../../tensor/signature.ts';

export function mismatch(op: string, where: string, expected: string, got: string): never {
  fail('internal', { who: op, where, message: 'does not fit', expected, got });
}

export function typeOf(op: string, types: Types, name: string): TensorType {
  return types[name] ?? mismatch(op, `input ${name}`, 'a tensor', 'nothing');
}

/** The input as a matrix: `[rows, cols]` with its element type. */
export function matrix(op: string, types: Types, name: string): { dtype: DType; rows: Dim; cols: Dim } {
  const type = typeOf(op, types, name);
  const [rows, cols] = type.shape;
  if (rows === undefined || cols === undefined || type.shape.length !== 2) {
    mismatch(op, `input ${name}`, 'a matrix', printType(type));
  }
  return { dtype: type.dtype, rows, cols };
}

/** A matrix of activations: f32 or f16. */
export function activation(
  op: string,
  types: Types,
  name: string,
): { dtype: ActivationDType; rows: Dim; cols: Dim } {
  const { dtype, rows, cols } = matrix(op, types, name);
  if (dtype !== 'f32' && dtype !== 'f16') mismatch(op, `input ${name}`, 'f32 or f16', dtype);
  return { dtype, rows, cols };
}

/**
 * Checks a matrix of weights, of any dtype but u32 and kv8, whose rows have `cols` numbers and, in cells, are whole blocks.
 * Returns its row count.
 */
export function weight(op: string, types: Types, name: string, cols: Dim): Dim {
  const w = matrix(op, types, name);
  if (w.dtype === 'u32' || w.dtype === 'kv8') {
    mismatch(op, `input ${name}`, 'f32, f16, m0e4, q8 or a cell', w.dtype);
  }
  sameDim(op, `columns of ${name}`, cols, w.cols);
  wholeBlocks(op, types, name);
  return w.rows;
}

/** Checks that rows of cells are whole blocks. */
export function wholeBlocks(op: string, types: Types, name: string): void {
  const type = typeOf(op, types, name);
  for (const { dtype } of zonesOf(type)) {
    const cols = type.shape[1] as Dim;
    if (isConstant(cols) && cols % cellBlock(dtype) === 0) continue;
    mismatch(op, `columns of ${name}`, `a multiple of ${cellBlock(dtype)}`, print(cols));
  }
}

/** Checks an f32 vector of the given length, if it is present (biases and norms are always f32). */
export function optionalVector(op: string, types: Types, name: string, length: Dim): void {
  if (types[name] !== undefined) vector(op, types, name, length);
}

export function vector(op: string, types: Types, name: string, length: Dim): void {
  const type = typeOf(op, types, name);
  const [n] = type.shape;
  if (n === undefined || type.shape.length !== 1 || type.dtype !== 'f32' || !equal(n, length)) {
    mismatch(op, `input ${name}`, `f32[${print(length)}]`, printType(type));
  }
}

/** Checks that the input has the shape and dtype of `like`. */
export function sameTypeAs(op: string, types: Types, name: string, like: TensorType): void {
  const type = typeOf(op, types, name);
  if (printType(type) !== printType(like)) mismatch(op, `input ${name}`, printType(like), printType(type));
}

export function sameDim(op: string, where: string, expected: Dim, got: Dim): void {
  if (!equal(expected, got)) mismatch(op, where, print(expected), print(got));
}

/** A width that must be constant: heads and rotary widths are never symbolic. */
export function known(op: string, where: string, d: Dim): number {
  return isConstant(d) ? d : mismatch(op, where, 'a number', print(d));
}

export function numberAt(op: string, attributes: Attributes, key: string): number {
  const value = attributes[key];
  return typeof value === 'number' ? value : mismatch(op, `attribute ${key}`, 'a number', show(value));
}

/** An optional number. */
export function numberOr(op: string, attributes: Attributes, key: string, otherwise: number): number {
  return attributes[key] === undefined ? otherwise : numberAt(op, attributes, key);
}

export function dimAt(op: string, attributes: Attributes, key: string): Dim {
  const value = attributes[key];
  if (typeof value === 'number') return value;
  return typeof value === 'object' ? value : mismatch(op, `attribute ${key}`, 'a dim', show(value));
}

function show(value: Attribute | undefined): string {
  if (value === undefined) return 'nothing';
  return typeof value === 'object' ? print(value) : String(value);
}
