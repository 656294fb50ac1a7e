/**
 * A small file system that a store of models lives in. `storage-opfs.ts` is the browser's (the only
 * place that says OPFS), `cli/node-files.ts` Node's, `storage-memory.ts` the tests'.
 * Paths are `/`-separated and relative; folders come into being with their first file.
 */
import type { ByteSource } from '../sources/byte-source.ts';

export interface FileWriter {
  /** Writes at an offset; pieces may come in any order. */
  write(offset: number, bytes: Uint8Array): Promise<void>;
  /** Makes what was written so far durable, as far as the platform can before {@link close}. */
  flush(): Promise<void>;
  /** Makes what was written durable and releases the file. */
  close(): Promise<void>;
}

export interface Storage {
  open(path: string): Promise<ByteSource | undefined>;
  /** An empty file, whatever was there. */
  create(path: string): Promise<FileWriter>;
  /** A file that is there, for writing on; throws `store-damaged` where it is not. */
  reopen(path: string): Promise<FileWriter>;
  /** Removes a file or a folder with all in it; nothing happens if it is not there. */
  remove(path: string): Promise<void>;
  /** Names directly under a folder. */
  list(folder: string): Promise<string[]>;
  /** Bytes used and available as far as the platform says. */
  estimate(): Promise<{ usage: number; quota: number } | undefined>;
}
