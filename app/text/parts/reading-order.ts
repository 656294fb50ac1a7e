/**
 * The order in which the parts of a long page are read: the first one, which says what the page is about, then those that tell
 * most of the whole. So the notes on a few parts are a first summary. What a part tells is its rank by place, since most pages
 * say first what matters most, by the words of the title and of headings (BM25) and by how much it shares with the other
 * parts (centrality), joined. scripts/answers/passages/reading-order.ts compares it with other orders. Pure: the same page and parts
 * give the same order.
 */
import { relevance, terms } from '../bm25.ts';
import { centrality, termVectors } from '../extract/centrality.ts';
import { fuse } from '../meaning/fuse.ts';
import type { PageText } from '../../protocol/types.ts';

/** Characters of all parts together that are looked at, and least of one part: a longer part is judged by its beginning. */
const LOOKED_AT = 200_000;
const LEAST = 1000;

/** `ends`: where the parts end, in characters, ascending. Returns their indices; the first is always 0. */
export function readingOrder(
  { title, text, headings = [] }: Pick<PageText, 'title' | 'text' | 'headings'>,
  ends: readonly number[],
): number[] {
  const each = Math.max(LEAST, Math.floor(LOOKED_AT / ends.length));
  const starts = ends.map((_, part) => (part === 0 ? 0 : ends[part - 1]!));
  const texts = starts.map((start, part) => text.slice(start, Math.min(ends[part]!, start + each)));
  const lines = headings.map((at) => text.slice(at, text.indexOf('\n', at) >>> 0)).join('\n');
  const byWords = ranked(relevance(texts, [title, lines]));
  const byCentrality = ranked(centrality(termVectors(texts.map(terms))));
  return [...new Set([0, ...fuse([...ends.keys()], byCentrality, byWords)])];
}

/** Indices of the scores that say something, best first; of equals the earlier one. */
const ranked = (scores: readonly number[]): number[] =>
  [...scores.keys()]
    .filter((index) => scores[index]! > 0)
    .toSorted((one, other) => scores[other]! - scores[one]!);
