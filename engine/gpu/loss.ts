/**
 * Tells a lost device from a fault of a program. When a GPU process ends, its pending calls fail in any way: an error
 * scope rejects, a pipeline does not compile, an object counts as invalid, memory is out. The device says that it is lost
 * at about the same time, often a little later. So an error is judged only after that had time to arrive.
 */
import { EngineError } from '../base/errors.ts';
import type { Gpu } from './device.ts';

/** Milliseconds in which a device reports its loss after a call failed; and turns of the event loop, where that was late. */
const REPORT_MS = 250;
const REPORT_TURNS = 8;
/** Milliseconds that work has to end by itself after a loss; some pending calls never settle. */
const SETTLE_MS = 1000;

/** Errors that a lost device may cause; others, such as a damaged file, have causes of their own. */
const DOUBTFUL = ['gpu-program', 'gpu-limit', 'numbers-broken', 'internal'];

/** Resolves to the loss behind an error that just occurred; undefined if the device works. */
export async function lossBehind(gpu: Gpu): Promise<EngineError | undefined> {
  let loss: EngineError | undefined;
  let wake = () => {};
  const stop = gpu.onLost((error) => {
    loss = error;
    wake();
  });
  const wait = (ms: number) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  if (loss === undefined) await wait(REPORT_MS);
  for (let turn = 0; loss === undefined && turn < REPORT_TURNS; turn++) await wait(0);
  stop();
  return loss;
}

/** Runs `work`; rejects with `gpu-lost` if it fails or does not end because the device was lost. */
export async function explainLoss<T>(gpu: Gpu, work: () => Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let stop = () => {};
  const stuck = new Promise<never>((_, reject) => {
    stop = gpu.onLost((loss) => {
      timer = setTimeout(() => reject(loss), SETTLE_MS);
    });
  });
  try {
    return await Promise.race([work(), stuck]);
  } catch (error) {
    const known = error instanceof EngineError && !DOUBTFUL.includes(error.code);
    throw known ? error : ((await lossBehind(gpu)) ?? error);
  } finally {
    stop();
    clearTimeout(timer);
  }
}
