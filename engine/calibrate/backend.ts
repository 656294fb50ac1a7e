/**
 * What calibration needs of a device. `gpu/` implements it with kernels.
 */
import type { ValueId } from '../graph/graph.ts';
import type { M0e4Rows } from '../quant/m0e4.ts';
import type { CalibrationStage } from './stages.ts';
import type { WeightSource } from '../runtime/index.ts';

/** Ids of one text, from BOS on. */
export type Window = readonly number[];

/** What the inputs of a product say about its weights (`factor.ts`), on the device. */
export interface Factor {
  /** Rounds f32[rows, width] by it; throws `checkpoint-damaged` as `quantiseRows` does. `name` is the tensor's. */
  quantise(weights: Float32Array, name: string, signal?: AbortSignal): Promise<M0e4Rows>;
  destroy(): void;
}

export interface CalibrationBackend {
  /** Runs a stage on every window and keeps what later stages read. Throws `request-aborted` after `signal`. */
  run(stage: CalibrationStage, weights: WeightSource, signal?: AbortSignal): Promise<void>;
  /** Factors XᵀX of a kept value over all windows. */
  factor(input: ValueId, width: number, signal?: AbortSignal): Promise<Factor>;
  drop(values: readonly ValueId[]): void;
  destroy(): void;
}

/** A device for calibration, which the caller of an import hands in. */
export interface Calibrator {
  /** What is added to the diagonal of XᵀX (`factor.ts`); recorded with the model. */
  readonly damping: number;
  /** Opens the device for these windows; throws what it throws when it is not there. */
  open(windows: readonly Window[]): Promise<CalibrationBackend>;
}
