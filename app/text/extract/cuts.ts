/**
 * Where a text that is too long can be cut so that nothing half is left: after a sentence, before a comma or the like,
 * or, for want of better, before a word that begins a phrase. Pure.
 */
import { sentences } from '../sentences.ts';

/** A place to cut: anywhere from the end of the last word to the end of the signs and blanks that follow it. */
export interface Cut {
  /** In UTF-16 code units. */
  readonly from: number;
  readonly to: number;
  readonly after: 'sentence' | 'clause' | 'phrase';
}

const SENTENCE_END = /[.!?…。！？؟।]["'\p{Pe}\p{Pf}]*\s*$/u;
/** Not the comma or colon within a number, nor the hyphen within a word. */
const CLAUSE = /(?:(?<!\d)[,:]|[,:](?!\d)|[;，、；：]|\s[–—-](?=\s))\s*/gu;
/** Words of English, German, French, Spanish, Italian, Portuguese and Dutch; not those that the word before asks for. */
const PHRASE =
  /\s+(?=(?:and|but|or|which|who|as|after|before|while|because|when|with|without|for|in|on|at|from|by|into|over|und|oder|aber|weil|mit|ohne|für|im|am|auf|nach|bei|et|ou|mais|qui|avec|sans|pour|dans|sur|par|y|o|pero|con|sin|para|en|por|e|ma|senza|per|nel|mas|com|sem|em|maar|met|zonder|voor|op|naar)\s)/giu;
const WORD = new Intl.Segmenter(undefined, { granularity: 'word' });

/** The ends of the words of a text. */
export function wordEnds(text: string): number[] {
  return [...WORD.segment(text)]
    .filter(({ isWordLike }) => isWordLike === true)
    .map(({ index, segment }) => index + segment.length);
}

/**
 * The same where the parts of a word count one by one: "10.10", "U.S." and "don’t" are two each. Whoever counts a headline's
 * words by the blanks and signs between them finds no more than these.
 */
export const partEnds = (text: string): number[] =>
  [...WORD.segment(text)]
    .filter(({ isWordLike }) => isWordLike === true)
    .flatMap(({ index, segment }) =>
      [...segment.matchAll(/[\p{L}\p{N}\p{M}]+/gu)].map((part) => index + part.index + part[0].length),
    );

/** Whether a text ends with the sign that ends a sentence. */
export const endsSentence = (text: string): boolean => SENTENCE_END.test(text);

/** All places to cut, the best first: sentences before clauses before phrases, and of each kind the last first. */
export function cuts(text: string): Cut[] {
  const ends = sentences(text)
    .filter((sentence) => endsSentence(sentence.text) || /\n\s*$/.test(sentence.text))
    .map(({ text: whole, start, end }): Cut => {
      const from = start + whole.replace(/[^\p{L}\p{N}]+$/u, '').length;
      return { from, to: end, after: 'sentence' };
    });
  const found = (pattern: RegExp, after: Cut['after']) =>
    [...text.matchAll(pattern)].map(
      ({ index, 0: signs }): Cut => ({ from: index, to: index + signs.length, after }),
    );
  const kinds = [ends, found(CLAUSE, 'clause'), found(PHRASE, 'phrase')];
  return kinds.flatMap((each) => each.filter(({ from }) => from > 0).reverse());
}
