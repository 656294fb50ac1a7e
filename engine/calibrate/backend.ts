/**
 * What calibration needs of a device. `gpu/` implements it with kernels.
 */
import type { ValueId } from '../graph/graph.ts';
import type { CellRows } from '../quant/cells/planes.ts';
import type { GridName } from './grid.ts';
import type { CalibrationStage } from './stages.ts';
import type { WeightSource } from '../runtime/index.ts';

/** Ids of one text, from BOS on. */
export type Window = readonly number[];

export interface RoundedTensor {
  readonly name: string;
  readonly dtype: GridName;
}

/** What the inputs of a product say about its weights (`factor.ts`), on the device. */
export interface Factor {
  /** Rounds f32[rows, width] of a tensor by it, as stored; throws `checkpoint-damaged` as `quantiseRows` does. */
  quantise(weights: Float32Array, tensor: RoundedTensor, signal?: AbortSignal): Promise<CellRows>;
  destroy(): void;
}

/** `values` must not be used after the call. */
export type TakeResult = (window: number, values: Float32Array) => void;

export interface CalibrationBackend {
  /**
   * Runs a stage on every window and keeps what later stages read; with `take` nothing is kept of the last stage, and `take`
   * gets its one result, f32, window by window. Throws `request-aborted` after `signal`.
   */
  run(stage: CalibrationStage, weights: WeightSource, signal?: AbortSignal, take?: TakeResult): Promise<void>;
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
