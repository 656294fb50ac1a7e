/**
 * Moves rows of the KV cache: parks them on the GPU and restores them (a fork), or reads them to the CPU and writes
 * them again (a saved prefix). A row holds one token's keys and values in every layer.
 *
 * Rows are contiguous in each cache tensor, so a range of rows is one copy per tensor, without any computation. A ring
 * (`graph/rings.ts`) is copied whole, to the same rows. Of a state in slots (`graph/slots.ts`) the one after the last
 * position is copied. Of a packed text (`kv/packed.ts`) only the kept rows of each head are read and written, head by head.
 */
import {
  type Buffer,
  type Copy,
  createBuffer,
  type Gpu,
  readbackRing,
  submit,
  writeBuffer,
} from '../gpu/index.ts';
import type { Graph, Value } from '../graph/graph.ts';
import { rowsToKeep } from '../graph/rings.ts';
import { hasSlots, ringOf } from '../graph/slots.ts';
import type { Packed } from '../kv/packed.ts';
import type { Snapshots } from '../kv/snapshots.ts';
import { invariant } from '../base/errors.ts';
import { bytesOfRow } from '../tensor/tensor.ts';
import type { Resources } from './memory/resources.ts';
import { packableCaches } from './packing/packable.ts';
import { partOf, PIECE, putPart, readRows } from './packing/rows.ts';

/** Rows parked in GPU memory of their own. */
export interface ParkedRows {
  readonly count: number;
  readonly bytes: number;
  destroy(): void;
}

export interface CacheRows {
  /** Bytes of the saved rows of `count` tokens, which begin with a packed text if there is one. */
  bytesOf(count: number, packed?: Packed): number;
  /** Must be equal for a saved prefix to fit: each tensor's name, element type, width, and whether it is a ring or a slot. */
  readonly layout: string;
  /** Rows whose bytes a parked state in slots has; 0 without such states. */
  readonly rowsOfState: number;
  /** Allocates memory and copies positions [first, first + count) to it. */
  park(first: number, count: number): ParkedRows;
  /** Copies all parked rows back, and forgets states after `first`. Pass the same `first` as to `park`. */
  unpark(rows: ParkedRows, first: number): void;
  /**
   * Yields the rows of positions [0, count), tensor by tensor, in pieces of at most {@link PIECE} bytes; of a packed text what each
   * head keeps, in one piece.
   */
  read(count: number, packed?: Packed): AsyncIterable<Uint8Array<ArrayBuffer>>;
  /** Writes what `read` yielded, in the same order; `bytes(n)` resolves to the next n bytes. */
  write(
    count: number,
    bytes: (length: number) => Promise<Uint8Array<ArrayBuffer>>,
    packed?: Packed,
  ): Promise<void>;
}

interface CacheTensor {
  readonly name: string;
  readonly buffer: Buffer;
  readonly rowBytes: number;
  readonly ring: number | undefined;
  /** A row is a slot. */
  readonly slots: boolean;
  /** Key/value heads, and the index of the first among those of all caches; absent where rows cannot be packed. */
  readonly heads?: { readonly count: number; readonly at: number };
}

