/**
 * Restores the original order of rows in some tensors of a file.
 *
 * For architectures whose RoPE rotates neighbouring elements in llama.cpp, its converter moved the rows of q and k:
 * within a head of D rows, row i + j·D/2 went to 2i + j (j = 0, 1). This module reverses that a head at a time, so a
 * tensor is still read as one stream and needs the memory of one head. Rows consist of whole blocks in every type, so
 * they are moved without decoding.
 */
import { type ByteSource, collect } from '../sources/byte-source.ts';

/** A tensor whose rows are interleaved. All sizes are in bytes. */
export interface Interleaved {
  /** Offset of the tensor in the file. */
  readonly offset: number;
  readonly bytes: number;
  /** Size of one head; divides `bytes`. */
  readonly headBytes: number;
  readonly rowBytes: number;
}

/** Returns the source with the rows of `tensors` reordered. `tensors` must be sorted by offset and disjoint. */
export function withHalvesApart(source: ByteSource, tensors: readonly Interleaved[]): ByteSource {
  if (tensors.length === 0) return source;
  async function* stream(offset: number, length: number, signal?: AbortSignal): AsyncIterable<Uint8Array> {
    const end = offset + length;
    for (let at = offset; at < end; ) {
      const next = tensors.find((t) => t.offset + t.bytes > at);
      const inside = next !== undefined && next.offset <= at;
      const to = Math.min(end, next === undefined ? end : inside ? next.offset + next.bytes : next.offset);
      if (inside) yield* heads(source, next, at, to, signal);
      else yield* source.stream(at, to - at, signal);
      at = to;
    }
  }
  return {
    ...source,
    stream,
    read: (o, l, s) => collect(source.name, stream(o, l, s), l),
  };
}

/** Yields bytes [from, to) of the file, which are inside `tensor`, after reordering. */
async function* heads(
  source: ByteSource,
  tensor: Interleaved,
  from: number,
  to: number,
  signal?: AbortSignal,
): AsyncIterable<Uint8Array> {
  const { offset, headBytes, rowBytes } = tensor;
  const first = offset + Math.floor((from - offset) / headBytes) * headBytes;
  const last = offset + Math.ceil((to - offset) / headBytes) * headBytes;
  const half = headBytes / rowBytes / 2;
  let head = new Uint8Array(headBytes);
  let filled = 0;
  let at = first;
  for await (const piece of source.stream(first, last - first, signal)) {
    for (let used = 0; used < piece.length; ) {
      // Move row 2i + j of the file to i + j·half; a piece may end anywhere in a row.
      const row = Math.floor(filled / rowBytes);
      const within = filled - row * rowBytes;
      const part = piece.subarray(used, used + rowBytes - within);
      head.set(part, ((row >> 1) + (row & 1) * half) * rowBytes + within);
      filled += part.length;
      used += part.length;
      if (filled < headBytes) continue;
      yield head.subarray(Math.max(0, from - at), Math.min(headBytes, to - at));
      at += headBytes;
      head = new Uint8Array(headBytes);
      filled = 0;
    }
  }
}
