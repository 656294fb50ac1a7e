/** A stored model opened for reading. */
import type { ByteSource } from '../sources/byte-source.ts';
import type { Manifest } from './manifest.ts';

export interface OpenModel {
  readonly manifest: Manifest;
  /** Opens a file of the model; throws `store-damaged` if it is missing. */
  file(name: string): Promise<ByteSource>;
}
