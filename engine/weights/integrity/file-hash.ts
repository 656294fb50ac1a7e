/**
 * Verifies files by the SHA-256 that their source publishes ({@link ByteSource.sha256}): small ones in memory, large
 * ones while they are streamed, once and in file order.
 *
 * Parts of a large file that a model does not need (the header, which was read before, padding, unused tensors) are
 * read for the hash alone. A file is not hashed if these parts are more than {@link MOST_EXTRA} of it, if its bytes
 * are needed in another order, or if an import resumes at a position without a known hash state. Then only length and
 * tag are checked.
 */
import { concatBytes } from '../../base/bytes.ts';
import { fail } from '../../base/errors.ts';
import { type Sha256State, sha256 } from './sha256.ts';
import type { ByteSource } from '../sources/byte-source.ts';
import type { ByteSpan } from '../sources/coalesce-reads.ts';

/** The largest fraction of a file that is read for the hash alone. */
const MOST_EXTRA = 0.1;
/** This many bytes are read for the hash alone in any file. */
const LITTLE = 1024 * 1024;

/** Compares a whole file with its published hash, if it has one. Throws `checkpoint-damaged` for another hash. */
export async function checkWhole({ name, sha256: expected }: ByteSource, bytes: Uint8Array): Promise<void> {
  if (expected === undefined) return;
  const digest = await crypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>);
  compare(name, expected, [...new Uint8Array(digest)].map((b) => b.toString(16).padStart(2, '0')).join(''));
}

function compare(who: string, expected: string, got: string): void {
  if (got === expected) return;
  fail('checkpoint-damaged', {
    who,
    message: 'the received bytes differ from the published file',
    expected: `SHA-256 ${expected}`,
    got,
  });
}

/** A range of a file that is needed. */
export interface HashedPart extends ByteSpan {
  /** Bytes of it that were read before an interruption. */
  readonly done: number;
}

/** A range of a file to read. */
export interface Stretch extends ByteSpan {
  /** Index of the part that it belongs to; undefined for bytes that are read for the hash alone. */
  readonly part: number | undefined;
}

/** The ranges to read of one file, in order. */
export interface FileRead {
  readonly stretches: readonly Stretch[];
  /** Must be given every byte of the ranges. Undefined if the file is not hashed. */
  readonly hash: FileHash | undefined;
}

/** Resolves to the state after more bytes, which do not change meanwhile. It may run elsewhere; it never rejects. */
export type HashBytes = (from: Sha256State, bytes: Uint8Array) => Promise<Sha256State>;

/** The running hash of one file. */
export interface FileHash {
  /** The bytes may change after the call. */
  add(bytes: Uint8Array): void;
  /** State to pass to {@link fileReads} after an interruption. */
  state(): Sha256State | Promise<Sha256State>;
  /** Compares the hash after the last range; throws `checkpoint-damaged`. */
  check(): Promise<void>;
}

/**
 * Plans what to read of each file of `parts`, in their order. `state`: the hash state at the position up to which the
 * parts are done. Without `hashing` only the parts are read; with a function, that computes the hash.
 */
export function fileReads(
  parts: readonly HashedPart[],
  state: Sha256State | undefined,
  hashing: boolean | HashBytes = true,
): FileRead[] {
  return files(parts).flatMap((file) => {
    if (hashing === false) return { stretches: wantedOf(parts, file), hash: undefined };
    // If bytes of a later file were read, this file has been checked.
    if (parts.slice(file.end).some(({ done }) => done > 0)) return [];
    const from = startOf(parts.slice(file.first, file.end), state);
    const whole = from === undefined ? undefined : stretchesOf(parts, file, from.bytes);
    if (from !== undefined && whole !== undefined) {
      const elsewhere = hashing === true ? undefined : hashing;
      return { stretches: whole, hash: fileHash(file.source, from, elsewhere) };
    }
    return { stretches: wantedOf(parts, file), hash: undefined };
  });
}

interface FileParts {
  readonly source: ByteSource;
  /** Its parts are [first, end). */
  readonly first: number;
  end: number;
}

function files(parts: readonly HashedPart[]): FileParts[] {
  const found: FileParts[] = [];
  for (const [i, { source }] of parts.entries()) {
    const last = found.at(-1);
    if (last?.source === source) last.end = i + 1;
    else found.push({ source, first: i, end: i + 1 });
  }
  return found;
}

/** The hash state at which reading starts; undefined if the file is not hashed. */
function startOf(parts: readonly HashedPart[], state: Sha256State | undefined): Sha256State | undefined {
  const { sha256: published, size } = (parts[0] as HashedPart).source;
  const extra = size - parts.reduce((sum, { bytes }) => sum + bytes, 0);
  if (published === undefined || extra > Math.max(LITTLE, size * MOST_EXTRA)) return undefined;
  const last = parts.findLast(({ done }) => done > 0);
  if (last === undefined) return sha256().state();
  return state?.bytes === last.offset + last.done ? state : undefined;
}

function wantedOf(parts: readonly HashedPart[], { first, end }: FileParts): Stretch[] {
  return parts.slice(first, end).flatMap(({ source, offset, bytes, done }, i) => {
    const left = { source, offset: offset + done, bytes: bytes - done };
    return left.bytes === 0 ? [] : { ...left, part: first + i };
  });
}

/** Returns all bytes from `start` as ranges; undefined if the parts are not in file order. */
function stretchesOf(parts: readonly HashedPart[], file: FileParts, start: number): Stretch[] | undefined {
  const { source } = file;
  const all: Stretch[] = [];
  let at = start;
  const fillTo = (offset: number) => {
    if (offset > at) all.push({ source, offset: at, bytes: offset - at, part: undefined });
  };
  for (const wanted of wantedOf(parts, file)) {
    if (wanted.offset < at) return undefined;
    fillTo(wanted.offset);
    all.push(wanted);
    at = wanted.offset + wanted.bytes;
  }
  fillTo(source.size);
  return all;
}

function fileHash(
  { name, sha256: expected = '' }: ByteSource,
  from: Sha256State,
  elsewhere: HashBytes | undefined,
): FileHash {
  if (elsewhere !== undefined) return hashElsewhere(name, expected, from, elsewhere);
  const { add, state, value } = sha256(from);
  return { add, state, check: async () => compare(name, expected, value()) };
}

/** Bytes that are handed over at once, unless the state is asked for. */
const HANDED_BYTES = 1024 * 1024;

function hashElsewhere(name: string, expected: string, from: Sha256State, hashBytes: HashBytes): FileHash {
  let pieces: Uint8Array[] = [];
  let length = 0;
  let last = Promise.resolve(from);
  const handOver = () => {
    if (length === 0) return;
    const bytes = concatBytes(pieces);
    pieces = [];
    length = 0;
    last = last.then((state) => hashBytes(state, bytes));
  };
  return {
    add(bytes) {
      pieces.push(bytes.slice());
      length += bytes.length;
      if (length >= HANDED_BYTES) handOver();
    },
    state() {
      handOver();
      return last;
    },
    async check() {
      handOver();
      compare(name, expected, sha256(await last).value());
    },
  };
}
