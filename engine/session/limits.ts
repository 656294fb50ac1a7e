/** Default sizes, and what becomes of them where there is little memory. */
import { EngineError } from '../base/errors.ts';
import { log } from '../base/log.ts';

/** Default maximum of tokens in prompt and answer together; limited by a phone's memory. */
export const DEFAULT_CAPACITY = 4096;
/** Tokens below which little memory makes no capacity: a page in parts, and its summary, need as many. */
export const LEAST_CAPACITY = 1024;
/**
 * How many tokens a conversation can be rolled back if layers keep only a window: the length of a question and its
 * answer, so that the next question about the same page does not read the page again.
 */
export const REACH = 1024;
/** Maximum number of prompt tokens per submit: the bound of S. */
export const MAX_CHUNK = 128;

/**
 * Loads with a capacity of `most` tokens, and with half as many where the GPU has no room (`gpu-limit`), to
 * {@link LEAST_CAPACITY}. Throws the last error.
 */
export async function withLessRoom<T>(most: number, load: (capacity: number) => Promise<T>): Promise<T> {
  for (let capacity = most; ; capacity = Math.floor(capacity / 2)) {
    try {
      return await load(capacity);
    } catch (error) {
      const isFull = error instanceof EngineError && error.code === 'gpu-limit';
      if (!isFull || capacity < 2 * LEAST_CAPACITY) throw error;
      log('warn', 'engine', `loads again for half of ${capacity} tokens: ${error.message}`);
    }
  }
}
