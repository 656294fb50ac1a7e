/**
 * The file with rows of some tensors in the order that the model was published with.
 *
 * For architectures whose RoPE turns neighbours in llama.cpp, its converter moved the rows of q and k: within a head
 * of D rows, row i + j·D/2 went to 2i + j (j = 0, 1). Here it goes back, a head at a time, so a tensor is still read
 * as one stream and memory is one head. Rows are whole blocks whatever their type, so they move unread.
 */
import { type ByteSource, collect } from '../sources/byte-source.ts';

export interface Interleaved {
  /** Of the tensor in the file, in bytes. */
  readonly offset: number;
  readonly bytes: number;
  /** Of one head; a divisor of `bytes`. */
  readonly headBytes: number;
  readonly rowBytes: number;
}

/** `tensors`: in the order of their offsets, apart from each other. */
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

/** Bytes [from, to) of the file, which lie in `tensor`, after the rows moved. */
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
      // Row 2i + j of the file goes to i + j·half; a piece may end anywhere in a row.
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
