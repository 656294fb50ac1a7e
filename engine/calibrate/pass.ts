/**
 * The pass over a model: stage by stage, the weights of each stage quantised by the inputs that they get when all weights
 * before them are quantised already. Holds the activations of the calibration text and one tensor at a time.
 */
import { throwIfAborted } from '../base/errors.ts';
import type { Graph } from '../graph/graph.ts';
import type { M0e4Rows } from '../quant/m0e4.ts';
import type { WeightSource } from '../runtime/index.ts';
import type { CalibrationBackend, Window } from './backend.ts';
import { compactEmbedding } from './compact-embedding.ts';
import { type CalibrationStage, stagesOf } from './stages.ts';

export interface CalibrationPass {
  /** The model's unfused graph, with types as stored, for as many new tokens as the longest window. */
  readonly graph: Graph;
  /** Which tensors are quantised by the pass; all others are stored before it. */
  readonly calibrated: (tensor: string) => boolean;
  readonly windows: readonly Window[];
  /** Weights as stored: those that are not calibrated, and each calibrated one once it was yielded. */
  readonly stored: WeightSource;
  /** The original numbers of a tensor: f32[rows, width]. */
  read(tensor: string, signal?: AbortSignal): Promise<Float32Array>;
  /** Opens the device for these windows. */
  open(windows: readonly Window[]): Promise<CalibrationBackend>;
  readonly signal?: AbortSignal;
}

/** A tensor that the pass has quantised. */
export interface CalibratedTensor {
  readonly tensor: string;
  readonly rows: M0e4Rows;
}

/**
 * Yields every tensor quantised, stage by stage. A yielded tensor must be readable from
 * `stored` when the next one is asked for. Throws `request-aborted` after `signal`, the errors of `read`, and those of
 * quantising.
 */
export async function* calibrate(pass: CalibrationPass): AsyncIterable<CalibratedTensor> {
  const { graph, calibrated, signal } = pass;
  const stages = stagesOf(graph, calibrated);
  const compact = compactEmbedding(stages, pass.windows, pass.stored);
  const last = stages.length - 1;
  const backend = await pass.open(compact.windows);
  try {
    for (const [i, stage] of compact.stages.entries()) {
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
  { read, signal }: CalibrationPass,
  backend: CalibrationBackend,
  { products }: CalibrationStage,
): AsyncIterable<CalibratedTensor> {
  if (products === undefined) return;
  const factor = await backend.factor(products.input, products.width, signal);
  try {
    for (const tensor of products.tensors) {
      throwIfAborted(signal, 'calibration');
      yield { tensor, rows: await factor.quantise(await read(tensor, signal), tensor) };
    }
  } finally {
    factor.destroy();
  }
}
