/**
 * Moves rows of the KV cache: parks them on the GPU and restores them (a fork), or reads them to the CPU and writes
 * them again (a saved prefix). A row holds one token's keys and values in every layer.
 *
 * Rows are contiguous in each cache tensor, so a range of rows is one copy per tensor, without any computation. A ring
 * (`graph/rings.ts`) is copied whole, to the same rows.
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
import { ringRows, rowsToKeep } from '../graph/rings.ts';
import { bytesOfRow, type TensorType } from '../tensor/tensor.ts';
import type { Resources } from './memory/resources.ts';

/** Rows parked in GPU memory of their own. */
export interface ParkedRows {
  readonly count: number;
  readonly bytes: number;
  destroy(): void;
}

export interface CacheRows {
  /** Bytes of the saved rows of `count` tokens. */
  bytesOf(count: number): number;
  /** Must be equal for a saved prefix to fit: each tensor's name, element type, width and ring. */
  readonly layout: string;
  /** Allocates memory and copies positions [first, first + count) to it. */
  park(first: number, count: number): ParkedRows;
  /** Copies all parked rows back. Pass the same `first` as to `park`. */
  unpark(rows: ParkedRows, first: number): void;
  /** Yields the rows of positions [0, count), tensor by tensor, in pieces of at most {@link PIECE} bytes. */
  read(count: number): AsyncIterable<Uint8Array<ArrayBuffer>>;
  /** Writes what `read` yielded, in the same order; `bytes(n)` resolves to the next n bytes. */
  write(count: number, bytes: (length: number) => Promise<Uint8Array<ArrayBuffer>>): Promise<void>;
}

/** In bytes. */
const PIECE = 4 << 20;

interface CacheTensor {
  readonly name: string;
  readonly buffer: Buffer;
  readonly rowBytes: number;
  readonly ring: number | undefined;
}

export function createCacheRows(gpu: Gpu, graph: Graph, resources: Resources): CacheRows {
  const values = cacheValues(graph);
  const tensors = values.map(({ id, name, type }): CacheTensor => {
    const buffer = resources.bufferOf(id, 'data');
    return { name, buffer, rowBytes: bytesOfRow(type), ring: ringRows(type) };
  });
  const bytesOf = (first: number, count: number) =>
    tensors.reduce((sum, t) => sum + bytesToKeep(t, first, count).bytes, 0);
  const parked = new WeakMap<ParkedRows, readonly Buffer[]>();
  const copy = (copies: readonly Copy[]) => submit(gpu, [], [], copies);
  return {
    bytesOf: (count) => bytesOf(0, count),
    layout: values
      .map(({ name, type }) => `${name} ${type.dtype} ${type.shape[1]}${ringed(type)}`)
      .join('\n'),
    park(first, count) {
      const spans = tensors.map((t) => bytesToKeep(t, first, count));
      const made = tensors.map((t, i) => createBuffer(gpu, `${t.name}, parked`, spans[i]!.bytes));
      copy(
        tensors.map((t, i) => ({
          from: t.buffer,
          fromOffset: spans[i]!.offset,
          to: made[i] as Buffer,
          bytes: spans[i]!.bytes,
        })),
      );
      const rows = {
        count,
        bytes: bytesOf(first, count),
        destroy: () => made.forEach((b) => void b.destroy()),
      };
      parked.set(rows, made);
      return rows;
    },
    unpark(rows, first) {
      const from = parked.get(rows) ?? [];
      copy(
        tensors.map((t, i) => {
          const { offset, bytes } = bytesToKeep(t, first, rows.count);
          return { from: from[i] as Buffer, to: t.buffer, toOffset: offset, bytes };
        }),
      );
    },
    async *read(count) {
      const ring = readbackRing(gpu, 'rows of the cache', Math.min(PIECE, longest(tensors) * count), 1);
      try {
        for (const [from, fromOffset, bytes] of pieces(tensors, count)) {
          const slot = ring.take();
          copy([{ from, fromOffset, to: slot.buffer, bytes }]);
          yield new Uint8Array(await slot.read(bytes));
        }
      } finally {
        ring.destroy();
      }
    },
    async write(count, next) {
      for (const [to, offset, length] of pieces(tensors, count)) {
        writeBuffer(gpu, to, offset, await next(length));
      }
    },
  };
}

function bytesToKeep({ rowBytes, ring }: CacheTensor, first: number, count: number) {
  const [row, rows] = rowsToKeep(ring, first, count);
  return { offset: row * rowBytes, bytes: rows * rowBytes };
}

function ringed(type: TensorType): string {
  const rows = ringRows(type);
  return rows === undefined ? '' : ` ring ${rows}`;
}

/** The states that runs write rows into. */
function cacheValues(graph: Graph): Value[] {
  const written = new Set(graph.values.map(({ origin }) => (origin.kind === 'view' ? origin.of : -1)));
  return graph.values.filter(({ id }) => written.has(id));
}

function longest(tensors: readonly CacheTensor[]): number {
  return Math.max(...tensors.map((t) => t.rowBytes));
}

/** Buffer, offset and bytes of each piece, in the order of a saved prefix. */
function* pieces(tensors: readonly CacheTensor[], count: number): Iterable<[Buffer, number, number]> {
  for (const tensor of tensors) {
    const end = bytesToKeep(tensor, 0, count).bytes;
    for (let at = 0; at < end; at += PIECE) yield [tensor.buffer, at, Math.min(PIECE, end - at)];
  }
}
