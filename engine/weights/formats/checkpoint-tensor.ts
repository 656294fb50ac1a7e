/** The common form of every checkpoint format: its small files, and the location of each tensor. */
import type { ByteSource } from '../sources/byte-source.ts';
import type { RowFormat } from './row-format.ts';
import type { SafetensorsEntry } from './safetensors.ts';

/** One tensor: name, shape (rows first), element type, and its bytes within `source`. */
export interface CheckpointTensor extends Omit<SafetensorsEntry, 'dtype'> {
  readonly dtype: string;
  readonly source: ByteSource;
  /** How to read rows whose weights are not plain floats. */
  readonly rows?: RowFormat;
  /** Published in few bits, which no cell has here: stored as its floats, and not quantised again. */
  readonly quantised?: true;
}

/** An opened checkpoint. */
export interface Checkpoint {
  readonly name: string;
  /** Parsed config.json; engine/models checks its contents. */
  readonly config: Readonly<Record<string, unknown>>;
  /** The small files that exist, unchanged, by name. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly tensors: ReadonlyMap<string, CheckpointTensor>;
}
