/**
 * A source that can only be read forwards from its start, such as a server without ranges. Reads may skip forwards.
 * Reading backwards, or after a broken connection, restarts the source. That is allowed {@link MAX_RESTARTS} times,
 * since each restart transfers the file again.
 */
import { fail, EngineError } from '../../base/errors.ts';
import { type ByteSource, cancelled, collect } from './byte-source.ts';
import { requireRange } from './memory-source.ts';

const MAX_RESTARTS = 4;

/**
 * Makes a source of `size` bytes from `start`, which opens the file at its first byte. Its reads throw `source-refused`
 * after too many restarts.
 */
export function forwardSource(
  name: string,
  size: number,
  start: (signal?: AbortSignal) => Promise<AsyncIterator<Uint8Array>>,
): ByteSource {
  let pieces: AsyncIterator<Uint8Array> | undefined;
  let starts = 0;
  /** Offset of the first byte of `rest`, the bytes received and not consumed yet. */
  let at = 0;
  let rest: Uint8Array = new Uint8Array(0);

  const restart = async (signal?: AbortSignal) => {
    if (++starts > 1 + MAX_RESTARTS) {
      fail('source-refused', {
        who: name,
        message: 'the server cannot send parts of a file, but this file must be read in parts',
        expected: 'a server with Accept-Ranges: bytes',
        got: `${starts - 1} downloads from the start`,
      });
    }
    await pieces?.return?.();
    pieces = undefined;
    at = 0;
    rest = new Uint8Array(0);
    pieces = await start(signal);
  };

  /** Loads the next piece; returns false if the connection broke and the source must restart. */
  const more = async (): Promise<boolean> => {
    try {
      const next = await pieces?.next();
      if (next === undefined || next.done === true) return false;
      rest = next.value;
      return true;
    } catch (error) {
      pieces = undefined;
      if (error instanceof EngineError && error.code === 'source-read') return false;
      throw error;
    }
  };

  async function* stream(offset: number, length: number, signal?: AbortSignal): AsyncIterable<Uint8Array> {
    requireRange(name, size, offset, length);
    const end = offset + length;
    for (let from = offset; from < end; ) {
      if (signal?.aborted === true) cancelled(name);
      if (pieces === undefined || from < at) await restart(signal);
      if (rest.length === 0 && !(await more())) {
        pieces = undefined;
        continue;
      }
      const skipped = Math.min(Math.max(from - at, 0), rest.length);
      const piece = rest.subarray(skipped, Math.min(end - at, rest.length));
      at += skipped + piece.length;
      rest = rest.subarray(skipped + piece.length);
      from += piece.length;
      if (piece.length > 0) yield piece;
    }
  }
  return { name, size, stream, read: (o, l, s) => collect(name, stream(o, l, s), l) };
}
