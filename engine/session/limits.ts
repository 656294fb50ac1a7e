/** Sizes that a caller may leave out. */

/** Tokens that prompt and answer may have together; a phone's memory has a say. */
export const DEFAULT_CAPACITY = 4096;
/**
 * How many tokens a conversation can be cut back where layers keep a window alone: a question and its answer, so that
 * the next question about the same page does not read the page again.
 */
export const REACH = 1024;
/** Tokens of a prompt per submit: the bound of S. */
export const MAX_CHUNK = 128;
