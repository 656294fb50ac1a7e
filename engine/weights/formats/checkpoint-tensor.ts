/** What every format of a checkpoint is read into: its small files, and where each of its tensors is. */
import type { ByteSource } from '../sources/byte-source.ts';
import type { RowFormat } from './row-format.ts';
import type { SafetensorsEntry } from './safetensors.ts';

export interface CheckpointTensor extends Omit<SafetensorsEntry, 'dtype'> {
  readonly dtype: string;
  readonly source: ByteSource;
  /** For numbers that are not plain floats. */
  readonly rows?: RowFormat;
}

export interface Checkpoint {
  readonly name: string;
  /** Parsed config.json; engine/models checks what it says. */
  readonly config: Readonly<Record<string, unknown>>;
  /** The small files that were there, as they came. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly tensors: ReadonlyMap<string, CheckpointTensor>;
}
