/**
 * Where a text that is too long to be read at once is cut into parts. A cut lies at the end of a sentence, better of
 * a paragraph, best before a heading; parts have about the same length, by the tokenizer's own count. Nothing is left
 * out: the parts together are the text. Pure.
 */
import { sentences } from '../../text/sentences.ts';
import { longestWordRun } from './truncate.ts';

export interface SplitOptions {
  /** Tokens of a part at most. */
  readonly budget: number;
  count(text: string): number;
  /** Where lines that are headings begin, in characters, ascending. */
  readonly headings?: readonly number[];
}

/** A place where the text may be cut. */
interface Border {
  /** Characters from the start of the text. */
  readonly end: number;
  /** Tokens since the border before. */
  readonly tokens: number;
  /** How much this kind of border is worth, as a share of a part's wanted length that it may be off. */
  readonly worth: number;
}

const WORTH = { heading: 0.5, paragraph: 0.25, sentence: 0, word: -0.5 } as const;
/** Of a token; hardly one is longer, so what has more is too long without counting. */
const CHARACTERS = 16;
/** A part is at least this share of the wanted length, so that a heading near its start does not cut it short. */
const LEAST = 0.5;

/** Ends of the parts in characters, ascending; the last is the text's length. Empty for an empty text. */
export function splitText(text: string, options: SplitOptions): number[] {
  const borders = findBorders(text, options);
  const ends: number[] = [];
  let start = 0;
  let next = 0;
  let left = borders.reduce((sum, { tokens }) => sum + tokens, 0);
  while (next < borders.length) {
    const chosen = choose(borders, next, left, options.budget);
    // Tokens of pieces do not quite add up to those of the whole.
    let last = chosen;
    while (last > next && options.count(text.slice(start, borders[last]!.end)) > options.budget) last--;
    for (; next <= last; next++) left -= borders[next]!.tokens;
    start = borders[last]!.end;
    ends.push(start);
  }
  return ends;
}

/** The border at which a part that begins after border `next - 1` ends best. */
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
    // A table or a list without an end is cut between words. Counting all of it for each cut would take minutes.
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

/** The heading under which the text at `start` stands, or empty; a part that begins there says so itself. */
export function headingOf(text: string, headings: readonly number[], start: number): string {
  const before = headings.filter((at) => at <= start).at(-1);
  if (before === undefined || before === start) return '';
  return lineAt(text, before);
}

/** Characters; longer headings are sentences that a page shows large. */
const HEADING = 120;

export function lineAt(text: string, start: number): string {
  const end = text.indexOf('\n', start);
  return text.slice(start, end < 0 ? text.length : end).slice(0, HEADING);
}
