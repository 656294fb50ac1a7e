/**
 * Calibration within an import (`engine/calibrate`): which tensors are rounded by their inputs, in which order the file
 * is filled, and the feed of blocks. Tensors that are not calibrated come first, in the order of their bytes; then those
 * of each stage of the model. All keep the places in the file that the plan gives them.
 *
 * The bytes of the source are needed in another order than its own, so its SHA-256 cannot be computed in the one pass:
 * such a model is not marked as hashed. Lengths, tags and shapes are checked as always.
 */
import type { Calibrator } from '../../../calibrate/backend.ts';
import { type GridName, GROUP, isGrid } from '../../../calibrate/grid.ts';
import { type CalibrationNeed, needOf } from '../../../calibrate/need.ts';
import { calibrate, type OriginalRows } from '../../../calibrate/pass.ts';
import { type CalibrationStage, stagesOf } from '../../../calibrate/stages.ts';
import { LONGEST, windowsOf } from '../../../calibrate/windows.ts';
import type { Window } from '../../../calibrate/backend.ts';
import { EngineError } from '../../../base/errors.ts';
import { buildModel, readModel } from '../../../models/index.ts';
import { checkpointFeed, type StorePlan, STORE_GROUP, widenedRows } from '../../../weights/import/convert.ts';
import type { Block, Feed } from '../../../weights/import/write-weights.ts';
import type { Checkpoint, CheckpointTensor } from '../../../weights/formats/checkpoint-tensor.ts';
import type { Position } from '../../../weights/store/journal.ts';
import { matrix, type StoredTensor } from '../../../weights/store/manifest.ts';
import { writtenWeights } from '../../../weights/store/weight-reader.ts';
import { hasGroup } from '../../../tensor/tensor.ts';

/** Bytes of f32 that are rounded at once: many rows, since each is a thread of its own. */
const BLOCK_BYTES = 32 << 20;

/** What is calibrated of a model, and how. */
export interface CalibrationWork {
  readonly stages: readonly CalibrationStage[];
  readonly windows: readonly Window[];
  readonly need: CalibrationNeed;
  /** The plan's tensors in the order in which they are written. */
  readonly order: readonly StoredTensor[];
  /** How many of {@link order} come first, which are not calibrated. */
  readonly plain: number;
}

/** Undefined where nothing can be calibrated: no matrix has a type of `grid.ts`, or the model cannot be run in stages. */
export function calibrationWork(
  config: unknown,
  plan: StorePlan,
  encode: (text: string) => readonly number[],
): CalibrationWork | undefined {
  const stored = new Map(plan.tensors.map((tensor) => [tensor.name, tensor]));
  const longest = Math.min(LONGEST, readModel(config).contextLength);
  const { graph } = buildModel(config, {
    activations: 'f32',
    weights: (tensor) => {
      const { dtype = 'm0e4', group = STORE_GROUP } = stored.get(tensor) ?? {};
      return hasGroup(dtype) ? { dtype, group } : { dtype };
    },
    maxChunk: longest,
    capacity: longest,
  });
  const canBe = (tensor: string) => {
    const { dtype, group } = stored.get(tensor) ?? {};
    return dtype !== undefined && isGrid(dtype) && (group ?? GROUP) === GROUP;
  };
  const stages = staged(() => stagesOf(graph, canBe));
  const names = stages?.flatMap(({ products }) => products?.tensors ?? []) ?? [];
  if (stages === undefined || names.length === 0) return undefined;
  const calibrated = new Set(names);
  const plain = plan.tensors.filter(({ name }) => !calibrated.has(name));
  const windows = windowsOf(encode, longest);
  const rowsOf = (name: string) => matrix((stored.get(name) as StoredTensor).shape).rows;
  return {
    stages,
    windows,
    need: needOf(stages, windows, rowsOf),
    order: [...plain, ...names.map((name) => stored.get(name) as StoredTensor)],
    plain: plain.length,
  };
}

/** Undefined for a model with values that no stage can keep. */
function staged<T>(make: () => T): T | undefined {
  try {
    return make();
  } catch (error) {
    if (error instanceof EngineError && error.code === 'internal') return undefined;
    throw error;
  }
}

/** The feed of `work.order`. */
export function calibratedFeed(
  checkpoint: Checkpoint,
  { stages, windows, order, plain }: CalibrationWork,
  calibrator: Calibrator,
): Feed {
  const first = checkpointFeed(checkpoint, { tensors: order.slice(0, plain), bytes: 0 });
  const rest = order.slice(plain);
  const bytesOf = ({ name }: StoredTensor) => (checkpoint.tensors.get(name) as CheckpointTensor).bytes;
  return {
    name: checkpoint.name,
    total: first.total + rest.reduce((sum, tensor) => sum + bytesOf(tensor), 0),
    async *blocks(from, signal, written) {
      if (from.tensor < plain) yield* first.blocks(from, signal, written);
      const at = positionIn(from, plain);
      const rows = readAhead(widenedRows(checkpoint, rest, at, BLOCK_BYTES, signal));
      const indexOf = new Map(order.map(({ name }, i) => [name, i]));
      const pass = calibrate({
        stages,
        windows,
        gridOf: (name) => (order[indexOf.get(name) as number] as StoredTensor).dtype as GridName,
        stored: writtenWeights(checkpoint.name, order, written),
        isStored: (name) => (indexOf.get(name) as number) < from.tensor,
        read: (name) => rows.take((indexOf.get(name) as number) - plain),
        calibrator,
        signal,
      });
      try {
        for await (const { tensor, rows: made, bytes } of pass) {
          const parts = [bytesIn(made.main), bytesIn(made.rest)];
          yield { tensor: indexOf.get(tensor) as number, parts, read: bytes } satisfies Block;
        }
      } finally {
        await rows.close();
      }
    },
  };
}

/** The position among the tensors from `first` on. */
function positionIn({ tensor, written, sums, done }: Position, first: number): Position {
  if (tensor < first) return { tensor: 0, written: [], sums: [], done: 0 };
  return { tensor: tensor - first, written, sums, done };
}

/** Reads the next block while the last one is worked on. Blocks must be taken tensor by tensor, in order. */
function readAhead(source: AsyncIterable<OriginalRows & { readonly tensor: number }>) {
  const iterator = source[Symbol.asyncIterator]();
  const ask = () => {
    const next = iterator.next();
    next.catch(() => {}); // it is awaited when it is needed
    return next;
  };
  let next: ReturnType<typeof ask> | undefined;
  return {
    async *take(tensor: number): AsyncIterable<OriginalRows> {
      for (;;) {
        next ??= ask();
        const { done, value } = await next;
        if (done === true || value.tensor !== tensor) return;
        next = ask();
        yield value;
      }
    },
    async close(): Promise<void> {
      await next?.catch(() => {});
      await iterator.return?.();
    },
  };
}

const bytesIn = ({ buffer, byteOffset, byteLength }: Uint32Array) =>
  new Uint8Array(buffer, byteOffset, byteLength);
