/**
 * Scores how well each passage of a page matches a question: Okapi BM25 (Robertson and Zaragoza 2009, "The Probabilistic
 * Relevance Framework"). Terms are words found by the platform's segmentation (Unicode UAX 29, with dictionaries for
 * scripts without spaces), without case, accents and endings. Pure.
 *
 * Not here: how a page is cut into passages and which of them are read (excerpts.ts); which sentence supports a key
 * point (passages.ts).
 */
import { stem } from './passages.ts';
import { fold } from './fold.ts';
import { isStopword } from './stopwords.ts';

/** Saturation of term frequency, and penalty for long passages; the usual values for BM25. */
const K1 = 1.2;
const B = 0.75;
/** A term in more than this share of the passages is ignored. */
const COMMON = 0.5;
/** Weight of a term of the previous question, relative to one of this question. */
const EARLIER = 0.5;

interface Counted {
  readonly counts: ReadonlyMap<string, number>;
  readonly length: number;
}

/**
 * Returns one score per passage; 0 if it shares no term with the questions. `questions`: newest first; each counts half
 * of the next newer one, so that "And who owns it?" finds the subject of the question before.
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
/** The Arabic article and the particles that are joined to the next word. */
const JOINED = /^(?:[وفبك]?ال|لل)(?=\p{Script=Arabic}{3})/u;

/** The terms of a text in order: folded and stemmed words, without stopwords. */
export function terms(text: string): string[] {
  return [...segmenter.segment(text.normalize('NFKC'))]
    .filter(({ isWordLike }) => isWordLike === true)
    .flatMap(({ segment }) => fold(segment).split(/['’]/))
    .filter((word) => word !== '' && !isStopword(word))
    .map((word) => stem(word.replace(JOINED, '')));
}
