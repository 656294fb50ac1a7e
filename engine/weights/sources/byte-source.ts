/**
 * Where bytes come from. Files, a network, a disk and the store differ in nothing but this, so the
 * readers above are written once. `file-source.ts`: File and Blob; `http-source.ts`: ranges over
 * HTTP (the only `fetch(`); `cli/node-files.ts`: a folder in Node; `memory-source.ts`: tests.
 */
import { fail } from '../../base/errors.ts';

export interface ByteSource {
  /** For messages: the file's name or its address. */
  readonly name: string;
  /** In bytes. */
  readonly size: number;
  /** Differs when the bytes differ (an ETag, a date); absent where nobody can tell. Only a tagged file can be continued. */
  readonly tag?: string;
  /** Of all its bytes, 64 hexadecimal digits; absent where nobody publishes it. */
  readonly sha256?: string;
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
  /** Names of what lies here, where the place can tell; most servers cannot. */
  list?(): Promise<readonly string[]>;
}

/** Bytes per piece of a stream: enough to hide the cost of a read, little enough for a phone's memory. */
export const PIECE = 2 * 1024 * 1024;

/** A stream made of reads, for sources that have no better way. */
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

/** One array of `length` bytes from a stream. */
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
  return fail('source-read', { who: name, message: 'the bytes ended early', expected: length, got: at });
}

/** Ends an import on request. */
export function cancelled(name: string): never {
  fail('source-cancelled', { who: name, message: 'stopped on request' });
}
