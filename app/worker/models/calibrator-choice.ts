/**
 * Whether a model is calibrated while it is imported: where that takes minutes at most, or a person asked for it, and where
 * the GPU has room for it. Otherwise it is converted plainly, and the Models page offers to improve it later.
 */
import {
  type AskCalibrator,
  calibrationBytes,
  calibrationSeconds,
  fail,
  fitsCalibration,
  type Gpu,
  gpuCalibrator,
  log,
} from '../../../engine/index.ts';

/** Seconds on the GPU that an import may take for it unasked; most downloads take longer. */
export const AT_ONCE_SECONDS = 240;
/** Share of the device's memory: half of what a model may use (fit.ts), which may be on the GPU meanwhile. */
const MEMORY_SHARE = 0.175;
const GiB = 2 ** 30;

/** Bytes that calibrating or comparing a model may take; undefined where the browser does not report the memory. */
export const calibrationRoom = (memoryGiB: number | undefined): number | undefined =>
  memoryGiB === undefined ? undefined : memoryGiB * GiB * MEMORY_SHARE;

export interface CalibratorChoice {
  device(): Promise<Gpu>;
  /** However long it takes. */
  readonly patient: boolean;
  /** As the browser reports it; undefined if it does not. */
  readonly memoryGiB: number | undefined;
  now(): number;
  turn?: ((signal: AbortSignal | undefined) => Promise<void>) | undefined;
  /** It will be calibrated. */
  onCalibration?: (() => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

export function calibratorChoice(choice: CalibratorChoice): AskCalibrator {
  const { device, patient, memoryGiB, now, turn, onCalibration, signal } = choice;
  return async (need) => {
    const gpu = await device().catch((error: unknown) => {
      if (patient) throw error;
      return undefined;
    });
    if (gpu === undefined) return undefined;
    const bytes = calibrationBytes(need);
    const room = bytes <= (calibrationRoom(memoryGiB) ?? Number.POSITIVE_INFINITY);
    if (!fitsCalibration(need, gpu) || !room) {
      if (!patient) return undefined;
      fail('gpu-limit', {
        who: gpu.facts.name,
        message: 'there is no room on this GPU to calibrate the model',
        expected: `${bytes} bytes, and buffers as large as its widest matrix`,
        got: `${gpu.facts.limits.maxStorageBufferBindingSize} bytes in a buffer`,
      });
    }
    // In software it takes hours, and measuring it already takes long.
    if (!patient && gpu.facts.software) return undefined;
    if (!patient) {
      await turn?.(signal);
      const seconds = await calibrationSeconds(gpu, need, { most: AT_ONCE_SECONDS, now, signal });
      log('info', 'models', `calibration would take ${Math.round(seconds)} s or more`);
      if (seconds > AT_ONCE_SECONDS) return undefined;
    }
    onCalibration?.();
    return gpuCalibrator(device, { turn: patient ? resting(turn, now) : turn });
  };
}

/** The longest rest, in milliseconds. */
const MOST_REST_MS = 1000;

/** Rests as long as the piece of work before took: pages, the browser's own included, draw with the same GPU. */
function resting(turn: CalibratorChoice['turn'], now: () => number): CalibratorChoice['turn'] {
  let begun = now();
  return async (signal) => {
    const worked = now() - begun;
    await turn?.(signal);
    await new Promise((resolve) => setTimeout(resolve, Math.min(worked, MOST_REST_MS)));
    begun = now();
  };
}
