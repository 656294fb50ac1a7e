/**
 * NaN and infinity in logits. The kernels that choose an id read every logit, so they notice them without a dispatch of
 * their own: instead of an id they return {@link BROKEN_ID}, which whoever reads the id turns into an error.
 */
import { fail } from '../base/errors.ts';

/** Stands for the id of logits that are not all finite (wgsl/lib/finite.wgsl). */
export const BROKEN_ID = 0xffffffff;
/** Stands for the maximum of such logits: f32 max. */
export const BROKEN_MAXIMUM = 3.4028234663852886e38;

/** Whether all numbers are finite. */
export function areFinite(numbers: ArrayLike<number>): boolean {
  for (let i = 0; i < numbers.length; i++) if (!Number.isFinite(numbers[i])) return false;
  return true;
}

/** Returns an id that was read back; throws `numbers-broken` for {@link BROKEN_ID}. */
export function chosenId(id: number): number {
  if (id !== BROKEN_ID) return id;
  return fail('numbers-broken', {
    who: 'logits',
    message: 'the model computed numbers that are not finite',
    expected: 'finite numbers',
    got: 'NaN or infinity',
  });
}
