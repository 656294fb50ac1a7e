/** Loading a model in the form that a person chose for what it keeps of a text; see `CacheForm`. */
import { type CacheForm, EngineError, log } from '../../../engine/index.ts';

/** A model whose heads cannot be kept in the form (`request-invalid`) is loaded in the plain one: better than no answer. */
export async function loadInForm<T>(cache: CacheForm, load: (cache: CacheForm) => Promise<T>): Promise<T> {
  try {
    return await load(cache);
  } catch (error) {
    const refused = error instanceof EngineError && error.code === 'request-invalid';
    if (cache === 'plain' || !refused) throw error;
    log('warn', 'engine', `keys and values are kept in the plain form: ${error.message}`);
    return load('plain');
  }
}
