/**
 * Finds the sentence of a page that supports a key point, by shared words, without a model; or by meaning, as an encoder tells. Words are stemmed; rare words
 * count more (inverse document frequency, Spärck Jones 1972), numbers most of all. If no sentence shares enough, there
 * is no result: a wrong passage is worse than none. Pure.
 */
import type { Likeness } from './meaning/likeness.ts';
import { sentences } from './sentences.ts';

export interface Passage {
  /** The exact sentence, without surrounding space. */
  readonly text: string;
  /** Characters from the start of the text. */
  readonly start: number;
}

/**
 * Least share of a point's weight that its passage must have. Measured on 300 stories of demo-model/world/stories.py: of
 * 1600 key points 1599 find their own sentence and none a wrong one; of 1621 points of other stories 84 find one that
 * says much the same.
 */
const ENOUGH = 0.55;
/** Weight of a number, relative to a word of the same rarity. */
const NUMBER = 2;
/** Words of one or two letters are articles and the like in most languages. */
const LITTLE_WORD = /^[\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek}]{1,2}$/u;
const LITTLE = 0.3;
/** Penalty for a sentence with many other words. */
const TERSE = 0.15;

/** Standard deviations from the mean of a page's sentences from which one says the same as a point. */
const SAME = 4;
/** Characters; a shorter line says too little to support a point. */
const LEAST = 20;

interface CandidateSentence extends Passage {
  readonly terms: ReadonlySet<string>;
}

export class PassageSearch {
  private readonly candidates: readonly CandidateSentence[];
  /** Number of sentences that contain a term. */
  private readonly frequency = new Map<string, number>();

  constructor(text: string) {
    this.candidates = sentences(text)
      .map((sentence) => ({ sentence, text: sentence.text.replace(/^\s*-\s+/, '').trim() }))
      .filter((found) => found.text !== '')
      .map((found) => ({
        text: found.text,
        start: found.sentence.start + found.sentence.text.indexOf(found.text),
        terms: new Set(terms(found.text)),
      }));
    for (const candidate of this.candidates) {
      for (const term of candidate.terms) this.frequency.set(term, (this.frequency.get(term) ?? 0) + 1);
    }
  }

  /** The best passage, the first of equals; undefined if none shares enough with the point. */
  find(point: string): Passage | undefined {
    const wanted = [...new Set(terms(point))];
    const total = this.weight(wanted);
    const numbers = wanted.filter(isNumber);
    let best: CandidateSentence | undefined;
    let bestScore = ENOUGH;
    for (const candidate of this.candidates) {
      const shared = this.weight(wanted.filter((term) => candidate.terms.has(term)));
      if (shared < ENOUGH * total || total === 0) continue;
      // A sentence that lacks most of the numbers says something similar about another amount.
      if (!hasMost(numbers, candidate.terms)) continue;
      const terse = shared / this.weight([...candidate.terms]);
      const score = shared / total - TERSE * (1 - terse);
      if (best !== undefined && score <= bestScore) continue;
      best = candidate;
      bestScore = score;
    }
    return best === undefined ? undefined : { text: best.text, start: best.start };
  }

  /**
   * The sentence that is nearest to the point in meaning; undefined if none stands out from the others, or it lacks most of the
   * point's numbers.
   */
  nearest(point: string, likeness: Likeness): Passage | undefined {
    const numbers = [...new Set(terms(point))].filter(isNumber);
    let best: CandidateSentence | undefined;
    let nearness = SAME;
    for (const candidate of this.candidates) {
      const { text, start } = candidate;
      const near = text.length < LEAST ? 0 : likeness.of({ start, end: start + text.length });
      if (near < nearness || !hasMost(numbers, candidate.terms)) continue;
      best = candidate;
      nearness = near;
    }
    return best === undefined ? undefined : { text: best.text, start: best.start };
  }

  private weight(found: readonly string[]): number {
    const all = this.candidates.length;
    return found.reduce((sum, term) => {
      const rarity = Math.log(1 + all / (this.frequency.get(term) ?? 1));
      return sum + rarity * (isNumber(term) ? NUMBER : LITTLE_WORD.test(term) ? LITTLE : 1);
    }, 0);
  }
}

const hasMost = (numbers: readonly string[], found: ReadonlySet<string>): boolean =>
  numbers.filter((term) => found.has(term)).length * 2 >= numbers.length;

const isNumber = (term: string): boolean => /^\p{N}/u.test(term);

/** Words as stems; in scripts without spaces, pairs of neighbouring characters. */
function terms(text: string): string[] {
  const found: string[] = [];
  for (const [word] of text
    .normalize('NFKC')
    .toLowerCase()
    .matchAll(/\p{N}+(?:[.,]\p{N}+)*|[\p{L}\p{M}]+/gu)) {
    if (/^\p{N}/u.test(word)) found.push(word.replace(/[.,](?=\p{N}{3}(?!\p{N}))/gu, ''));
    else if (/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/u.test(word)) {
      const letters = [...word];
      if (letters.length === 1) found.push(word);
      for (let i = 1; i < letters.length; i++) found.push(letters[i - 1]! + letters[i]!);
    } else found.push(stem(word));
  }
  return found;
}

/** Endings in the most common interface languages with spaces; longest first. */
const ENDINGS = /(?:ations?|ingly|edly|ments?|ingen|ungen|ing|ies|ung|ern|est|ed|es|en|er|em|ly|al|s|e|n)$/u;
/** Least and most letters of a stem, so that it still distinguishes words. */
const SHORTEST = 3;
const LONGEST = 7;

/** `farmers` → `farmer` → `farm`. */
export function stem(word: string): string {
  const once = withoutEnding(word);
  return withoutEnding(once).slice(0, LONGEST);
}

function withoutEnding(word: string): string {
  const left = word.replace(ENDINGS, '');
  return left.length >= SHORTEST ? left : word;
}
