/** Calibration on a GPU. */
import { throwIfAborted } from '../../base/errors.ts';
import { type Buffer, type Gpu, submittedWorkDone, withAllocationErrors } from '../../gpu/index.ts';
import type { CalibrationBackend, Calibrator, Window } from '../backend.ts';
import { DAMPING } from '../factor.ts';
import { addOuterOn, createMatrix, factorOn } from './factor.ts';
import { type KeptValues, runStage } from './run-stage.ts';
import { sweepOn } from './sweep.ts';

export interface GpuCalibratorOptions {
  /** {@link DAMPING} when absent. */
  readonly damping?: number | undefined;
  /**
   * Awaited before each piece of work, of at most some tenths of a second on a slow GPU: the caller lets other work on the
   * GPU go first.
   */
  readonly turn?: ((signal: AbortSignal | undefined) => Promise<void>) | undefined;
}

/** A calibrator on this GPU, or on the one that `gpu` opens when it is needed. */
export function gpuCalibrator(
  gpu: Gpu | (() => Promise<Gpu>),
  { damping = DAMPING, turn = async () => {} }: GpuCalibratorOptions = {},
): Calibrator {
  return {
    damping,
    open: async (windows) =>
      gpuCalibration(typeof gpu === 'function' ? await gpu() : gpu, windows, damping, turn),
  };
}

type Turn = NonNullable<GpuCalibratorOptions['turn']>;

/** Its methods throw `gpu-limit`, `gpu-lost` and `request-aborted`. */
function gpuCalibration(
  gpu: Gpu,
  windows: readonly Window[],
  damping: number,
  turn: Turn,
): CalibrationBackend {
  const kept: KeptValues = new Map();
  const destroyAll = (buffers: readonly Buffer[] = []) => {
    for (const buffer of buffers) buffer.destroy();
  };
  const inTurn = async (signal: AbortSignal | undefined) => {
    await turn(signal);
    throwIfAborted(signal, 'calibration');
  };
  return {
    run: (stage, weights, signal, take) =>
      withAllocationErrors(gpu, stage.graph.name, () =>
        runStage(gpu, stage, windows, kept, weights, { turn: inTurn, signal, take }),
      ),
    async factor(input, width, signal) {
      const matrix = await withAllocationErrors(gpu, 'calibration', () => createMatrix(gpu, width));
      try {
        for (const [i, x] of (kept.get(input) ?? []).entries()) {
          await inTurn(signal);
          await addOuterOn(gpu, matrix, x, windows[i]?.length as number, width);
          await submittedWorkDone(gpu);
        }
        await factorOn(gpu, matrix, width, damping, () => inTurn(signal));
      } catch (error) {
        matrix.destroy();
        throw error;
      }
      return {
        quantise: (weights, tensor, quantising) =>
          withAllocationErrors(gpu, tensor.name, () =>
            sweepOn(gpu, { factor: matrix, width, ...tensor }, weights, () => inTurn(quantising)),
          ),
        destroy: () => matrix.destroy(),
      };
    },
    drop(values) {
      for (const id of values) {
        destroyAll(kept.get(id));
        kept.delete(id);
      }
    },
    destroy() {
      for (const buffers of kept.values()) destroyAll(buffers);
      kept.clear();
    },
  };
}
