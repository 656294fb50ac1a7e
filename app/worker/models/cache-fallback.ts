/** Loads a model with its KV cache in the form that a person chose; see `CacheForm`. */
import { type CacheForm, EngineError, log } from '../../../engine/index.ts';

/**
 * Calls `load` with the chosen form, and with the plain one if the model's heads do not allow it (`request-invalid`).
 * Rethrows other errors.
 */
export async function loadInForm<T>(cache: CacheForm, load: (cache: CacheForm) => Promise<T>): Promise<T> {
  try {
    return await load(cache);
  } catch (error) {
    const refused = error instanceof EngineError && error.code === 'request-invalid';
    if (cache === 'plain' || !refused) throw error;
    log('warn', 'engine', `keys and values are kept in the plain form: ${error.code}`);
    return load('plain');
  }
}
