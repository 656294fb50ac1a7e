/**
 * Uploads weights from the store to the GPU in pieces of a few MiB, and puts rows into the order that kernels need
 * (graph/rows.ts).
 */
import { fail, invariant, throwIfAborted } from '../../base/errors.ts';
import { type Gpu, submittedWorkDone, writeBuffer } from '../../gpu/index.ts';
import type { Graph, Value } from '../../graph/graph.ts';
import { heightOfRows, type RowRun, rowRuns, tensorsOf, unchanged } from '../../graph/rows.ts';
import { printType, type TensorType } from '../../tensor/tensor.ts';
import type { Resources } from './resources.ts';
import type { RuntimeOptions, WeightSource } from '../runtime.ts';
import { rowBytes, segmentRows } from './segments.ts';

/** Bytes of an upload piece: small enough for a phone, large enough to be efficient. */
const PIECE = 4 << 20;

type Options = Pick<RuntimeOptions, 'weights' | 'onProgress' | 'signal'>;

/** Throws `store-damaged` for a tensor that is missing or has another type, `request-aborted`. */
export async function uploadWeights(gpu: Gpu, graph: Graph, to: Resources, options: Options): Promise<void> {
  const total = to.weightBytes;
  let done = 0;
  let since = 0;
  for (const value of graph.values) {
    if (value.origin.kind !== 'weight') continue;
    for await (const bytes of uploadOne(gpu, value, to, options)) {
      throwIfAborted(options.signal, 'upload');
      done += bytes;
      since += bytes;
      options.onProgress?.({ phase: 'uploading', done: Math.min(done, total), total });
      // Written bytes stay in the browser's memory until the GPU has copied them.
      if (since > 16 * PIECE) {
        await submittedWorkDone(gpu);
        since = 0;
      }
    }
  }
  await submittedWorkDone(gpu);
}

async function* uploadOne(
  gpu: Gpu,
  value: Value,
  resources: Resources,
  options: Options,
): AsyncIterable<number> {
  if (value.origin.kind !== 'weight') return;
  const { rows } = value.origin;
  const { weights, signal } = options;
  const heightOf = (tensor: string) => weights.type(tensor)?.shape[0] as number;
  for (const tensor of tensorsOf(rows))
    if (weights.type(tensor) === undefined) checkType(weights, tensor, value.type);
  const runs = [...rowRuns(rows, heightOf)];
  for (const { tensor, to } of runs) checkType(weights, tensor, typeOfRow(value.type, to));
  const height = heightOfRows(rows, heightOf);
  const expected = value.type.shape[0] as number;
  if (height !== expected) damaged(value.name, `${expected} rows`, `${height} rows`);
  const parts = rowBytes(value.type);
  // An even number of rows keeps odd-length f16 rows on 4 bytes.
  const perPiece = Math.max(2, Math.floor(PIECE / (parts[0]?.[1] ?? 4) / 2) * 2);
  let start = 0;
  for (const [segment, count] of segmentRows(value.type, gpu.maxBindingBytes).entries()) {
    for (let first = start; first < start + count; first += perPiece) {
      const end = Math.min(start + count, first + perPiece);
      const pieces = parts.map(([, bytes]) => new Uint8Array(Math.ceil(((end - first) * bytes) / 4) * 4));
      await gather(weights, runs, [first, end], value.type, pieces, signal);
      for (const [i, [part, bytes]] of parts.entries()) {
        const to = resources.bufferOf(value.id, part, segment);
        writeBuffer(gpu, to, (first - start) * bytes, pieces[i] as Uint8Array<ArrayBuffer>);
      }
      yield pieces.reduce((sum, piece) => sum + piece.length, 0);
    }
    start += count;
  }
}

