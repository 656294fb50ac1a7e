/**
 * Truncates a text to what the model can read at once: its beginning, cut at the end of a sentence, by the tokenizer's
 * count. The result depends on text and model only, so all questions about a page share one prefix.
 *
 * The job reports what is left out ({@link TruncatedText.used} of {@link TruncatedText.total} tokens).
 *
 * Not here: which passages of a longer page a question needs (excerpts.ts).
 */

import { sentences } from '../../text/sentences.ts';

export interface TruncatedText {
  readonly text: string;
  /** Tokens. */
  readonly used: number;
  readonly total: number;
}

/** Share of the context reserved for questions and answers. */
const RESERVED = 0.3;
/** Most tokens reserved for questions and answers; enough for a long chat on a model of any size. */
const RESERVED_AT_MOST = 1500;

/** Tokens of a model's context that a page may take. */
export function pageBudget(capacity: number): number {
  return capacity - Math.min(RESERVED_AT_MOST, Math.ceil(capacity * RESERVED));
}

/** `count` must not fall when text is added, except by a few tokens where two pieces meet. */
export function truncateText(text: string, budget: number, count: (text: string) => number): TruncatedText {
  const total = count(text);
  if (total <= budget) return { text, used: total, total };
  const ends = sentences(text).map((sentence) => sentence.end);
  // Finds the longest run of sentences that fits by binary search; -1 if even the first is too long.
  let fits = -1;
  let low = 0;
  let high = ends.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    if (count(text.slice(0, ends[middle])) <= budget) {
      fits = middle;
      low = middle + 1;
    } else high = middle - 1;
  }
  const end = fits >= 0 ? ends[fits]! : longestWordRun(text, budget, count);
  const kept = text.slice(0, end).trimEnd();
  return { text: kept, used: count(kept), total };
}

/** How many characters fit of a text that is one long sentence, up to a space if one is near. At least 1. */
export function longestWordRun(text: string, budget: number, count: (text: string) => number): number {
  let low = 1;
  let high = text.length;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (count(text.slice(0, middle)) <= budget) low = middle;
    else high = middle - 1;
  }
  const space = text.lastIndexOf(' ', low);
  return space > low / 2 ? space : low;
}
