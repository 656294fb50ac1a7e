/**
 * What is read of a page that is longer than the model can read at once, for a question about it. The page is cut at
 * its headings and paragraphs; its beginning is always read, and of the rest what fits the question best
 * (bm25.ts), as far as there is room, in the order of the page. What has no word of the question is left out though
 * there be room: it would make the first word come later. A question without a word that leads to a place gets a
 * longer beginning and the first sentences of places all over the page.
 *
 * A choice that holds already what the next question needs is kept, so that the cache's prefix can be used again.
 * Pure but for the tokenizer: the same page, questions and model give the same excerpts.
 *
 * Not here: summaries of long pages, which read everything in parts (summary.ts).
 */
import { sentences } from '../../text/sentences.ts';
import type { Excerpts, PageText } from '../../protocol/types.ts';
import { relevance } from '../../text/bm25.ts';
import { headingOf, lineAt, splitText } from './split.ts';

export interface ExcerptOptions {
  /** Newest first, the one to be answered and those before it. */
  readonly questions: readonly string[];
  /** Tokens. */
  readonly budget: number;
  count(text: string): number;
  /** What the answer before was made from. */
  readonly last?: Excerpts | undefined;
}

type SectionedText = Pick<PageText, 'text' | 'headings'>;
type TextRange = Excerpts['ranges'][number];

/** A section, or a part of a long one. */
interface RankedSection {
  readonly range: TextRange;
  readonly tokens: number;
}

/** Tokens of a piece at most: some paragraphs. */
const PIECE = 256;
/** And as a share of the budget, so that a small model too reads from several places. */
const PIECES = 4;
/** For a model with little room: pieces that score less than this share of the best one would only lead it astray. */
const RELATED = 0.25;
/** Tokens; models with room for more are given all that has a word of the question, lest the answer is among it. */
const LITTLE_ROOM = 1024;
/** Share of the budget for the beginning where the question leads nowhere. */
const BEGINNING = 0.5;
/** Stands between places that are not neighbours on the page. */
const OMITTED = '\n\n[…]\n\n';

/** `budget` must have room for a sentence or two in each of {@link PIECES} pieces. */
export function chooseExcerpts(page: SectionedText, options: ExcerptOptions): Excerpts {
  const { text, headings = [] } = page;
  const pieces = cut(page, options);
  const scores = relevance(
    pieces.map(({ range }) => `${headingOf(text, headings, range[0])}\n${text.slice(...range)}`),
    options.questions,
  );
  const best = Math.max(...scores);
  if (best === 0) return { by: 'spread', ranges: spread(page, pieces, options) };
  const least = options.budget < LITTLE_ROOM ? best * RELATED : 0;
  const related = pieces
    .map((piece, index) => ({ piece, score: scores[index]! }))
    .filter(({ score }) => score > 0 && score >= least)
    .toSorted((a, b) => b.score - a.score)
    .map(({ piece }) => piece);
  const ranges = fill(page, [pieces[0]!, ...related], options);
  return canKeep(page, ranges, options) ? options.last! : { by: 'question', ranges };
}

/** Whether the choice before has all of this one, and the model that answers now can read it. */
function canKeep(
  page: SectionedText,
  ranges: readonly TextRange[],
  { last, budget, count }: ExcerptOptions,
): boolean {
  if (last?.by !== 'question') return false;
  const holds = ([from, to]: TextRange) => last.ranges.some(([start, end]) => start <= from && to <= end);
  return ranges.every(holds) && count(excerptText(page, last.ranges)) <= budget;
}

/** The excerpts as one text, a mark where something is left out, and each under the heading where it stands. */
export function excerptText({ text, headings = [] }: SectionedText, ranges: readonly TextRange[]): string {
  let shown: number | undefined;
  const texts = ranges.map(([start, end]) => {
    const over = headings.findLast((at) => at <= start);
    const repeated = over === undefined || over === start || over === shown;
    shown = headings.findLast((at) => at < end);
    const said = text.slice(start, end).trim();
    return repeated ? said : `${lineAt(text, over)}\n\n${said}`;
  });
  return texts.join(OMITTED);
}

