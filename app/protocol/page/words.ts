/** The entry of a word, as a dictionary has it, and words that a person keeps. */

export const WORD_CLASSES = [
  'noun',
  'verb',
  'adjective',
  'adverb',
  'pronoun',
  'preposition',
  'conjunction',
  'interjection',
  'article',
  'numeral',
  'name',
] as const;
export type WordClass = (typeof WORD_CLASSES)[number];

/** What a model wrote of a word, in its sentence; lines that it did not get to are absent. */
export interface WordEntry {
  readonly wordClass?: WordClass;
  readonly translation: string;
  /** What the word means in its sentence, in the language of the translation. */
  readonly sense?: string;
}

/** A word that a person keeps. */
export interface KeptWord extends WordEntry {
  readonly word: string;
  /** BCP 47; absent where it was not known. */
  readonly from?: string;
  /** BCP 47. */
  readonly to: string;
  /** Absent where nothing of the page is to be stored. */
  readonly sentence?: string;
  /** Of the page; absent where it is not to be stored. */
  readonly url?: string;
  /** Milliseconds since 1970. */
  readonly keptAt: number;
}

/** Names a word of the list: keeping it again replaces it. */
export const keyOfWord = ({
  from = '',
  to,
  word,
  translation,
}: KeptWord): [string, string, string, string] => [from, to, word, translation];
