/** A stored model that is open for reading. */
import type { ByteSource } from '../sources/byte-source.ts';
import type { Manifest } from './manifest.ts';

export interface OpenModel {
  readonly manifest: Manifest;
  /** A file of the model; throws `store-damaged` if it is not there. */
  file(name: string): Promise<ByteSource>;
}
