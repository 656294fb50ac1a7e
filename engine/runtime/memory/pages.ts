/**
 * Pages: matrices of which a run needs some rows only, and which stay in the store (Gemma 4's per-layer embeddings are more
 * than half of its bytes). Before a run its rows are read in one call, and written to a buffer with as many rows as a run
 * has. Rows that were used lately are kept in memory. All memory is allocated once.
 */
import { fail } from '../../base/errors.ts';
import { type Gpu, writeBuffer } from '../../gpu/index.ts';
import type { Graph, Value } from '../../graph/graph.ts';
import { printType, type TensorType } from '../../tensor/tensor.ts';
import type { RuntimeOptions, WeightBytes, WeightSource } from '../runtime.ts';
import type { Resources } from './resources.ts';
import { rowBytes } from './segments.ts';

/** Bytes of kept rows of a matrix: about 700 tokens of Gemma 4 E2B in 4 bits. */
const KEPT_BYTES = 4 << 20;
/** Runs whose rows can be fetched and not yet written: the one that waits for the GPU, and the next. */
const IN_FLIGHT = 2;

/** Writes the fetched rows to the GPU; called when the run is submitted. */
export type WritePages = () => void;

export interface Pages {
  /**
   * Fetches the rows of `ids`. At most two calls may wait for their rows to be written. Throws what the store throws.
   */
  read(ids: ArrayLike<number>, signal?: AbortSignal): Promise<WritePages>;
  /** Rows that were read from the store so far. */
  readonly rowsRead: number;
}

/**
 * Undefined for a graph without such matrices. `longest` is the most rows of a run. Throws `store-damaged` for a matrix that is
 * missing or has another type.
 */
export function createPages(
  gpu: Gpu,
  graph: Graph,
  resources: Resources,
  { weights }: Pick<RuntimeOptions, 'weights'>,
  longest: number,
): Pages | undefined {
  // One at a time: another call must not drop the rows that this one is about to copy.
  let last: Promise<unknown> = Promise.resolve();
  const tables = graph.values.flatMap((value) => tableOf(value, weights, resources, gpu, longest));
  if (tables.length === 0) return undefined;
  return {
    read(ids, signal) {
      const all = async (): Promise<WritePages> => {
        const writes = await Promise.all(tables.map((table) => table.read(ids, signal)));
        return () => {
          for (const write of writes) write();
        };
      };
      const made = last.then(all);
      last = made.catch(() => {}); // the caller gets the error
      return made;
    },
    get rowsRead() {
      return tables.reduce((sum, table) => sum + table.rowsRead, 0);
    },
  };
}

function tableOf(
  { id, origin, type }: Value,
  weights: WeightSource,
  resources: Resources,
  gpu: Gpu,
  longest: number,
): Pages[] {
  if (origin.kind !== 'pages') return [];
  const { tensor } = origin.rows;
  const rows = checkedRows(weights, tensor, type);
  const parts = rowBytes(type);
  const perRow = parts.reduce((sum, [, bytes]) => sum + bytes, 0);
  const kept = keptRows(
    Math.max(longest, Math.floor(KEPT_BYTES / perRow)),
    parts.map(([, bytes]) => bytes),
  );
  const staged = Array.from({ length: IN_FLIGHT }, () =>
    parts.map(([, bytes]) => new Uint8Array(Math.ceil((longest * bytes) / 4) * 4)),
  );
  let turn = 0;
  let rowsRead = 0;
  const load = async (missing: readonly number[], signal: AbortSignal | undefined) => {
    if (missing.length === 0) return;
    const made = await weights.readRows?.(tensor, missing, signal);
    if (made === undefined)
      fail('internal', { who: tensor, message: 'these weights cannot be read by rows' });
    rowsRead += missing.length;
    for (const [i, row] of missing.entries()) kept.put(row, made, i);
  };
  return [
    {
      async read(ids, signal) {
        const wanted = Array.from(ids, (row) => Math.min(row, rows - 1));
        // Used before the others are read, so that these do not push them out.
        const missing = [...new Set(wanted)].filter((row) => !kept.use(row));
        await load(missing, signal);
        const into = staged[turn++ % IN_FLIGHT] as Uint8Array<ArrayBuffer>[];
        for (const [i, row] of wanted.entries()) kept.copy(row, into, i);
        return () => {
          for (const [p, [part, bytes]] of parts.entries()) {
            const used = Math.ceil((wanted.length * bytes) / 4) * 4;
            writeBuffer(
              gpu,
              resources.bufferOf(id, part),
              0,
              (into[p] as Uint8Array<ArrayBuffer>).subarray(0, used),
            );
          }
        };
      },
      get rowsRead() {
        return rowsRead;
      },
    },
  ];
}

/** Rows of the matrix in the store. */
function checkedRows(weights: WeightSource, tensor: string, type: TensorType): number {
  const stored = weights.type(tensor);
  const rows = stored?.shape[0];
  const wanted = printType({ ...type, shape: [rows ?? 0, ...type.shape.slice(1)] });
  if (stored !== undefined && typeof rows === 'number' && printType(stored) === wanted) return rows;
  return fail('store-damaged', {
    who: tensor,
    message: 'the stored tensor is not what the model needs',
    expected: wanted,
    got: stored === undefined ? 'nothing' : printType(stored),
  });
}

/** The rows that were used last, at most `most`. */
function keptRows(most: number, bytes: readonly number[]) {
  const memory = bytes.map((n) => new Uint8Array(most * n));
  /** The place of each row, the one that was used longest ago first. */
  const places = new Map<number, number>();
  const use = (row: number): boolean => {
    const place = places.get(row);
    if (place === undefined) return false;
    places.delete(row);
    places.set(row, place);
    return true;
  };
  const freePlace = (): number => {
    if (places.size < most) return places.size;
    const [oldest, place] = places.entries().next().value as [number, number];
    places.delete(oldest);
    return place;
  };
  return {
    /** Whether the row is kept; it is then the last that may be dropped. */
    use,
    put(row: number, { data, scales }: WeightBytes, index: number): void {
      const place = freePlace();
      places.set(row, place);
      for (const [p, n] of bytes.entries()) {
        const source = (p === 0 ? data : scales) as Uint8Array;
        memory[p]?.set(source.subarray(index * n, (index + 1) * n), place * n);
      }
    },
    copy(row: number, into: readonly Uint8Array[], index: number): void {
      const place = places.get(row) as number;
      for (const [p, n] of bytes.entries())
        into[p]?.set((memory[p] as Uint8Array).subarray(place * n, (place + 1) * n), index * n);
    },
  };
}
