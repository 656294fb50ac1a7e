/**
 * Many stretches of files in few streams: tensors that lie side by side come in one, so that their requests over a
 * network do not each wait for the one before.
 */
import { type ByteSource, cancelled } from './byte-source.ts';

export interface ByteSpan {
  readonly source: ByteSource;
  readonly offset: number;
  readonly bytes: number;
}

/** Bytes between two spans that are read and thrown away rather than asked for around; less than one round trip. */
const GAP = 256 * 1024;

/** The bytes of the spans, in their order; empty ones have none. A piece never belongs to two spans. */
export async function* inOrder(
  spans: readonly ByteSpan[],
  signal?: AbortSignal,
): AsyncIterable<{ span: number; piece: Uint8Array }> {
  for (const run of runs(spans)) {
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

function runs(spans: readonly ByteSpan[]): CoalescedRead[] {
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
