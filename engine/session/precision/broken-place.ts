/** Adds to an error about numbers that are not finite where the first of them was computed. */
import { EngineError, isAborted } from '../../base/errors.ts';
import type { BrokenNumber, Runtime } from '../../runtime/index.ts';

/**
 * Returns `error`, or for `numbers-broken` one that names layer, operation and tensor; its cause is the
 * {@link BrokenNumber}. Runs `ids`, of which the first `prompt` are read together, and overwrites the cache. After
 * `signal` it returns an error `request-aborted` instead.
 */
export async function withPlace(
  error: unknown,
  runtime: Runtime,
  ids: readonly number[],
  prompt: number,
  signal?: AbortSignal,
): Promise<unknown> {
  if (!(error instanceof EngineError) || error.code !== 'numbers-broken') return error;
  let found: BrokenNumber | undefined;
  try {
    found = await runtime.findBroken?.(ids, prompt, signal);
  } catch (failure) {
    return isAborted(failure) ? failure : error;
  }
  if (found === undefined) return error;
  const { node, op, value, dtype, number, tensor } = found;
  const place = `${node} (${op})`;
  return new EngineError('numbers-broken', {
    who: tensor ?? place,
    message:
      tensor === undefined
        ? 'the model computed a number that is not finite'
        : 'this tensor has a number that is not finite',
    where: tensor === undefined ? value : place,
    expected: dtype === 'f16' ? 'numbers of at most 65504 (f16)' : 'finite numbers',
    got: String(number),
    cause: found,
  });
}

/** Whether the error may be absent where activations have a larger range: unless the weights themselves are broken. */
export function mayFitWider(error: unknown): boolean {
  if (!(error instanceof EngineError) || error.code !== 'numbers-broken') return false;
  return (error.cause as BrokenNumber | undefined)?.tensor === undefined;
}
