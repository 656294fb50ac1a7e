/**
 * Where bytes come from. Files, a network, a disk and the store differ in nothing but this, so the
 * readers above are written once. `source-file.ts`: File and Blob; `source-http.ts`: ranges over
 * HTTP (the only `fetch(`); `cli/node-files.ts`: a folder in Node; `source-memory.ts`: tests.
 */
export interface ByteSource {
  /** For messages: the file's name or its address. */
  readonly name: string;
  /** In bytes. */
  readonly size: number;
  /** Exactly `length` bytes from `offset`; throws `source-read` when they are not there. */
  read(offset: number, length: number, signal?: AbortSignal): Promise<Uint8Array>;
  /** The same bytes in order, in pieces of at most a few MiB; for tensors bigger than memory likes. */
  stream(offset: number, length: number, signal?: AbortSignal): AsyncIterable<Uint8Array>;
}

/** A folder of a published checkpoint: flat names such as `config.json`. */
export interface CheckpointFolder {
  /** For messages and as a first name for the model: a folder's name or a repository id. */
  readonly name: string;
  open(file: string, signal?: AbortSignal): Promise<ByteSource | undefined>;
}