/** Fills rows [first, end) of a value: one read per tensor, then a copy per row. */
async function gather(
  weights: WeightSource,
  runs: readonly RowRun[],
  [first, end]: readonly [number, number],
  type: TensorType,
  pieces: readonly Uint8Array[],
  signal: AbortSignal | undefined,
): Promise<void> {
  const cut = runs.map((run) => within(run, first, end)).filter((run) => run.count > 0);
  for (const tensor of new Set(cut.map((run) => run.tensor))) {
    const mine = cut.filter((run) => run.tensor === tensor);
    const low = Math.min(...mine.map((run) => run.from));
    const high = Math.max(...mine.map((run) => run.from + (run.count - 1) * run.fromStride));
    const vector = type.shape.length === 1;
    const read = await weights.read(tensor, vector ? 0 : low, vector ? 1 : high - low + 1, signal);
    const room = rowBytes(type);
    for (const [i, [part, bytes]] of rowBytes(typeOfRow(type, mine[0]?.to ?? 0)).entries()) {
      const source = part === 'data' ? read.data : read.scales;
      const have = source === undefined ? 0 : source.length;
      const skipped = vector ? 0 : low;
      if (source === undefined || have < (high + 1 - skipped) * bytes) {
        damaged(tensor, `${(high + 1 - skipped) * bytes} bytes of ${part}`, `${have} bytes`);
      }
      const widths = { bytes, room: room[i]?.[1] ?? bytes };
      for (const run of mine) copyRows(source, pieces[i] as Uint8Array, run, skipped, first, widths);
    }
  }
}

function copyRows(
  source: Uint8Array,
  target: Uint8Array,
  run: RowRun,
  skipped: number,
  first: number,
  { bytes, room }: { readonly bytes: number; readonly room: number },
): void {
  const { from, to, count, fromStride, toStride, plus, times } = run;
  if (!unchanged(run)) {
    const numbers = new Float32Array(source.slice(0, source.length - (source.length % 4)).buffer);
    const into = new Float32Array(target.buffer, target.byteOffset, target.length / 4);
    invariant(bytes === 4, 'upload', 'only f32 numbers can be changed');
    for (let i = 0; i < count; i++) {
      const number = numbers[from + i * fromStride - skipped] as number;
      into[to + i * toStride - first] = (number + plus) * times;
    }
    return;
  }
  if (fromStride === 1 && toStride === 1 && bytes === room) {
    const start = (from - skipped) * bytes;
    target.set(source.subarray(start, start + count * bytes), (to - first) * bytes);
    return;
  }
  for (let i = 0; i < count; i++) {
    const start = (from + i * fromStride - skipped) * bytes;
    target.set(source.subarray(start, start + bytes), (to + i * toStride - first) * room);
  }
}

/** The type of row `to` of a value, which may have two cells. */
function typeOfRow(type: TensorType, to: number): TensorType {
  const [zone, other] = type.zones ?? [];
  if (zone === undefined || other === undefined) return type;
  return { dtype: (to < zone.rows ? zone : other).dtype, shape: type.shape };
}

/** The part of a run whose target rows are in [first, end). */
function within(run: RowRun, first: number, end: number): RowRun {
  const skip = Math.max(0, Math.ceil((first - run.to) / run.toStride));
  const stop = Math.min(run.count, Math.ceil((end - run.to) / run.toStride));
  return {
    ...run,
    from: run.from + skip * run.fromStride,
    to: run.to + skip * run.toStride,
    count: Math.max(0, stop - skip),
  };
}

/** A stored tensor must have the dtype, group and row width of the value that it belongs to. */
function checkType(weights: WeightSource, tensor: string, type: TensorType): void {
  const stored = weights.type(tensor);
  const shape = [stored?.shape[0] ?? 0, ...type.shape.slice(1)];
  const wanted = printType({ ...type, shape });
  if (stored === undefined) damaged(tensor, wanted, 'nothing');
  if (printType(stored) !== wanted) damaged(tensor, wanted, printType(stored));
}

function damaged(tensor: string, expected: string, got: string): never {
  fail('store-damaged', {
    who: tensor,
    message: 'the stored tensor is not what the model needs',
    expected,
    got,
  });
}
