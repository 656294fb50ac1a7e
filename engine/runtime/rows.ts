/**
 * Rows of the KV cache as things that can be moved: set aside on the GPU and put back (a fork), or read to the CPU
 * and written again (a saved prefix). A row is one token's keys and values in every layer.
 *
 * Rows lie under each other in each cache tensor, so a run of rows is one copy a tensor; nothing is computed.
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
import type { Resources } from './resources.ts';

/** Rows set aside in GPU memory of their own. */
export interface ParkedRows {
  readonly count: number;
  readonly bytes: number;
  destroy(): void;
}

export interface CacheRows {
  /** Bytes of one row in all cache tensors together. */
  readonly rowBytes: number;
  /** What the rows of a saved prefix must agree on: each tensor's name, element type and width. */
  readonly layout: string;
  /** Copies rows [first, first + count) to memory of their own, which is allocated. */
  park(first: number, count: number): ParkedRows;
  /** Copies all parked rows to rows from `first` on. */
  unpark(rows: ParkedRows, first: number): void;
  /** Rows [0, count), tensor by tensor, in pieces of at most {@link PIECE} bytes. */
  read(count: number): AsyncIterable<Uint8Array<ArrayBuffer>>;
  /** Takes in the same order what `read` gave, `bytes(n)` giving the next n; rows [0, count). */
  write(count: number, bytes: (length: number) => Promise<Uint8Array<ArrayBuffer>>): Promise<void>;
}

/** In bytes. */
const PIECE = 4 << 20;

interface Tensor {
  readonly name: string;
  readonly buffer: Buffer;
  readonly rowBytes: number;
}

export function createCacheRows(gpu: Gpu, graph: Graph, resources: Resources): CacheRows {
  const values = cacheValues(graph);
  const tensors = values.map(({ id, name, type }): Tensor => {
    const width = type.shape[1] as number;
    return { name, buffer: resources.bufferOf(id, 'data'), rowBytes: width * (type.dtype === 'f16' ? 2 : 4) };
  });
  const rowBytes = tensors.reduce((sum, t) => sum + t.rowBytes, 0);
  const parked = new WeakMap<ParkedRows, readonly Buffer[]>();
  const copy = (copies: readonly Copy[]) => submit(gpu, [], [], copies);
  return {
    rowBytes,
    layout: values.map(({ name, type }) => `${name} ${type.dtype} ${type.shape[1]}`).join('\n'),
    park(first, count) {
      const made = tensors.map((t) => createBuffer(gpu, `${t.name}, parked`, count * t.rowBytes));
      copy(
        tensors.map((t, i) => ({
          ...{ from: t.buffer, fromOffset: first * t.rowBytes },
          ...{ to: made[i] as Buffer, bytes: count * t.rowBytes },
        })),
      );
      const rows = { count, bytes: count * rowBytes, destroy: () => made.forEach((b) => void b.destroy()) };
      parked.set(rows, made);
      return rows;
    },
    unpark(rows, first) {
      const from = parked.get(rows) ?? [];
      copy(
        tensors.map((t, i) => ({
          ...{ from: from[i] as Buffer, to: t.buffer },
          ...{ toOffset: first * t.rowBytes, bytes: rows.count * t.rowBytes },
        })),
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

/** The states that runs write rows into. */
function cacheValues(graph: Graph): Value[] {
  const written = new Set(graph.values.map(({ origin }) => (origin.kind === 'view' ? origin.of : -1)));
  return graph.values.filter(({ id }) => written.has(id));
}

function longest(tensors: readonly Tensor[]): number {
  return Math.max(...tensors.map((t) => t.rowBytes));
}

/** Buffer, offset, bytes of each piece, in the order of a saved prefix. */
function* pieces(tensors: readonly Tensor[], count: number): Iterable<[Buffer, number, number]> {
  for (const { buffer, rowBytes } of tensors) {
    const end = count * rowBytes;
    for (let at = 0; at < end; at += PIECE) yield [buffer, at, Math.min(PIECE, end - at)];
  }
}
