/**
 * Reads the header of a GGUF file forwards through a {@link ByteSource}, a chunk at a time. Every length in the
 * file is compared with the file's size and with a limit before memory is taken for it.
 *
 * Not here: what the fields mean (`header.ts`).
 */
import { fail } from '../../base/errors.ts';
import type { ByteSource } from '../sources/byte-source.ts';

/** First chunk in bytes: what a server sends with the opening of a file anyway. Chunks double from here. */
const FIRST_CHUNK = 64 * 1024;
/** Little enough for a phone, few enough requests: a header of 20 MB takes about ten. */
const LAST_CHUNK = 4 * 1024 * 1024;

// A byte order mark is a character like others: some vocabularies have a token of it.
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export class HeaderReader {
  /** What is being read, for messages: a key, a tensor. */
  where = 'start of the file';
  readonly #source: ByteSource;
  readonly #limit: number;
  readonly #signal: AbortSignal | undefined;
  #bytes: Uint8Array = new Uint8Array(0);
  #view: DataView = new DataView(new ArrayBuffer(0));
  /** Of `#bytes[0]` in the file. */
  #start = 0;
  #at = 0;
  #chunk = FIRST_CHUNK;

  /** `limit`: most bytes that are read, from the start of the file. */
  constructor(source: ByteSource, limit: number, signal?: AbortSignal) {
    this.#source = source;
    this.#limit = limit;
    this.#signal = signal;
  }

  /** Bytes from the start of the file. */
  get position(): number {
    return this.#start + this.#at;
  }

  has(bytes: number): boolean {
    return this.#at + bytes <= this.#bytes.length;
  }

  /** After this, `bytes` bytes can be taken without waiting. */
  async ensure(bytes: number): Promise<void> {
    if (this.has(bytes)) return;
    const { size } = this.#source;
    const end = this.position + bytes;
    if (end > size) {
      this.damaged(
        'the file ends inside its header; it is cut short or damaged',
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

  /** A view; it is valid until the next {@link ensure}. The bytes must be there. */
  take(bytes: number): DataView {
    const from = this.#bytes.byteOffset + this.#at;
    this.#at += bytes;
    return new DataView(this.#bytes.buffer, from, bytes);
  }

  u32(): number {
    this.#at += 4;
    return this.#view.getUint32(this.#at - 4, true);
  }

  /** An unsigned 64-bit number that is at most `limit`; `what` says of what. */
  count(limit: number, what: string): number {
    const at = this.position;
    this.#at += 8;
    const value = this.#view.getBigUint64(this.#at - 8, true);
    if (value > BigInt(limit)) this.damaged(`${what} is beyond all limits`, `at most ${limit}`, value, at);
    return Number(value);
  }

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

  /** `at`: the byte of the file to name; where the reader stands unless given. */
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
