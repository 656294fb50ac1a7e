/** Cuts a page into the parts that get a vector each: its sentences, or on a very long page runs of them. Pure. */
import type { TextSpan } from '../../text/meaning/likeness.ts';
import { sentences } from '../../text/sentences.ts';

/** Most parts of a page: each has a vector of up to 768 numbers in memory. */
export const MOST_PARTS = 1500;

/** Ascending, not overlapping; what has neither letters nor numbers is in none. */
export function pageParts(text: string): TextSpan[] {
  const spoken = sentences(text).filter((sentence) => /[\p{L}\p{N}]/u.test(sentence.text));
  if (spoken.length <= MOST_PARTS) return spoken.map(({ start, end }) => ({ start, end }));
  const least = text.length / MOST_PARTS;
  const parts: { start: number; end: number }[] = [];
  for (const { start, end } of spoken) {
    const last = parts.at(-1);
    if (last === undefined || last.end - last.start >= least) parts.push({ start, end });
    else last.end = end;
  }
  return parts;
}
