/** The word list as files: CSV for spreadsheets, and a list separated by tabs that Anki imports. */
import { t } from '../../i18n/index.ts';
import type { KeptWord } from '../../protocol/page/words.ts';
import { csvOf, tsvOf } from '../../text/tables/table.ts';

const COLUMNS = [
  'word',
  'translation',
  'wordClass',
  'sense',
  'sentence',
  'from',
  'to',
  'url',
  'keptAt',
] as const;

export function wordsCsv(words: readonly KeptWord[]): string {
  const cell = (word: KeptWord, column: (typeof COLUMNS)[number]): string =>
    column === 'keptAt' ? new Date(word.keptAt).toISOString() : (word[column] ?? '');
  return csvOf([COLUMNS, ...words.map((word) => COLUMNS.map((column) => cell(word, column)))]);
}

/**
 * Lines of Anki's text import, with its header (Anki Manual, Importing, Text Files): the word, its translation with
 * what belongs to it, the sentence, the address. Anki reads fields as HTML where `html` says so; here it does not.
 */
export function wordsAnki(words: readonly KeptWord[]): string {
  const header = '#separator:tab\n#html:false\n#columns:Front\tBack\tSentence\tSource\n';
  const rows = words.map(({ word, translation, wordClass, sense, sentence = '', url = '' }) => [
    plain(word),
    [
      translation,
      wordClass === undefined ? '' : `(${t(`word-class-${wordClass}`)})`,
      sense === undefined ? '' : `– ${sense}`,
    ]
      .filter((part) => part !== '')
      .join(' '),
    sentence,
    url,
  ]);
  return header + tsvOf(rows);
}

/** A line that begins with `#` would be a comment. */
const plain = (word: string): string => word.replace(/^#+/, '');