/** Its beginning, then openings from places that lie as far from one another as there is room for. */
function spread(page: SectionedText, pieces: readonly RankedSection[], options: ExcerptOptions): TextRange[] {
  const { budget, count } = options;
  const beginning = fill(page, pieces, { budget: budget * BEGINNING, count, whole: true });
  const after = pieces.filter(({ range }) => range[0] >= beginning.at(-1)![1]);
  const openings = evenly(after.length).map((index) => opening(page, after[index]!, count));
  const begun = beginning.map((range) => ({ range, tokens: count(page.text.slice(...range)) }));
  return fill(page, [...begun, ...openings], options);
}

/** 0 … `length` − 1 so that each beginning of the list is spread evenly: by their bits in reverse (van der Corput). */
export function evenly(length: number): number[] {
  const bits = Math.max(1, Math.ceil(Math.log2(length)));
  const reversed = (index: number) =>
    Number.parseInt([...index.toString(2).padStart(bits, '0')].reverse().join(''), 2);
  return Array.from({ length }, (_, index) => index).sort((a, b) => reversed(a) - reversed(b));
}

/** A heading with the first sentence under it, or the first sentence. */
function opening(
  { text, headings = [] }: SectionedText,
  { range }: RankedSection,
  count: ExcerptOptions['count'],
): RankedSection {
  const [start, end] = range;
  const first = sentences(text.slice(start, end)).find((each) => !headings.includes(start + each.start));
  const to = first === undefined ? end : start + first.end;
  return { range: [start, to], tokens: count(text.slice(start, to)) };
}

/**
 * Takes pieces as long as there is room, the first one always; those that are too long for what is left are passed
 * over, or end it where `whole`. Neighbours become one range.
 */
function fill(
  page: SectionedText,
  pieces: readonly RankedSection[],
  { budget, count, whole = false }: Pick<ExcerptOptions, 'budget' | 'count'> & { readonly whole?: boolean },
): TextRange[] {
  const { text, headings = [] } = page;
  const seam = count(OMITTED);
  const taken: RankedSection[] = [];
  let left = budget;
  for (const piece of new Set(pieces)) {
    const cost = piece.tokens + seam + count(headingOf(text, headings, piece.range[0]));
    if (taken.length > 0 && cost > left) {
      if (whole) break;
      continue;
    }
    taken.push(piece);
    left -= cost;
  }
  // Tokens of pieces do not quite add up to those of the whole.
  while (taken.length > 1 && count(excerptText(page, joined(taken))) > budget) taken.pop();
  return joined(taken);
}

function joined(pieces: readonly RankedSection[]): TextRange[] {
  const ranges: [number, number][] = [];
  for (const [start, end] of pieces.map(({ range }) => range).toSorted((a, b) => a[0] - b[0])) {
    const before = ranges.at(-1);
    if (before?.[1] === start) before[1] = end;
    else ranges.push([start, end]);
  }
  return ranges;
}

function cut(page: SectionedText, { budget, count }: ExcerptOptions): RankedSection[] {
  const { text } = page;
  const size = Math.min(PIECE, Math.floor(budget / PIECES));
  const starts = sections(page);
  return starts.flatMap((start, index) => {
    const section = text.slice(start, starts[index + 1]);
    const ends = splitText(section, { budget: size, count });
    return ends.map((end, part) => {
      const range = [start + (ends[part - 1] ?? 0), start + end] as const;
      return { range, tokens: count(text.slice(...range)) };
    });
  });
}

/** Where sections begin. A heading right under another one does not begin a section of its own. */
function sections({ text, headings = [] }: SectionedText): number[] {
  const starts = [0];
  for (const [index, at] of headings.entries()) {
    const before = headings[index - 1];
    const bare = before !== undefined && !text.slice(before, at).trim().includes('\n');
    if (at > 0 && !bare) starts.push(at);
  }
  return starts;
}
