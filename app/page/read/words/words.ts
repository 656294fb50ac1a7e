/** A single selected word, and the sentence around it. */
import { sentences } from '../../../text/sentences.ts';

/** Characters of the longest word; what is longer is an address or a line without blanks. */
const LONGEST = 60;
/** Characters of a sentence that are kept, around the word. */
const LONGEST_SENTENCE = 600;

const segmenter = new Intl.Segmenter(undefined, { granularity: 'word' });

/** Whether a text is one word, in scripts without blanks too. A hyphen or an apostrophe joins what is within a word. */
export function isWord(text: string): boolean {
  if (text.length > LONGEST || /\s/u.test(text) || !/^[\p{L}\p{M}\p{Pd}'’]+$/u.test(text)) return false;
  const words = [...segmenter.segment(text)].filter(({ isWordLike }) => isWordLike === true);
  return words.length === 1 || (words.length > 1 && /[\p{Pd}'’]/u.test(text));
}

/** The sentence of a paragraph with `word` after `before`; a very long one is cut around the word. */
export function sentenceAround(before: string, word: string, after: string): string {
  // Line ends of the source are none for a reader, but for the segmenter.
  const [start, end] = [blanks(before), blanks(after)];
  const text = start + word + end;
  const at = start.length;
  const around = sentences(text).find((sentence) => sentence.start <= at && at < sentence.end) ?? {
    text,
    start: 0,
    end: text.length,
  };
  if (around.text.length <= LONGEST_SENTENCE) return around.text.trim();
  const from = Math.max(around.start, at - LONGEST_SENTENCE / 2);
  return text.slice(from, Math.min(around.end, from + LONGEST_SENTENCE)).trim();
}

const blanks = (text: string): string => text.replace(/\s+/g, ' ');
