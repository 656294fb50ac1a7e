/** Rows of one cache on the CPU: read from the GPU, and the parts of single heads moved. */
import { type Buffer, type Gpu, readbackRing, submit } from '../../gpu/index.ts';

/** Bytes that are read back at a time. */
export const PIECE = 4 << 20;

/** Where the part of a head is in a row. */
export interface HeadPlace {
  readonly head: number;
  /** Heads of a row. */
  readonly heads: number;
  readonly rowBytes: number;
}

/** Reads rows [first, first + count) of a buffer, in pieces of at most {@link PIECE} bytes. */
export async function readRows(
  gpu: Gpu,
  from: Buffer,
  rowBytes: number,
  first: number,
  count: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const all = new Uint8Array(count * rowBytes);
  const ring = readbackRing(gpu, 'rows of a cache', Math.max(4, Math.min(PIECE, all.length)), 1);
  try {
    for (let at = 0; at < all.length; at += PIECE) {
      const bytes = Math.min(PIECE, all.length - at);
      const slot = ring.take();
      submit(gpu, [], [], [{ from, fromOffset: first * rowBytes + at, to: slot.buffer, bytes }]);
      all.set(new Uint8Array(await slot.read(bytes)), at);
    }
  } finally {
    ring.destroy();
  }
  return all;
}

/** Copies a head's part of the rows with these numbers to the last rows of `to`, in their order. */
export function gather(
  from: Uint8Array,
  to: Uint8Array,
  rows: readonly number[],
  { head, heads, rowBytes }: HeadPlace,
): void {
  const width = rowBytes / heads;
  const first = to.length / rowBytes - rows.length;
  rows.forEach((row, i) => {
    const at = row * rowBytes + head * width;
    to.set(from.subarray(at, at + width), (first + i) * rowBytes + head * width);
  });
}

/** A head's part of the last `count` rows of `from`, one after the other. */
export function partOf(
  from: Uint8Array,
  count: number,
  { head, heads, rowBytes }: HeadPlace,
): Uint8Array<ArrayBuffer> {
  const width = rowBytes / heads;
  const part = new Uint8Array(count * width);
  const first = from.length / rowBytes - count;
  for (let i = 0; i < count; i++) {
    const at = (first + i) * rowBytes + head * width;
    part.set(from.subarray(at, at + width), i * width);
  }
  return part;
}

/** The reverse of {@link partOf}. */
export function putPart(part: Uint8Array, to: Uint8Array, { head, heads, rowBytes }: HeadPlace): void {
  const width = rowBytes / heads;
  const count = part.length / width;
  const first = to.length / rowBytes - count;
  for (let i = 0; i < count; i++) {
    to.set(part.subarray(i * width, (i + 1) * width), (first + i) * rowBytes + head * width);
  }
}
