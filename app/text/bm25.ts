/**
 * How well each passage of a page fits a question: Okapi BM25 (Robertson and Zaragoza 2009, "The Probabilistic
 * Relevance Framework"). Its words are those that the platform's segmentation finds (Unicode UAX 29, with dictionaries
 * for scripts without spaces), without case, accents and endings. Pure.
 *
 * Not here: how a page is cut into passages and which of them are read (excerpts.ts); which sentence says what a key
 * point says (app/text/passages.ts).
 */
import { stem } from './passages.ts';
import { fold } from './fold.ts';
import { isLittleWord } from './stopwords.ts';

/** How soon a word that occurs again counts for less, and how much a long passage loses; as usual for BM25. */
const K1 = 1.2;
const B = 0.75;
/** A word of more than this share of the passages tells nothing about any of them. */
const COMMON = 0.5;
/** What a word of the question before counts, beside one of this question. */
const EARLIER = 0.5;

interface Counted {
  readonly counts: ReadonlyMap<string, number>;
  readonly length: number;
}

/**
 * One number for each passage, 0 where it has no telling word of the questions. `questions`: newest first; each counts
 * half of the one after it, so that "And who owns it?" finds what was talked about.
 */
export function relevance(passages: readonly string[], questions: readonly string[]): number[] {
  const counted = passages.map(countTerms);
  const average = counted.reduce((sum, { length }) => sum + length, 0) / passages.length;
  const scores = passages.map(() => 0);
  for (const [term, weight] of weigh(questions)) {
    const holders = counted.filter(({ counts }) => counts.has(term)).length;
    if (holders > passages.length * COMMON) continue;
    const rarity = Math.log(1 + (passages.length - holders + 0.5) / (holders + 0.5));
    counted.forEach(({ counts, length }, index) => {
      const often = counts.get(term) ?? 0;
      const damped = often + K1 * (1 - B + (B * length) / average);
      if (often > 0) scores[index]! += (weight * rarity * often * (K1 + 1)) / damped;
    });
  }
  return scores;
}

function weigh(questions: readonly string[]): Map<string, number> {
  const weights = new Map<string, number>();
  questions.forEach((question, age) => {
    for (const term of terms(question)) if (!weights.has(term)) weights.set(term, EARLIER ** age);
  });
  return weights;
}

function countTerms(text: string): Counted {
  const counts = new Map<string, number>();
  const found = terms(text);
  for (const term of found) counts.set(term, (counts.get(term) ?? 0) + 1);
  return { counts, length: found.length };
}

const segmenter = new Intl.Segmenter(undefined, { granularity: 'word' });
/** The article and the little words that Arabic writes together with the next word. */
const JOINED = /^(?:[وفبك]?ال|لل)(?=\p{Script=Arabic}{3})/u;

/** The telling words of a text in order, as they are compared. */
export function terms(text: string): string[] {
  return [...segmenter.segment(text.normalize('NFKC'))]
    .filter(({ isWordLike }) => isWordLike === true)
    .flatMap(({ segment }) => fold(segment).split(/['’]/))
    .filter((word) => word !== '' && !isLittleWord(word))
    .map((word) => stem(word.replace(JOINED, '')));
}
