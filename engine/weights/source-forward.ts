/**
 * A source that can only be read from its start onwards, such as a server without ranges. Reads may skip
 * forwards; reading further back starts the source anew, which is allowed {@link MAX_RESTARTS} times, since
 * each restart moves the whole file through the network again.
 */
import { fail } from '../base/errors.ts';
import { type ByteSource, cancelled, collect } from './source.ts';
import { requireRange } from './source-memory.ts';

const MAX_RESTARTS = 4;

export function forwardSource(
  name: string,
  size: number,
  start: (signal?: AbortSignal) => Promise<AsyncIterator<Uint8Array>>,
): ByteSource {
  let pieces: AsyncIterator<Uint8Array> | undefined;
  let starts = 0;
  /** Position of the first byte of `rest`, which has arrived and was not used yet. */
  let at = 0;
  let rest: Uint8Array = new Uint8Array(0);

  const restart = async (signal?: AbortSignal) => {
    if (++starts > 1 + MAX_RESTARTS) {
      fail('source-read', {
        who: name,
        message: 'the server cannot send parts of a file, and this file is needed in parts',
        expected: 'a server with Accept-Ranges: bytes',
        got: `${starts - 1} downloads from the start`,
      });
    }
    await pieces?.return?.();
    pieces = await start(signal);
    at = 0;
    rest = new Uint8Array(0);
    return pieces;
  };

  async function* stream(offset: number, length: number, signal?: AbortSignal): AsyncIterable<Uint8Array> {
    requireRange(name, size, offset, length);
    const source = pieces === undefined || offset < at ? await restart(signal) : pieces;
    const end = offset + length;
    while (at < end) {
      if (signal?.aborted === true) cancelled(name);
      if (rest.length === 0) {
        const next = await source.next();
        if (next.done === true) requireRange(name, at, offset, length);
        else rest = next.value;
        continue;
      }
      const from = Math.min(Math.max(offset - at, 0), rest.length);
      const to = Math.min(end - at, rest.length);
      const piece = rest.subarray(from, to);
      at += to;
      rest = rest.subarray(to);
      if (piece.length > 0) yield piece;
    }
  }
  return { name, size, stream, read: (o, l, s) => collect(name, stream(o, l, s), l) };
}
