/**
 * Where a text that is too long can be cut so that nothing half is left: after a sentence, before a comma or the like,
 * or, for want of better, before a word that begins a phrase. Pure.
 */
import { sentences } from '../../text/sentences.ts';

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
/** English, German, French, Spanish, Italian, Portuguese and Dutch. */
const PHRASE =
  /\s+(?=(?:and|but|or|which|who|that|as|after|before|while|because|when|with|without|for|in|on|at|of|to|from|by|into|over|und|oder|aber|weil|dass|mit|ohne|für|im|am|auf|von|zu|zum|zur|nach|bei|aus|et|ou|mais|qui|que|avec|sans|pour|dans|sur|de|des|du|par|y|o|pero|con|sin|para|en|del|por|e|ma|che|senza|per|nel|di|mas|com|sem|em|do|da|en|maar|met|zonder|voor|van|op|naar)\s)/giu;
const WORD = new Intl.Segmenter(undefined, { granularity: 'word' });

/** The ends of the words of a text. */
export function wordEnds(text: string): number[] {
  return [...WORD.segment(text)]
    .filter(({ isWordLike }) => isWordLike === true)
    .map(({ index, segment }) => index + segment.length);
}

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
