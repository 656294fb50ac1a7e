/**
 * Reads of a file in pages, for a model's small tensors: norms, scales and, of a small model, everything. A read of a file in
 * a browser takes the worker up to a millisecond, whatever its length (docs/ENGINE.md, "Small tensors of a stored model").
 */

type Read = (offset: number, length: number, signal?: AbortSignal) => Promise<Uint8Array>;

/** Bytes of a page: little beside the matrix that follows a norm, much beside a norm. */
const PAGE = 128 * 1024;
/** Pages kept, those read last: neighbours in the file are a layer apart in the order of a load. */
const KEPT = 16;
/** Reads of so many bytes and more go to the file itself. */
const LONG = 2 * PAGE;

/** Reads as `read` does. The bytes returned are the caller's own. `size`: of the file. */
export function pagedReads(read: Read, size: number): Read {
  const pages = new Map<number, Promise<Uint8Array>>();
  const page = (index: number): Promise<Uint8Array> => {
    const known = pages.get(index);
    pages.delete(index);
    const got = known ?? read(index * PAGE, Math.min(PAGE, size - index * PAGE));
    pages.set(index, got);
    // A read that failed is made again.
    if (known === undefined) got.catch(() => pages.delete(index));
    for (const oldest of pages.keys()) {
      if (pages.size <= KEPT) break;
      pages.delete(oldest);
    }
    return got;
  };
  return async (offset, length, signal) => {
    // A page is for whoever needs it next, so it is not cancelled. A cancelled read and one past the end are the file's to refuse.
    if (signal?.aborted === true || length === 0 || length >= LONG || offset < 0 || offset + length > size)
      return read(offset, length, signal);
    const bytes = new Uint8Array(length);
    const first = Math.floor(offset / PAGE);
    const last = Math.floor((offset + length - 1) / PAGE);
    const parts = await Promise.all(Array.from({ length: last - first + 1 }, (_, i) => page(first + i)));
    for (const [i, part] of parts.entries()) {
      const start = (first + i) * PAGE;
      const from = Math.max(offset, start);
      const to = Math.min(offset + length, start + part.length);
      bytes.set(part.subarray(from - start, to - start), from - offset);
    }
    return bytes;
  };
}
