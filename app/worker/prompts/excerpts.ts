/**
 * Chooses the excerpts of a page that is longer than the model can read at once, for a question about it. The page is
 * cut at headings and paragraphs. The excerpts are its beginning and the pieces that match the question best (bm25.ts),
 * as many as fit, in the order of the page. Pieces that share no word with the question are left out even if they fit,
 * since a shorter prompt is read sooner. If no piece matches, the excerpts are a longer beginning and opening sentences
 * from all over the page. Where an encoder tells how near pieces are to the question in meaning, those count that are near,
 * whatever their words, and both rankings are joined.
 *
 * An earlier choice that already covers the next question is kept, so that the cached prefix can be used again.
 * Pure but for the tokenizer: the same page, questions and model give the same excerpts.
 *
 * Not here: summaries of long pages, which read everything in parts (summary.ts).
 */
import { sentences } from '../../text/sentences.ts';
import type { Excerpts, PageText } from '../../protocol/types.ts';
import { relevance } from '../../text/bm25.ts';
import { fuse } from '../../text/meaning/fuse.ts';
import type { Likeness } from '../../text/meaning/likeness.ts';
import { bitReversedOrder } from '../../text/parts/parts.ts';
import { headingOf, lineAt, splitText } from './split.ts';

export interface ExcerptOptions {
  /** Newest first: the question to answer, then earlier ones. */
  readonly questions: readonly string[];
  /** Tokens. */
  readonly budget: number;
  count(text: string): number;
  /** The excerpts that the previous answer was made from. */
  readonly last?: Excerpts | undefined;
  /** How near the page's sentences are to the question; by words alone where absent. */
  readonly likeness?: Likeness | undefined;
}

type SectionedText = Pick<PageText, 'text' | 'headings'>;
type TextRange = Excerpts['ranges'][number];

/** A section, or a part of a long one. */
interface RankedSection {
  readonly range: TextRange;
  readonly tokens: number;
}

/** Most tokens of a piece; some paragraphs. */
const PIECE = 256;
/** A piece has at most this fraction (1/4) of the budget, so that a small model also reads several pieces. */
const PIECES = 4;
/** With little room, pieces that score less than this share of the best one are left out: they mislead small models. */
const RELATED = 0.25;
/** Tokens; with a larger budget, every piece that shares a word with the question is a candidate: it may have the answer. */
const LITTLE_ROOM = 1024;
/** Standard deviations from which a sentence is near the question in meaning, and most pieces that are taken for it. */
const NEAR = 2;
const MOST_NEAR = 8;
/** Share of the budget for the beginning if no piece matches the question. */
const BEGINNING = 0.5;
/** Separates excerpts that are not adjacent on the page. */
const OMITTED = '\n\n[…]\n\n';

/** `budget` must have room for one or two sentences in each of {@link PIECES} pieces. */
export function chooseExcerpts(page: SectionedText, options: ExcerptOptions): Excerpts {
  const { text, headings = [] } = page;
  const pieces = cut(page, options);
  const scores = relevance(
    pieces.map(({ range }) => `${headingOf(text, headings, range[0])}\n${text.slice(...range)}`),
    options.questions,
  );
  const best = Math.max(...scores);
  const least = options.budget < LITTLE_ROOM ? best * RELATED : 0;
  const byWords = ranked(scores, (score) => score > 0 && score >= least);
  const byMeaning = ranked(nearness(pieces, options.likeness), (score) => score >= NEAR).slice(0, MOST_NEAR);
  const related = fuse(byWords, byMeaning).map((index) => pieces[index]!);
  // Nearness alone may mislead, as of an encoder that does not know the language: the rest of the page is sampled too.
  if (byWords.length === 0)
    return {
      by: related.length === 0 ? 'spread' : 'question',
      ranges: spread(page, pieces, related, options),
    };
  const ranges = fill(page, [pieces[0]!, ...related], options);
  return canKeep(page, ranges, options) ? options.last! : { by: 'question', ranges };
}

/** Indices of the scores that count, best first. */
function ranked(scores: readonly number[], counts: (score: number) => boolean): number[] {
  return [...scores.keys()]
    .filter((index) => counts(scores[index]!))
    .toSorted((one, other) => scores[other]! - scores[one]!);
}

const nearness = (pieces: readonly RankedSection[], likeness: Likeness | undefined): number[] =>
  likeness === undefined ? [] : pieces.map(({ range: [start, end] }) => likeness.of({ start, end }));

/** Whether the earlier choice contains all of these ranges and fits the current model's budget. */
function canKeep(
  page: SectionedText,
  ranges: readonly TextRange[],
  { last, budget, count }: ExcerptOptions,
): boolean {
  if (last?.by !== 'question') return false;
  const holds = ([from, to]: TextRange) => last.ranges.some(([start, end]) => start <= from && to <= end);
  return ranges.every(holds) && count(excerptText(page, last.ranges)) <= budget;
}

/** Joins the excerpts into one text, with a mark between them, each under the heading of its section. */
export function excerptText({ text, headings = [] }: SectionedText, ranges: readonly TextRange[]): string {
  let shown: number | undefined;
  const texts = ranges.map(([start, end]) => {
    const over = headings.findLast((at) => at <= start);
    const repeated = over === undefined || over === start || over === shown;
    shown = headings.findLast((at) => at < end);
    const excerpt = text.slice(start, end).trim();
    return repeated ? excerpt : `${lineAt(text, over)}\n\n${excerpt}`;
  });
  return texts.join(OMITTED);
}

/** The page's beginning, or what is `near`, then openings of pieces spread evenly over the rest, as many as fit. */
function spread(
  page: SectionedText,
  pieces: readonly RankedSection[],
  near: readonly RankedSection[],
  options: ExcerptOptions,
): TextRange[] {
  const { budget, count } = options;
  const first = near.length === 0 ? pieces : [pieces[0]!, ...near];
  const beginning = fill(page, first, { budget: budget * BEGINNING, count, whole: near.length === 0 });
  const taken = ([start, end]: TextRange) => beginning.some(([from, to]) => from <= start && end <= to);
  const after = pieces.filter(({ range }) => !taken(range));
  const openings = bitReversedOrder(after.length).map((index) => opening(page, after[index]!, count));
  const begun = beginning.map((range) => ({ range, tokens: count(page.text.slice(...range)) }));
  return fill(page, [...begun, ...openings], options);
}

/** The first sentence of a piece, with the heading above it if the piece begins with one. */
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
 * Takes pieces in order while they fit the budget; always takes the first. Skips a piece that does not fit, or with
 * `whole` stops there. Adjacent pieces become one range.
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
  // Token counts of pieces do not quite add up to the count of the joined text.
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

/** Where sections begin, in characters. A heading directly under another one belongs to that one's section. */
function sections({ text, headings = [] }: SectionedText): number[] {
  const starts = [0];
  for (const [index, at] of headings.entries()) {
    const before = headings[index - 1];
    const bare = before !== undefined && !text.slice(before, at).trim().includes('\n');
    if (at > 0 && !bare) starts.push(at);
  }
  return starts;
}
