/** Decodes checkpoint rows whose weights are not plain floats. GGUF's formats are in `gguf/checkpoint.ts`. */
import type { CellRows } from '../../quant/cells/planes.ts';
import type { M0e4Rows } from '../../quant/m0e4.ts';
import type { CellName } from '../../tensor/cells.ts';

/** How to decode rows of one tensor. */
export interface RowFormat {
  /** Weights per scale in the store, if the format's scales need a number other than the default. */
  readonly group?: number;
  /** The cell that keeps the format's bits, where there is one. */
  readonly cell?: CellName;
  /** Repacks whole rows of `k` weights as {@link cell}; only where there is one. */
  cells?(bytes: Uint8Array, k: number): CellRows;
  /** Decodes whole rows to f32[rows · columns]; `bytes` starts on a multiple of 4 in its buffer. */
  widen(bytes: Uint8Array): Float32Array;
  /**
   * Converts whole rows of `k` weights to m0e4 and keeps the format's nibbles; undefined if type or group do not allow
   * that. `name` and `firstRow` appear in error messages.
   */
  m0e4(bytes: Uint8Array, k: number, group: number, name: string, firstRow: number): M0e4Rows | undefined;
}
