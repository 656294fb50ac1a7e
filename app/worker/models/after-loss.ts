/** Repeats work on the GPU when its process ended meanwhile; the browser starts another one at once. */
import { EngineError, log } from '../../../engine/index.ts';

/** How often work is repeated, and milliseconds before the first time; each wait is twice the one before. */
const REPEATS = 2;
const WAIT_MS = 500;

/**
 * Runs `work`. Runs it again after `gpu-lost`, and after `gpu-unavailable`, which a browser also says while the process
 * restarts. Throws the last of these errors, and any other at once. Without a `provider` (`navigator.gpu`) nothing is
 * repeated: there is no process that could restart.
 */
export async function afterLoss<T>(
  provider: object | undefined,
  work: () => Promise<T>,
  signal?: AbortSignal,
  wait: (ms: number) => Promise<void> = (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
): Promise<T> {
  for (let failures = 0; ; failures++) {
    try {
      return await work();
    } catch (error) {
      const passing =
        error instanceof EngineError && (error.code === 'gpu-lost' || error.code === 'gpu-unavailable');
      const final = provider === undefined || failures >= REPEATS || signal?.aborted === true;
      if (!passing || final) throw error;
      log('warn', 'engine', `loads again: ${error.code}`);
      await wait(WAIT_MS * 2 ** failures);
    }
  }
}
