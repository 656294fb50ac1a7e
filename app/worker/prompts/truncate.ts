/**
 * How much of a text the model can read at once: its beginning, cut at the end of a sentence by the tokenizer's own
 * count. It depends on text and model only: every question about a page that fits then shares one prefix.
 *
 * Not here: which places of a longer page a question needs (excerpts.ts).
 *
 * What is left out is said in the job ({@link TruncatedText.used} of {@link TruncatedText.total}), never silently dropped.
 */

import { sentences } from '../../text/sentences.ts';

export interface TruncatedText {
  readonly text: string;
  /** Tokens. */
  readonly used: number;
  readonly total: number;
}

/** Part of the context kept for questions and answers. */
const RESERVED = 0.3;
/** Tokens for questions and answers, enough for a long chat on a model of any size. */
const RESERVED_AT_MOST = 1500;

/** Tokens of a model's context that a page may take. */
export function pageBudget(capacity: number): number {
  return capacity - Math.min(RESERVED_AT_MOST, Math.ceil(capacity * RESERVED));
}

/** `count` must never fall when text is added, up to a few tokens where two pieces meet. */
export function truncateText(text: string, budget: number, count: (text: string) => number): TruncatedText {
  const total = count(text);
  if (total <= budget) return { text, used: total, total };
  const ends = sentences(text).map((sentence) => sentence.end);
  // The longest run of sentences that fits, found by halving; -1 where even the first is too long.
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

/** For a text that is one long sentence: how many characters fit, to a space where there is one near. At least 1. */
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
