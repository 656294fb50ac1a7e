/**
 * A source of bytes. Readers use only this interface for files, the network, disks and the store. `file-source.ts`:
 * File and Blob; `http-source.ts`: ranges over HTTP (the only `fetch(`); `cli/node-files.ts`: a folder in Node;
 * `memory-source.ts`: memory.
 */
import { fail } from '../../base/errors.ts';

/** A file of known size with random access. */
export interface ByteSource {
  /** The file's name or address, for error messages. */
  readonly name: string;
  /** In bytes. */
  readonly size: number;
  /** Changes when the bytes change (an ETag, a date); absent if unknown. Only an import of tagged files can resume. */
  readonly tag?: string;
  /** Published hash of the whole file, 64 hexadecimal digits; absent if none is published. */
  readonly sha256?: string;
  /** Reads exactly `length` bytes from `offset`; throws `source-read` if the file is shorter. */
  read(offset: number, length: number, signal?: AbortSignal): Promise<Uint8Array>;
  /** Yields the same bytes in order, in pieces of at most a few MiB; for tensors too large for memory. */
  stream(offset: number, length: number, signal?: AbortSignal): AsyncIterable<Uint8Array>;
}

/** A folder of a published checkpoint. File names are flat, such as `config.json`. */
export interface CheckpointFolder {
  /** Name of the folder or id of the repository: used in error messages and as the model's default name. */
  readonly name: string;
  /** Opens a file; undefined if it does not exist. */
  open(file: string, signal?: AbortSignal): Promise<ByteSource | undefined>;
  /** Lists the names of the files; absent, or an empty list, if the place cannot list them, as most servers. */
  list?(): Promise<readonly string[]>;
}

/** Bytes per piece of a stream: large enough to hide the cost of a read, small enough for a phone's memory. */
export const PIECE = 2 * 1024 * 1024;

/** Implements `stream` by reads of {@link PIECE} bytes, for sources without a faster way. */
export async function* inPieces(
  read: ByteSource['read'],
  offset: number,
  length: number,
  signal?: AbortSignal,
): AsyncIterable<Uint8Array> {
  for (let at = 0; at < length; at += PIECE) {
    yield await read(offset + at, Math.min(PIECE, length - at), signal);
  }
}

/** Collects a stream into one array. Throws `source-read` unless the stream has exactly `length` bytes. */
export async function collect(
  name: string,
  stream: AsyncIterable<Uint8Array>,
  length: number,
): Promise<Uint8Array> {
  const out = new Uint8Array(length);
  let at = 0;
  for await (const piece of stream) {
    if (at + piece.length > length) break;
    if (piece.length === length) return piece;
    out.set(piece, at);
    at += piece.length;
  }
  if (at === length) return out;
  return fail('source-read', {
    who: name,
    message: 'the stream has the wrong length',
    expected: length,
    got: at,
  });
}

/** Throws `source-cancelled`. */
export function cancelled(name: string): never {
  fail('source-cancelled', { who: name, message: 'stopped on request' });
}
