/**
 * Chooses the passages of a page that answer a question as far as words can tell: the sentences that match it best
 * (bm25.ts), with the one before where a sentence refers to it. They are the page's own, unchanged. Pure.
 */
import type { PageText } from '../../protocol/types.ts';
import { relevance, terms } from '../bm25.ts';
import { fuse } from '../meaning/fuse.ts';
import type { Likeness } from '../meaning/likeness.ts';
import { sentences } from '../sentences.ts';
import { proseLines, wordCount } from './candidates.ts';
import { quotesOf } from './quotes.ts';
import { wordRuns } from './rank.ts';
import { isCaption, isFurniture, refersBack } from './wording.ts';

/** Most passages; more are a text to read and no answer. */
const MOST = 3;
/** Share of the best score below which a sentence is about something else. */
const RELATED = 0.45;
/** Weight of the paragraph around a sentence: what it is about may stand in the sentence before. */
const AROUND = 0.5;
/** How much a notice of the site counts, and a line of fewer words than {@link LEAST}: a name says nothing of itself. */
const LITTLE = 0.15;
const LEAST = 5;
/** How much a caption counts, and a question or an announcement, which are no answer. */
const NO_ANSWER = 0.5;
/** Share of the question's words that the best sentence, its paragraph and its heading have at least. */
const ENOUGH = 1 / 3;
/** Characters; a longer sentence is a table or code. */
const LONGEST = 1200;
/** Standard deviations from which a sentence is near the question in meaning, and from which it answers it without its words. */
const NEAR = 2.5;
const ANSWERS = 3.5;

interface Unit {
  readonly text: string;
  /** Index of its paragraph, and its place within it. */
  readonly paragraph: number;
  readonly start: number;
  readonly end: number;
}

interface Paragraph {
  readonly text: string;
  /** Characters from the start of the page's text. */
  readonly start: number;
  /** With the heading above. */
  readonly headed: string;
}

/**
 * In the order of the page; empty if no word of the question is there. `questions`: newest first; those before say what a
 * short one is about. A question without words of its own ("What is this page about?") has the page's best sentences.
 * `likeness`: how near the page's sentences are to the question in meaning; one that is very near needs none of its words.
 */
export function answersOf(page: PageText, questions: readonly string[], likeness?: Likeness): string[] {
  const wanted = [...new Set(terms(questions[0] ?? ''))];
  if (wanted.length === 0) return quotesOf(page, { kind: 'sentences', most: MOST });
  const paragraphs = proseLines(page).map(({ text, start, heading }) => ({
    ...{ text, start },
    headed: `${heading}\n${text}`,
  }));
  const units = paragraphs.flatMap(({ text }, paragraph) =>
    sentences(text)
      .map(({ text: own, start, end }): Unit => ({ text: own.trim(), paragraph, start, end }))
      .filter(({ text: own }) => /[\p{L}\p{N}]/u.test(own) && own.length <= LONGEST),
  );
  const scores = scoresOf(units, paragraphs, questions);
  const best = Math.max(0, ...scores);
  const byWords = ranked(scores, (score) => score > 0 && score >= best * RELATED);
  const nearness = nearnessOf(units, paragraphs, likeness);
  const byMeaning = ranked(nearness, (near) => near >= NEAR);
  const first = byWords[0];
  const there = first === undefined ? undefined : new Set(terms(paragraphs[units[first]!.paragraph]!.headed));
  const found = wanted.filter((term) => there?.has(term) === true).length;
  // A follow-up has few words of its own.
  const isSaid = questions.length > 1 ? first !== undefined : found > 0 && found >= wanted.length * ENOUGH;
  const isMeant = byMeaning.length > 0 && nearness[byMeaning[0]!]! >= ANSWERS;
  if (!isSaid && !isMeant) return [];
  return passages(distinct(fuse(isSaid ? byWords : [], byMeaning), units), units, paragraphs);
}

/** Indices of the scores that count, best first. */
function ranked(scores: readonly number[], counts: (score: number) => boolean): number[] {
  return [...scores.keys()]
    .filter((index) => counts(scores[index]!))
    .sort((one, other) => scores[other]! - scores[one]!);
}

/** In standard deviations; of what says something by itself. */
function nearnessOf(
  units: readonly Unit[],
  paragraphs: readonly Paragraph[],
  likeness: Likeness | undefined,
): number[] {
  if (likeness === undefined) return [];
  return units.map(({ text, paragraph, start, end }) => {
    const { start: from } = paragraphs[paragraph]!;
    return weightOf(text) < 1 ? 0 : likeness.of({ start: from + start, end: from + end });
  });
}

function scoresOf(
  units: readonly Unit[],
  paragraphs: readonly Paragraph[],
  questions: readonly string[],
): number[] {
  const texts = units.map(({ text }) => text);
  const own = relevance(texts, questions);
  const around = relevance(
    paragraphs.map(({ headed }) => headed),
    questions,
  );
  const scores = units.map(
    ({ text, paragraph }, index) => weightOf(text) * (own[index]! + AROUND * around[paragraph]!),
  );
  // Words that most sentences have say nothing of them, unless the question has no others.
  return scores.some((score) => score > 0) ? scores : shared(texts, questions[0]!);
}

function shared(texts: readonly string[], question: string): number[] {
  const wanted = new Set(terms(question));
  return texts.map((text) => weightOf(text) * new Set(terms(text)).intersection(wanted).size);
}

function weightOf(text: string): number {
  if (isFurniture(text) || wordCount(text) < LEAST) return LITTLE;
  if (isCaption(text) || /[:：?？؟]["'”’»」』)]*$/u.test(text)) return NO_ANSWER;
  return 1;
}

/** The best ones, without those that repeat one. */
function distinct(order: readonly number[], units: readonly Unit[]): number[] {
  const said = new Set<string>();
  const seen = new Set<string>();
  const chosen: number[] = [];
  for (const index of order) {
    const { text } = units[index]!;
    const runs = wordRuns(text);
    if (seen.has(text) || [...runs].some((run) => said.has(run))) continue;
    chosen.push(index);
    seen.add(text);
    for (const run of runs) said.add(run);
    if (chosen.length === MOST) break;
  }
  return chosen.sort((a, b) => a - b);
}

/** The chosen sentences as the page has them; neighbours, and what a sentence refers to, in one passage. */
function passages(
  chosen: readonly number[],
  units: readonly Unit[],
  paragraphs: readonly Paragraph[],
): string[] {
  const ranges: { paragraph: number; first: number; last: number }[] = [];
  for (const index of chosen) {
    const { paragraph, text } = units[index]!;
    const before = units[index - 1]?.paragraph === paragraph && refersBack(text) ? index - 1 : index;
    const last = ranges.at(-1);
    if (last?.paragraph === paragraph && before <= last.last + 1) last.last = index;
    else ranges.push({ paragraph, first: before, last: index });
  }
  return ranges.map(({ paragraph, first, last }) =>
    paragraphs[paragraph]!.text.slice(units[first]!.start, units[last]!.end).trim(),
  );
}
