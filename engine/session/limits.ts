/** Default sizes. */

/** Default maximum of tokens in prompt and answer together; limited by a phone's memory. */
export const DEFAULT_CAPACITY = 4096;
/**
 * How many tokens a conversation can be rolled back if layers keep only a window: the length of a question and its
 * answer, so that the next question about the same page does not read the page again.
 */
export const REACH = 1024;
/** Maximum number of prompt tokens per submit: the bound of S. */
export const MAX_CHUNK = 128;