/** `snapshots` says which slots have which states; absent for a graph without slots. */
export function createCacheRows(
  gpu: Gpu,
  graph: Graph,
  resources: Resources,
  snapshots: Snapshots | undefined,
): CacheRows {
  const values = cacheValues(graph);
  const heads = new Map(
    packableCaches(graph).flatMap(({ k, v, heads: count, at }) => [k, v].map((id) => [id, { count, at }])),
  );
  const tensors = values.map((value): CacheTensor => {
    const { id, name, type } = value;
    const buffer = resources.bufferOf(id, 'data');
    const own = heads.get(id);
    return {
      name,
      buffer,
      rowBytes: bytesOfRow(type),
      ring: ringOf(value),
      slots: hasSlots(value),
      ...(own === undefined ? {} : { heads: own }),
    };
  });
  const sumOf = (some: readonly CacheTensor[]) => some.reduce((sum, { rowBytes }) => sum + rowBytes, 0);
  const [states, byPosition] = [tensors.filter((t) => t.slots), tensors.filter((t) => !t.slots)];
  const bytesOf = (some: readonly CacheTensor[], first: number, count: number) =>
    some.reduce((sum, t) => sum + bytesToKeep(t, first, count, 0).bytes, 0);
  const parked = new WeakMap<ParkedRows, ReadonlyMap<CacheTensor, Buffer>>();
  const copy = (copies: readonly Copy[]) => submit(gpu, [], [], copies);
  return {
    bytesOf: (count, packed) => {
      const kept = tensors.flatMap((t) => keptHeads(t, packed));
      const gone = kept.reduce((sum, { start, width }) => sum + start * width, 0);
      return bytesOf(tensors, 0, count) - gone;
    },
    rowsOfState: states.length === 0 ? 0 : Math.ceil(sumOf(states) / Math.max(1, sumOf(byPosition))),
    layout: values
      .map((value) => `${value.name} ${value.type.dtype} ${value.type.shape[1]}${formOf(value)}`)
      .join('\n'),
    park(first, count) {
      const slot = snapshots?.slotAt(first + count);
      // A run that was stopped may have left rows without a state.
      const copied = slot === undefined ? byPosition : tensors;
      const made = new Map<CacheTensor, Buffer>();
      const copies = copied.map((t): Copy => {
        const { offset, bytes } = bytesToKeep(t, first, count, slot);
        const to = createBuffer(gpu, `${t.name}, parked`, bytes);
        made.set(t, to);
        return { from: t.buffer, fromOffset: offset, to, bytes };
      });
      copy(copies);
      const rows = {
        count,
        bytes: bytesOf(copied, first, count),
        destroy: () => made.forEach((b) => void b.destroy()),
      };
      parked.set(rows, made);
      return rows;
    },
    unpark(rows, first) {
      const made = parked.get(rows) ?? new Map<CacheTensor, Buffer>();
      snapshots?.cut(first);
      const withState = [...made.keys()].some((t) => t.slots);
      const slot = withState ? snapshots?.place(first + rows.count) : undefined;
      copy(
        [...made].map(([t, from]) => {
          const { offset, bytes } = bytesToKeep(t, first, rows.count, slot);
          return { from, to: t.buffer, toOffset: offset, bytes };
        }),
      );
    },
    async *read(count, packed) {
      const slot = snapshots?.slotAt(count);
      invariant(snapshots === undefined || slot !== undefined, 'cache', `no state after ${count} tokens`);
      const most = Math.max(...tensors.map((t) => bytesToKeep(t, 0, count, slot).bytes));
      const ring = readbackRing(gpu, 'rows of the cache', Math.min(PIECE, most), 1);
      try {
        for (const tensor of tensors) {
          const kept = keptHeads(tensor, packed);
          const { length, lowest } = packedRows(kept, packed);
          if (length > lowest) {
            const all = await readRows(gpu, tensor.buffer, tensor.rowBytes, lowest, length - lowest);
            for (const { start, place } of kept) {
              if (length > start) yield partOf(all, length - start, place);
            }
          }
          for (const [from, fromOffset, bytes] of pieces(tensor, length, count, slot)) {
            const slot = ring.take();
            copy([{ from, fromOffset, to: slot.buffer, bytes }]);
            yield new Uint8Array(await slot.read(bytes));
          }
        }
      } finally {
        ring.destroy();
      }
    },
    async write(count, next, packed) {
      snapshots?.cut(0);
      const slot = snapshots?.place(count);
      for (const tensor of tensors) {
        const kept = keptHeads(tensor, packed);
        const { length, lowest } = packedRows(kept, packed);
        if (length > lowest) {
          const all = new Uint8Array((length - lowest) * tensor.rowBytes);
          for (const { start, width, place } of kept) {
            if (length > start) putPart(await next((length - start) * width), all, place);
          }
          writeBuffer(gpu, tensor.buffer, lowest * tensor.rowBytes, all);
        }
        for (const [to, offset, bytes] of pieces(tensor, length, count, slot)) {
          writeBuffer(gpu, to, offset, await next(bytes));
        }
      }
    },
  };
}

/** Offset and length in bytes; `slot` has the state after the last position. */
function bytesToKeep(
  { rowBytes, ring, slots }: CacheTensor,
  first: number,
  count: number,
  slot: number | undefined,
) {
  const [row, rows] = slots ? [slot ?? 0, 1] : rowsToKeep(ring, first, count);
  return { offset: row * rowBytes, bytes: rows * rowBytes };
}

function formOf(value: Value): string {
  if (hasSlots(value)) return ' slot';
  const rows = ringOf(value);
  return rows === undefined ? '' : ` ring ${rows}`;
}

/** The states that runs write rows into. */
function cacheValues(graph: Graph): Value[] {
  const written = new Set(graph.values.map(({ origin }) => (origin.kind === 'view' ? origin.of : -1)));
  return graph.values.filter(({ id }) => written.has(id));
}

/** The heads of a tensor of which rows were dropped, and where each begins; none where the text is not packed. */
function keptHeads({ heads, rowBytes }: CacheTensor, packed: Packed | undefined) {
  if (heads === undefined || packed === undefined) return [];
  return Array.from({ length: heads.count }, (_, head) => ({
    start: packed.starts[heads.at + head] as number,
    width: rowBytes / heads.count,
    place: { head, heads: heads.count, rowBytes },
  }));
}

/** The rows [lowest, length) that any of the heads keeps of a packed text; none without heads. */
function packedRows(kept: ReturnType<typeof keptHeads>, packed: Packed | undefined) {
  if (kept.length === 0 || packed === undefined) return { length: 0, lowest: 0 };
  return { length: packed.length, lowest: Math.min(...kept.map(({ start }) => start)) };
}

/** Buffer, offset and bytes of each piece of the rows [first, count). */
function* pieces(
  tensor: CacheTensor,
  first: number,
  count: number,
  slot: number | undefined,
): Iterable<[Buffer, number, number]> {
  const { offset, bytes } = bytesToKeep(tensor, first, count - first, slot);
  for (let at = 0; at < bytes; at += PIECE) yield [tensor.buffer, offset + at, Math.min(PIECE, bytes - at)];
}
