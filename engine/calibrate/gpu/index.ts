/** Calibration on a GPU. */
import { throwIfAborted } from '../../base/errors.ts';
import { type Buffer, type Gpu, submittedWorkDone, withAllocationErrors } from '../../gpu/index.ts';
import type { ValueId } from '../../graph/graph.ts';
import type { CalibrationBackend, Calibrator, Window } from '../backend.ts';
import { DAMPING } from '../factor.ts';
import { addCrossOn, addOuterOn, createMatrix, factorOn, solveOn } from './factor.ts';
import { type KeptValues, runStage } from './run-stage.ts';
import { type RoundedBy, sweepOn } from './sweep.ts';

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
  /** Of the next products' input, as it would be if the weights before were exact. */
  const exact: KeptValues = new Map();
  const destroyAll = (buffers: readonly Buffer[] = []) => {
    for (const buffer of buffers) buffer.destroy();
  };
  const inTurn = async (signal: AbortSignal | undefined) => {
    await turn(signal);
    throwIfAborted(signal, 'calibration');
  };
  const roundedBy = async (
    input: ValueId,
    width: number,
    signal: AbortSignal | undefined,
  ): Promise<RoundedBy> => {
    const own = exact.get(input);
    const factor = createMatrix(gpu, width);
    const shift = own === undefined ? undefined : createMatrix(gpu, width);
    try {
      for (const [i, x] of (kept.get(input) ?? []).entries()) {
        const rows = windows[i]?.length as number;
        await inTurn(signal);
        await addOuterOn(gpu, factor, x, rows, width);
        if (shift !== undefined) await addCrossOn(gpu, shift, x, own?.[i] as Buffer, rows, width);
        await submittedWorkDone(gpu);
      }
      destroyAll(own);
      exact.delete(input);
      await factorOn(gpu, factor, width, damping, () => inTurn(signal));
      if (shift !== undefined) await solveOn(gpu, factor, shift, width, () => inTurn(signal));
      return { factor, shift };
    } catch (error) {
      destroyAll([factor, ...(shift === undefined ? [] : [shift])]);
      throw error;
    }
  };
  return {
    run: (stage, weights, signal) =>
      withAllocationErrors(gpu, stage.graph.name, () =>
        runStage(gpu, stage, windows, kept, weights, inTurn, signal),
      ),
    runExact: (stage, input, weights, signal) =>
      withAllocationErrors(gpu, stage.graph.name, () => {
        const only = { ...stage, keeps: stage.keeps.filter(({ id }) => id === input) };
        return runStage(gpu, only, windows, kept, weights, inTurn, signal, exact);
      }),
    async factor(input, width, signal) {
      const by = await withAllocationErrors(gpu, 'calibration', () => roundedBy(input, width, signal));
      return {
        quantise: (weights, name, quantising) =>
          withAllocationErrors(gpu, name, () =>
            sweepOn(gpu, by, weights, width, name, () => inTurn(quantising)),
          ),
        destroy: () => destroyAll([by.factor, ...(by.shift === undefined ? [] : [by.shift])]),
      };
    },
    drop(values) {
      for (const id of values) {
        destroyAll(kept.get(id));
        kept.delete(id);
      }
    },
    destroy() {
      for (const buffers of [...kept.values(), ...exact.values()]) destroyAll(buffers);
      kept.clear();
      exact.clear();
    },
  };
}
