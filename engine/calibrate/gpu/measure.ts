/**
 * How long calibration of a model would take on a GPU: each kind of work is done once, on random numbers of the model's
 * own sizes, and multiplied. Smaller widths come first, so that a GPU that is too slow is known after a short time.
 */
import {
  createBuffer,
  type Gpu,
  submittedWorkDone,
  withAllocationErrors,
  writeBuffer,
} from '../../gpu/index.ts';
import { throwIfAborted } from '../../base/errors.ts';
import { seededRandom } from '../../tensor/random.ts';
import { GROUP } from '../grid.ts';
import type { CalibrationNeed, ProductNeed } from '../need.ts';
import { LONGEST } from '../windows.ts';
import { addOuterOn, createMatrix, factorOn, matrixBytes, padded } from './factor.ts';
import { MOST_BYTES, sweepOn } from './sweep.ts';

/** Rows that are rounded to measure rounding. */
const SAMPLE_ROWS = 256;

/** The grid that takes longest of those that need no shader of their own. */
const sampleType = (width: number) => (width % GROUP === 0 ? 'q5_0' : 'm0e4');

/** Bytes on the GPU at most, beside the weights of one stage. */
export function calibrationBytes({ keptBytes, products }: CalibrationNeed): number {
  const widest = widestOf(products);
  const rows = Math.max(...products.map((product) => product.rows));
  return keptBytes + matrixBytes(widest) + 2 * Math.min(MOST_BYTES, 4 * padded(widest) * rows);
}

/** Whether every buffer is within the limits of the GPU. */
export function fitsCalibration({ products }: CalibrationNeed, { facts }: Gpu): boolean {
  const { maxStorageBufferBindingSize = 0, maxBufferSize = 0 } = facts.limits;
  const largest = Math.max(MOST_BYTES, matrixBytes(widestOf(products)));
  return largest <= maxStorageBufferBindingSize && largest <= maxBufferSize;
}

/**
 * Resolves to seconds, or to more than `most` as soon as that is certain. `now` is a clock in milliseconds. Throws
 * `gpu-limit`, `gpu-lost` and `request-aborted`.
 */
export async function calibrationSeconds(
  gpu: Gpu,
  need: CalibrationNeed,
  { most, now, signal }: { readonly most: number; now(): number; readonly signal?: AbortSignal | undefined },
): Promise<number> {
  const widths = [...new Set(need.products.map(({ width }) => width))].sort((a, b) => a - b);
  const windows = need.tokens / LONGEST;
  let total = 0;
  for (const width of widths) {
    const own = need.products.filter((product) => product.width === width);
    const rows = own.reduce((sum, product) => sum + product.rows, 0);
    const cost = await withAllocationErrors(gpu, 'calibration', () => measured(gpu, width, now, signal));
    // A product of a window with its weights takes about as long as XᵀX does, by the ratio of their sizes.
    const run = (windows * cost.outer * rows) / width;
    total += own.length * (windows * cost.outer + cost.factor) + (rows * cost.sweep) / SAMPLE_ROWS + run;
    if (total > most) return total;
  }
  return total;
}

/** Seconds of each kind of work on inputs of this width. */
async function measured(gpu: Gpu, width: number, now: () => number, signal: AbortSignal | undefined) {
  const random = seededRandom(width);
  const numbers = (count: number) => Float32Array.from({ length: count }, () => random() - 0.5);
  const matrix = createMatrix(gpu, width);
  const x = createBuffer(gpu, 'sample of inputs', 4 * LONGEST * width);
  const timed = async (work: () => Promise<unknown>) => {
    throwIfAborted(signal, 'calibration');
    const start = now();
    await work();
    await submittedWorkDone(gpu);
    return (now() - start) / 1000;
  };
  try {
    writeBuffer(gpu, x, 0, numbers(LONGEST * width));
    const outerOnce = () => addOuterOn(gpu, matrix, x, LONGEST, width);
    await timed(outerOnce); // the first one compiles
    const outer = await timed(outerOnce);
    const factor = await timed(() => factorOn(gpu, matrix, width));
    const weights = numbers(SAMPLE_ROWS * width);
    const swept = { factor: matrix, width, name: 'a sample', dtype: sampleType(width) } as const;
    const sweep = await timed(() => sweepOn(gpu, swept, weights));
    return { outer, factor, sweep };
  } finally {
    matrix.destroy();
    x.destroy();
  }
}

const widestOf = (products: readonly ProductNeed[]) => Math.max(...products.map(({ width }) => width));
