/** How rows of a checkpoint that are not plain floats become numbers; GGUF's are in `gguf/checkpoint.ts`. */
import type { M0e4Rows } from '../../quant/m0e4.ts';

export interface RowFormat {
  /** Weights per scale in the store, where the format's own scales ask for another number than usual. */
  readonly group?: number;
  /** Whole rows as f32; `bytes` starts on a multiple of 4 in its buffer. */
  widen(bytes: Uint8Array): Float32Array;
  /**
   * Whole rows of `k` weights in m0e4 with the format's own nibbles; undefined where type or group do not allow it.
   * `name` and `firstRow` are for messages.
   */
  m0e4(bytes: Uint8Array, k: number, group: number, name: string, firstRow: number): M0e4Rows | undefined;
}
