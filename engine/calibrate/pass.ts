/**
 * The pass over a model: stage by stage, the weights of each stage quantised by the inputs that they get when all weights
 * before them are quantised already. Holds the activations of the calibration text and a block of rows at a time.
 *
 * A pass that was interrupted begins anew with the first text, but rounds nothing again: stages whose tensors are stored
 * are only run. Results depend on what is stored alone, so they are those of an undisturbed pass on the same device.
 */
import { throwIfAborted } from '../base/errors.ts';
import type { CellRows } from '../quant/cells/planes.ts';
import type { GridName } from './grid.ts';
import type { WeightSource } from '../runtime/index.ts';
import type { CalibrationBackend, Calibrator, Window } from './backend.ts';
import { compactEmbedding } from './compact-embedding.ts';
import type { CalibrationStage } from './stages.ts';

/** Rows of a tensor in its original numbers. */
export interface OriginalRows {
  /** f32[rows, width]. */
  readonly values: Float32Array;
  /** Bytes of the checkpoint that they were read from. */
  readonly bytes: number;
}

export interface CalibrationPass {
  /** Of the model's unfused graph, with types as stored, for as many new tokens as the longest window (`stages.ts`). */
  readonly stages: readonly CalibrationStage[];
  readonly windows: readonly Window[];
  /** Weights as stored: those that are not calibrated, and each calibrated one once its rows were yielded. */
  readonly stored: WeightSource;
  /** Whether a tensor is stored whole already. */
  isStored(tensor: string): boolean;
  /** The type to which a tensor is rounded. */
  gridOf(tensor: string): GridName;
  /** The rows of a tensor that are not stored yet, in order. */
  read(tensor: string): AsyncIterable<OriginalRows>;
  readonly calibrator: Calibrator;
  readonly signal?: AbortSignal | undefined;
}

/** Rows that the pass has quantised. */
export interface CalibratedRows {
  readonly tensor: string;
  /** As stored. */
  readonly rows: CellRows;
  /** Bytes of the checkpoint that they were made from. */
  readonly bytes: number;
}

/**
 * Yields all rows that are not stored, in the order of the stages' tensors. Yielded rows must be readable from `stored`
 * when the next ones are asked for. Throws `request-aborted` after `signal`, the errors of `read`, of the device, and
 * those of quantising.
 */
export async function* calibrate(pass: CalibrationPass): AsyncIterable<CalibratedRows> {
  const { stages, signal, isStored, calibrator } = pass;
  // What follows the last product that is left to round need not be run.
  const last = stages.findLastIndex(({ products }) => products?.tensors.some((name) => !isStored(name)));
  if (last < 0) return;
  const compact = compactEmbedding(stages, pass.windows, pass.stored);
  const backend = await calibrator.open(compact.windows);
  try {
    for (const [i, stage] of compact.stages.slice(0, last + 1).entries()) {
      throwIfAborted(signal, 'calibration');
      yield* quantised(pass, backend, stage);
      if (stage.graph.nodes.length > 0 && i < last) await backend.run(stage, compact.weights, signal);
      backend.drop(stage.drops);
    }
  } finally {
    backend.destroy();
  }
}

async function* quantised(
  { read, gridOf, isStored, signal }: CalibrationPass,
  backend: CalibrationBackend,
  { products }: CalibrationStage,
): AsyncIterable<CalibratedRows> {
  const left = products?.tensors.filter((name) => !isStored(name)) ?? [];
  if (products === undefined || left.length === 0) return;
  const factor = await backend.factor(products.input, products.width, signal);
  try {
    for (const tensor of left) {
      for await (const { values, bytes } of read(tensor)) {
        throwIfAborted(signal, 'calibration');
        const rounded = { name: tensor, dtype: gridOf(tensor) };
        yield { tensor, rows: await factor.quantise(values, rounded, signal), bytes };
      }
    }
  } finally {
    factor.destroy();
  }
}
