/** Calibration on a GPU. */
import { throwIfAborted } from '../../base/errors.ts';
import { type Buffer, type Gpu, submittedWorkDone, withAllocationErrors } from '../../gpu/index.ts';
import type { CalibrationBackend, Window } from '../backend.ts';
import { addOuterOn, createMatrix, factorOn } from './factor.ts';
import { type KeptValues, runStage } from './run-stage.ts';
import { sweepOn } from './sweep.ts';

/** Its methods throw `gpu-limit`, `gpu-lost` and `request-aborted`. */
export function gpuCalibration(gpu: Gpu, windows: readonly Window[]): CalibrationBackend {
  const kept: KeptValues = new Map();
  const destroyAll = (buffers: readonly Buffer[] = []) => {
    for (const buffer of buffers) buffer.destroy();
  };
  return {
    run: (stage, weights, signal) =>
      withAllocationErrors(gpu, stage.graph.name, () => runStage(gpu, stage, windows, kept, weights, signal)),
    async factor(input, width, signal) {
      const matrix = await withAllocationErrors(gpu, 'calibration', () => createMatrix(gpu, width));
      try {
        for (const [i, x] of (kept.get(input) ?? []).entries()) {
          throwIfAborted(signal, 'calibration');
          await addOuterOn(gpu, matrix, x, windows[i]?.length as number, width);
          await submittedWorkDone(gpu);
        }
        await factorOn(gpu, matrix, width);
      } catch (error) {
        matrix.destroy();
        throw error;
      }
      return {
        quantise: (weights, name) =>
          withAllocationErrors(gpu, name, () => sweepOn(gpu, matrix, weights, width, name)),
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
