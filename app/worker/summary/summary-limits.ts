/**
 * Enforces the rules of summaries on a model's answer. Source of the numbers: the length table of the Summarizer API
 * (webmachinelearning.github.io/writing-assistance-apis); where that says "a paragraph", the limits here are ours.
 *
 *     key points   at most 3 / 5 / 7, each on its line
 *     tldr, teaser 1 sentence / 1 short paragraph / 1 paragraph
 *     headline     1 sentence of at most 12 / 17 / 22 words
 *
 * No summary has Markdown, except the dashes of key points. An answer that breaks a rule is repaired if only the excess
 * is lost, and left as it is otherwise. A {@link RuleNote} reports either. Pure.
 */
import { sentences } from '../../text/sentences.ts';
import type { RuleNote, SummaryLength, SummaryStyle } from '../../protocol/types.ts';
import { isLabel, withoutLabel } from '../../text/strip-label.ts';
import { wordEnds } from '../../text/extract/cuts.ts';
import { asList, keyPoints, plain, withoutBullet } from '../../text/key-points.ts';

export interface Checked {
  readonly text: string;
  readonly notes: readonly RuleNote[];
}

export const MOST_POINTS: Readonly<Record<SummaryLength, number>> = { short: 3, medium: 5, long: 7 };
export const MOST_WORDS: Readonly<Record<SummaryLength, number>> = { short: 12, medium: 17, long: 22 };
/** Most sentences of "a sentence", "a short paragraph" and "a paragraph". */
export const MOST_SENTENCES: Readonly<Record<SummaryLength, number>> = { short: 1, medium: 4, long: 8 };

const QUOTED = /^["“”„«»'‘’「『](.+)["“”«»'‘’」』]$/u;

export function checkSummary(text: string, { type, length }: SummaryStyle): Checked {
  if (text.trim() === '') return { text: '', notes: [] };
  if (type === 'key-points') return checkPoints(text, MOST_POINTS[length]);
  if (type === 'headline') return checkHeadline(text, MOST_WORDS[length]);
  return checkParagraph(text, MOST_SENTENCES[length]);
}

function checkPoints(text: string, most: number): Checked {
  const points = keyPoints(text);
  return { text: asList(points.slice(0, most)), notes: points.length > most ? ['points-cut'] : [] };
}

function checkParagraph(text: string, most: number): Checked {
  const paragraph = withoutLabel(body(text).reduce(joinLines, ''));
  const found = sentences(paragraph);
  if (found.length <= most) return { text: paragraph, notes: [] };
  return { text: paragraph.slice(0, found[most - 1]!.end).trim(), notes: ['sentences-cut'] };
}

function checkHeadline(text: string, most: number): Checked {
  const line = withoutLabel(body(text)[0] ?? '')
    .replace(QUOTED, '$1')
    // A quotation mark that the answer was begun with, and that the model did not close.
    .replace(/^"(?=[^"]*$)/, '')
    .trim();
  const first = sentences(line)[0]?.text.trim() ?? '';
  const notes: RuleNote[] = first.length < line.length ? ['sentences-cut'] : [];
  const words = wordEnds(first);
  if (words.length <= most) return { text: first, notes };
  const clause = clauseWithin(first, words, most);
  return clause === undefined
    ? { text: first, notes: [...notes, 'words-over'] }
    : { text: clause, notes: ['words-cut'] };
}

/** The non-empty lines, without bullets, Markdown, and a label or "Sure! Here is a summary:" before the others. */
function body(text: string): string[] {
  const lines = text
    .split('\n')
    .map((line) => plain(withoutBullet(line)))
    .filter((line) => line !== '');
  const announced = lines.length > 1 && (/[:：]$/u.test(lines[0]!) || isLabel(lines[0]!));
  return announced ? lines.slice(1) : lines;
}

/** Joins lines by a space, or by nothing in scripts without spaces between words. */
export function joinLines(before: string, line: string): string {
  const tight = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}。、！？」』）]$/u.test(before);
  return before === '' || tight ? before + line : `${before} ${line}`;
}

/** The headline up to its last comma, colon or dash within the limit, if that leaves at least half of the words. */
function clauseWithin(text: string, words: readonly number[], most: number): string | undefined {
  const fits = text.slice(0, words[most - 1]! + 1);
  const cut = Math.max(...[...fits.matchAll(/[,;:，、；：]|\s[–—-](?=\s|$)/gu)].map(({ index }) => index));
  if (!Number.isFinite(cut)) return undefined;
  return words.filter((end) => end <= cut).length * 2 >= most ? text.slice(0, cut).trim() : undefined;
}
