/** A stored model opened for reading. */
import type { ByteSource } from '../sources/byte-source.ts';
import type { Manifest } from './manifest.ts';

/** What a load reads. */
export interface StoredFiles {
  readonly manifest: Manifest;
  /** Opens a file of the model; throws `store-damaged` if it is missing. */
  file(name: string): Promise<ByteSource>;
}

export interface OpenModel extends StoredFiles {
  /** Version of the program whose dry run these files passed last; undefined if there was none. */
  triedBy(): Promise<string | undefined>;
  setTriedBy(version: string): Promise<void>;
}
