/**
 * Reads the header of a GGUF file forwards through a {@link ByteSource}, a chunk at a time. Every length in the
 * file is compared with the file's size and with a limit before memory is allocated for it.
 *
 * Not here: the meaning of the fields (`header.ts`).
 */
import { fail } from '../../base/errors.ts';
import type { ByteSource } from '../sources/byte-source.ts';

/** First chunk in bytes: the size of the first response when a remote file is opened. Later chunks double. */
const FIRST_CHUNK = 64 * 1024;
/** Largest chunk in bytes: fits a phone's memory and keeps requests few; a header of 20 MB takes about ten. */
const LAST_CHUNK = 4 * 1024 * 1024;

// Keep byte order marks: some vocabularies have a token for it.
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** A cursor over the header. All its failures throw `checkpoint-damaged` with the position in the file. */
export class HeaderReader {
  /** What is being read (a key, a tensor), for error messages. */
  where = 'start of the file';
  /** Items of arrays of texts and arrays so far. */
  items = 0;
  readonly #source: ByteSource;
  readonly #limit: number;
  readonly #signal: AbortSignal | undefined;
  #bytes: Uint8Array = new Uint8Array(0);
  #view: DataView = new DataView(new ArrayBuffer(0));
  /** Offset of `#bytes[0]` in the file. */
  #start = 0;
  #at = 0;
  #chunk = FIRST_CHUNK;

  /** `limit`: the most bytes to read, counted from the start of the file. */
  constructor(source: ByteSource, limit: number, signal?: AbortSignal) {
    this.#source = source;
    this.#limit = limit;
    this.#signal = signal;
  }

  /** Offset from the start of the file, in bytes. */
  get position(): number {
    return this.#start + this.#at;
  }

  /** Whether the next `bytes` bytes are in memory. */
  has(bytes: number): boolean {
    return this.#at + bytes <= this.#bytes.length;
  }

  /** Loads the next `bytes` bytes into memory. Throws `checkpoint-damaged` past the end of the file or the limit. */
  async ensure(bytes: number): Promise<void> {
    if (this.has(bytes)) return;
    const { size } = this.#source;
    const end = this.position + bytes;
    if (end > size) {
      this.damaged(
        'the file ends inside its header; it is truncated or damaged',
        `${end} bytes`,
        `${size} bytes`,
      );
    }
    if (end > this.#limit) {
      this.damaged(
        'the header is larger than any model needs',
        `at most ${this.#limit} bytes`,
        `${end} bytes`,
      );
    }
    const left = this.#bytes.subarray(this.#at);
    const from = this.position + left.length;
    const to = Math.min(size, this.#limit, Math.max(end, from + this.#chunk));
    this.#chunk = Math.min(LAST_CHUNK, this.#chunk * 2);
    const piece = await this.#source.read(from, to - from, this.#signal);
    this.#start = this.position;
    this.#at = 0;
    if (left.length === 0) this.#bytes = piece;
    else {
      this.#bytes = new Uint8Array(left.length + piece.length);
      this.#bytes.set(left);
      this.#bytes.set(piece, left.length);
    }
    this.#view = new DataView(this.#bytes.buffer, this.#bytes.byteOffset, this.#bytes.length);
  }

  /** Takes bytes that {@link ensure} has loaded. The view is valid until the next {@link ensure}. */
  take(bytes: number): DataView {
    const from = this.#bytes.byteOffset + this.#at;
    this.#at += bytes;
    return new DataView(this.#bytes.buffer, from, bytes);
  }

  /** Takes a little-endian u32 that {@link ensure} has loaded. */
  u32(): number {
    this.#at += 4;
    return this.#view.getUint32(this.#at - 4, true);
  }

  /** Takes a u64 of at most `limit` that {@link ensure} has loaded; `what` names it in the error. */
  count(limit: number, what: string): number {
    const at = this.position;
    this.#at += 8;
    const value = this.#view.getBigUint64(this.#at - 8, true);
    if (value > BigInt(limit)) this.damaged(`${what} is beyond all limits`, `at most ${limit}`, value, at);
    return Number(value);
  }

  /** Reads a string: a u64 length of at most `limit` bytes, then UTF-8. */
  async string(limit: number, what: string): Promise<string> {
    if (!this.has(8)) await this.ensure(8);
    const length = this.count(limit, `the length of ${what}`);
    if (!this.has(length)) await this.ensure(length);
    const at = this.#at;
    this.#at += length;
    try {
      return utf8.decode(this.#bytes.subarray(at, at + length));
    } catch (cause) {
      return this.damaged(`${what} is not text`, 'UTF-8', 'other bytes', this.#start + at, cause);
    }
  }

  /** Throws `checkpoint-damaged`. `at`: the offset to report, by default the current position. */
  damaged(
    message: string,
    expected: string | number,
    got: string | number | bigint,
    at = this.position,
    cause?: unknown,
  ): never {
    const where = `${this.where}, byte ${at}`;
    fail('checkpoint-damaged', { who: this.#source.name, where, message, expected, got: String(got), cause });
  }
}
