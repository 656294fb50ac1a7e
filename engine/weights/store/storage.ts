/**
 * The small file system under a store of models. Implementations: `storage-opfs.ts` for browsers (the only module that
 * uses OPFS), `cli/node-files.ts` for Node, `storage-memory.ts` for tests.
 * Paths are `/`-separated and relative; a folder is created with its first file.
 */
import type { ByteSource } from '../sources/byte-source.ts';

/** An open file. Its methods throw `store-full` without space, `store-damaged` for other failures. */
export interface FileWriter {
  /** Writes at an offset; writes may be in any order. */
  write(offset: number, bytes: Uint8Array): Promise<void>;
  /** Reads back `length` bytes that were written, now or before the file was reopened. */
  read(offset: number, length: number): Promise<Uint8Array>;
  /** Makes all writes so far durable, as far as the platform can before {@link close}. */
  flush(): Promise<void>;
  /** Makes all writes durable and releases the file. */
  close(): Promise<void>;
}

/** Access to the files. */
export interface Storage {
  /** Opens a file for reading; undefined if it does not exist. */
  open(path: string): Promise<ByteSource | undefined>;
  /** Creates an empty file, or empties an existing one. */
  create(path: string): Promise<FileWriter>;
  /** Opens an existing file for more writes; throws `store-damaged` if it does not exist. */
  reopen(path: string): Promise<FileWriter>;
  /** Removes a file, or a folder with its contents; does nothing if it does not exist. */
  remove(path: string): Promise<void>;
  /** Lists the names directly under a folder; empty if it does not exist. */
  list(folder: string): Promise<string[]>;
  /** Returns bytes used and available; undefined if the platform does not say. */
  estimate(): Promise<{ usage: number; quota: number } | undefined>;
}
