/**
 * Splits a text that is too long to be read at once into parts of about the same length, by the tokenizer's count. It
 * cuts at the end of a sentence, preferably of a paragraph, best of all before a heading. The parts together are the
 * whole text. Pure.
 */
import { sentences } from '../../text/sentences.ts';
import { longestWordRun } from './truncate.ts';

export interface SplitOptions {
  /** Most tokens of a part. */
  readonly budget: number;
  /** Most tokens of the first part, where it is to be shorter than the others. */
  readonly first?: number | undefined;
  count(text: string): number;
  /** Where headings begin, in characters, ascending. */
  readonly headings?: readonly number[];
}

/** A position at which the text may be cut. */
interface Border {
  /** Characters from the start of the text. */
  readonly end: number;
  /** Tokens since the previous border. */
  readonly tokens: number;
  /** Score of this kind of border: the deviation from the wanted length, as a share of it, that it outweighs. */
  readonly worth: number;
}

const WORTH = { heading: 0.5, paragraph: 0.25, sentence: 0, word: -0.5 } as const;
/** Most characters of nearly all tokens; a text with more of them per token of the budget is too long without counting. */
const CHARACTERS = 16;
/** A part whose pieces have together at most this share of the budget fits: where pieces meet, few tokens are merged or split. */
const SURE = 0.98;
/** A part has at least this share of the wanted length, so that a heading near its start does not end it early. */
const LEAST = 0.5;

/** Ends of the parts in characters, ascending; the last is the text's length. Empty for an empty text. */
export function splitText(text: string, options: SplitOptions): number[] {
  const borders = findBorders(text, options);
  const ends: number[] = [];
  let start = 0;
  let next = 0;
  let left = borders.reduce((sum, { tokens }) => sum + tokens, 0);
  while (next < borders.length) {
    const budget = ends.length === 0 ? Math.min(options.first ?? Infinity, options.budget) : options.budget;
    const chosen = choose(borders, next, left, budget);
    // Token counts of pieces do not quite add up to the count of the whole. Where the sum is well within the budget, the whole
    // is too, and is not counted again.
    let last = chosen;
    while (
      last > next &&
      sum(borders, next, last) > budget * SURE &&
      options.count(text.slice(start, borders[last]!.end)) > budget
    )
      last--;
    for (; next <= last; next++) left -= borders[next]!.tokens;
    start = borders[last]!.end;
    ends.push(start);
  }
  return ends;
}

const sum = (borders: readonly Border[], from: number, to: number): number =>
  borders.slice(from, to + 1).reduce((tokens, border) => tokens + border.tokens, 0);

/** Index of the best border to end a part that begins after border `next - 1`. */
function choose(borders: readonly Border[], next: number, left: number, budget: number): number {
  if (left <= budget) return borders.length - 1;
  const wanted = left / Math.ceil(left / budget);
  let best = next;
  let bestScore = Number.NEGATIVE_INFINITY;
  let length = 0;
  for (let index = next; index < borders.length; index++) {
    length += borders[index]!.tokens;
    if (length > budget) break;
    const score = borders[index]!.worth - Math.abs(length - wanted) / wanted;
    const tooShort = length < wanted * LEAST;
    if (!tooShort && score < bestScore) continue;
    best = index;
    bestScore = tooShort ? Number.NEGATIVE_INFINITY : score;
  }
  return best;
}

function findBorders(text: string, { budget, count, headings = [] }: SplitOptions): Border[] {
  const starts = new Set(headings);
  const borders: Border[] = [];
  for (const sentence of sentences(text)) {
    let rest = sentence.text;
    let from = sentence.start;
    // A table or list without sentence ends is cut between words. Counting all of it for each cut would take minutes.
    const most = budget * CHARACTERS;
    while (rest.length > most || count(rest) > budget) {
      const size = longestWordRun(rest.slice(0, most), budget, count);
      borders.push({ end: from + size, tokens: count(rest.slice(0, size)), worth: WORTH.word });
      rest = rest.slice(size);
      from += size;
    }
    const kind = starts.has(sentence.end)
      ? 'heading'
      : /\n\s*\n\s*$/.test(sentence.text)
        ? 'paragraph'
        : 'sentence';
    borders.push({ end: sentence.end, tokens: count(rest), worth: WORTH[kind] });
  }
  return borders;
}

/** The heading above the text at `start`; empty if there is none, or if the text begins with it. */
export function headingOf(text: string, headings: readonly number[], start: number): string {
  const before = headings.findLast((at) => at <= start);
  if (before === undefined || before === start) return '';
  return lineAt(text, before);
}

/** Most characters of a heading; longer ones are sentences in large type. */
const HEADING = 120;

export function lineAt(text: string, start: number): string {
  const end = text.indexOf('\n', start);
  return text.slice(start, end < 0 ? text.length : end).slice(0, HEADING);
}
