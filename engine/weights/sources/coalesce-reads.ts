/**
 * Reads many ranges of files in few streams: adjacent tensors share one, so that requests over a network do not wait
 * for each other.
 */
import { type ByteSource, cancelled } from './byte-source.ts';

/** A range of a file. */
export interface ByteSpan {
  readonly source: ByteSource;
  readonly offset: number;
  readonly bytes: number;
}

/** The largest gap between two spans, in bytes, that is read and discarded; it costs less than a round trip. */
const GAP = 256 * 1024;

/**
 * Yields the bytes of the spans in their order; `span` is an index into `spans`. Empty spans yield nothing, and a piece
 * never belongs to two spans. Throws `source-cancelled` after `signal`.
 */
export async function* inOrder(
  spans: readonly ByteSpan[],
  signal?: AbortSignal,
): AsyncIterable<{ span: number; piece: Uint8Array }> {
  for (const run of coalesced(spans)) {
    let span = run.first;
    let at = run.offset;
    for await (const piece of run.source.stream(run.offset, run.bytes, signal)) {
      if (signal?.aborted === true) cancelled(run.source.name);
      const end = at + piece.length;
      while (span <= run.last) {
        const { offset, bytes } = spans[span] as ByteSpan;
        const from = Math.max(offset, at);
        const to = Math.min(offset + bytes, end);
        if (from < to) yield { span, piece: piece.subarray(from - at, to - at) };
        if (offset + bytes > end) break;
        span++;
      }
      at = end;
    }
  }
}

interface CoalescedRead {
  readonly source: ByteSource;
  readonly offset: number;
  bytes: number;
  readonly first: number;
  last: number;
}

function coalesced(spans: readonly ByteSpan[]): CoalescedRead[] {
  const found: CoalescedRead[] = [];
  for (const [i, { source, offset, bytes }] of spans.entries()) {
    if (bytes === 0) continue;
    const run = found.at(-1);
    const end = run === undefined ? 0 : run.offset + run.bytes;
    if (run !== undefined && run.source === source && offset >= end && offset - end <= GAP) {
      run.bytes = offset + bytes - run.offset;
      run.last = i;
    } else found.push({ source, offset, bytes, first: i, last: i });
  }
  return found;
}
