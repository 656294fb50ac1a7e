/**
 * Files held against the SHA-256 that their source publishes ({@link ByteSource.sha256}): a small one when it is in
 * memory, a large one while its bytes stream past, once and in the order of the file.
 *
 * What a model does not need of a large file (its header, which was read before, padding, tensors without a use) is
 * read for the hash alone. Where that would be more than {@link MOST_EXTRA} of the file, where its bytes are needed in
 * another order, or where an import goes on from a place of which no state of the hash is known, the file is not hashed;
 * then its length and tag must do.
 */
import { fail } from '../../base/errors.ts';
import { type Sha256State, sha256 } from './sha256.ts';
import type { ByteSource } from '../sources/byte-source.ts';
import type { ByteSpan } from '../sources/coalesce-reads.ts';

/** Part of a file, and a number of bytes that are little enough for any file. */
const MOST_EXTRA = 0.1;
const LITTLE = 1024 * 1024;

/** Throws `checkpoint-damaged`; `bytes` are all of the file. */
export async function checkWhole({ name, sha256: expected }: ByteSource, bytes: Uint8Array): Promise<void> {
  if (expected === undefined) return;
  const digest = await crypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>);
  compare(name, expected, [...new Uint8Array(digest)].map((b) => b.toString(16).padStart(2, '0')).join(''));
}

function compare(who: string, expected: string, got: string): void {
  if (got === expected) return;
  fail('checkpoint-damaged', {
    who,
    message: 'the bytes that came are not those that were published',
    expected: `SHA-256 ${expected}`,
    got,
  });
}

/** A stretch of a file that somebody wants, of which `done` bytes were read in an earlier life. */
export interface HashedPart extends ByteSpan {
  readonly done: number;
}

export interface Stretch extends ByteSpan {
  /** Index of the part that it belongs to; undefined for bytes that only the hash needs. */
  readonly part: number | undefined;
}

/** What is to be read of one file, in order. */
export interface FileRead {
  readonly stretches: readonly Stretch[];
  /** Wants every byte of the stretches. Undefined where the file is not hashed. */
  readonly hash: FileHash | undefined;
}

export interface FileHash {
  add(bytes: Uint8Array): void;
  /** For {@link fileReads} of a later life. */
  state(): Sha256State;
  /** After the last stretch; throws `checkpoint-damaged`. */
  check(): void;
}

/** The files of the parts, in their order. `state`: of the hash where the parts are done up to. */
export function fileReads(parts: readonly HashedPart[], state: Sha256State | undefined): FileRead[] {
  return files(parts).flatMap((file) => {
    // Bytes of a later file were not read before this one had been checked.
    if (parts.slice(file.end).some(({ done }) => done > 0)) return [];
    const from = startOf(parts.slice(file.first, file.end), state);
    const whole = from === undefined ? undefined : stretchesOf(parts, file, from.bytes);
    if (from !== undefined && whole !== undefined) {
      return { stretches: whole, hash: fileHash(file.source, from) };
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

/** The hash's state where reading begins; undefined where the file is not hashed from there. */
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

/** All bytes from `start` on; undefined where parts lie in another order than that of the file. */
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

function fileHash({ name, sha256: expected = '' }: ByteSource, from: Sha256State): FileHash {
  const { add, state, value } = sha256(from);
  return { add, state, check: () => compare(name, expected, value()) };
}
