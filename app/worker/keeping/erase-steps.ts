/**
 * Erases everything that can be erased: each step stands alone, so that what is damaged, or hangs, keeps nothing else on
 * the device.
 */
import { AppError, toWire } from '../../protocol/errors.ts';
import { within } from '../start/within.ts';

export interface EraseStep {
  readonly what: string;
  run(): unknown;
}

/** In this order, each in at most `stepMs` milliseconds. Throws `erase-incomplete`, once all have been tried, if any failed. */
export async function eraseInSteps(steps: readonly EraseStep[], stepMs: number): Promise<void> {
  const failed: string[] = [];
  for (const { what, run } of steps) {
    await within(stepMs, async () => run(), what).catch((error: unknown) => {
      failed.push(`${what} (${toWire(error).code})`);
    });
  }
  if (failed.length === 0) return;
  throw new AppError('erase-incomplete', {
    who: 'Linnet',
    message: `could not be deleted: ${failed.join(', ')}`,
    got: failed.join(', '),
  });
}
