/** Sizes that a caller may leave out. */

/** Tokens that prompt and answer may have together; a phone's memory has a say. */
export const DEFAULT_CAPACITY = 4096;
/** Tokens of a prompt per submit: the bound of S. */
export const MAX_CHUNK = 128;
