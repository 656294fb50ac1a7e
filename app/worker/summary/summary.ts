/**
 * The steps of a summary. A page that fits is read at once, with the prompt of a chat about it, so both share the cache.
 * A longer page is read part by part (map), and the notes on the parts are read in place of the page (reduce). Notes that
 * are too long are themselves read part by part, round after round.
 *
 * The next step depends only on the page and the rounds so far, so interrupted work continues where it was.
 * Pure but for the tokenizer.
 */
import type { ChatMessage, GenerateRequest } from '../../../engine/index.ts';
import type { PageCoverage, PageText, Round, SummaryRequest, SummaryStyle } from '../../protocol/types.ts';
import { chooseExcerpts, excerptText } from '../prompts/excerpts.ts';
import { requestFor, TITLE, type TokenCounter } from '../prompts/chat-prompt.ts';
import { truncateText, pageBudget } from '../prompts/truncate.ts';
import { asList, keyPoints } from '../../text/key-points.ts';
import { notesInOrder, partOf } from '../../text/parts/parts.ts';
import { readingOrder } from '../../text/parts/reading-order.ts';
import type { ReadPage } from '../prompts/page-language.ts';
import { chatMessages, inLanguage, type PromptPage, summaryPrompt } from '../prompts/prompts.ts';
import type { TaskProfile, TaskPrompt } from '../prompts/task-profile.ts';
import { MOST_POINTS } from './summary-limits.ts';
import { headingOf, lineAt, splitText } from '../prompts/split.ts';

export interface SummaryStep {
  /** `part` answers with notes of one part, `whole` with the summary. */
  readonly kind: 'part' | 'whole';
  readonly messages: readonly ChatMessage[];
  readonly request: GenerateRequest;
  /** How the step is asked for: the beginning of its answer, its form, its sampling. */
  readonly asked: TaskPrompt;
  /** What the model reads. */
  readonly material: string;
  /** Tokens of the messages. */
  readonly prompt: number;
  readonly rounds?: readonly Round[];
  /** Tokens; only where even the notes had to be cut, or where passages are read to be sooner. */
  readonly coverage?: PageCoverage;
}

/** Notes of a part have at most 1/4 of the context, so that each round is shorter than the one before. */
const NOTES_SHARE = 4;
/** Most tokens of a part: models read longer texts less well, and progress is shown by parts. */
const PART = 6000;
const NOTES_STYLE = { type: 'key-points', length: 'medium' } as const;
/** Tokens; with less room for a page, only its beginning is read, once. */
const WORTH_READING = 64;
/** If a round leaves more than this share of the text, there is no further round. */
const TOO_LITTLE_LESS = 0.9;

/** The next prompt for the model. `first`: most tokens of the page's first part, where that is to be read sooner. */
export function nextStep(
  profile: TaskProfile,
  summary: SummaryRequest,
  page: ReadPage,
  rounds: readonly Round[] | undefined,
  tokens: TokenCounter,
  first?: number,
): SummaryStep {
  const title = page.title.slice(0, TITLE);
  const room = pageBudget(tokens.capacity) - frameOf(profile, title, tokens);
  const known = rounds !== undefined && readable(page, rounds, room, tokens) ? rounds : [];
  const last = known.at(-1);
  if (last !== undefined && last.points.length < last.ends.length)
    return partStep(profile, page, known, title, tokens);
  const text = last === undefined ? page.text : notesText(last);
  const asked = { ...summary, language: summary.language ?? page.promptLanguage };
  const whole = (material: string) => wholeStep(profile, asked, { title, text: material }, known, tokens);
  const count = (piece: string) => tokens.countText(piece);
  if (count(text) <= room) return whole(text);
  const before = last === undefined ? Infinity : count(sourceOf(page, known, known.length - 1));
  if (room < WORTH_READING || count(text) > before * TOO_LITTLE_LESS) {
    const { text: kept, used, total } = truncateText(text, Math.max(0, room), count);
    return { ...whole(kept), coverage: { used, total } };
  }
  const headings = last === undefined ? (page.headings ?? []) : [];
  const ends = splitText(text, { budget: partBudget(page, room, tokens), first, count, headings });
  const order = last === undefined && ends.length > 2 ? { order: readingOrder(page, ends) } : {};
  return partStep(profile, page, [...known, { ends, points: [], ...order }], title, tokens);
}

/**
 * In place of a page that would take too long to read: its beginning, and the sections that have most words of its title and
 * headings, with at most `most` tokens.
 */
export function passagesStep(
  profile: TaskProfile,
  summary: SummaryRequest,
  page: ReadPage,
  tokens: TokenCounter,
  most: number,
): SummaryStep {
  const title = page.title.slice(0, TITLE);
  const count = (piece: string) => tokens.countText(piece);
  const headings = (page.headings ?? []).map((at) => lineAt(page.text, at)).join('\n');
  const { ranges } = chooseExcerpts(page, { questions: [title, headings], budget: most, count });
  const used = ranges.reduce((sum, range) => sum + count(page.text.slice(...range)), 0);
  const asked = { ...summary, language: summary.language ?? page.promptLanguage };
  const step = wholeStep(profile, asked, { title, text: excerptText(page, ranges) }, [], tokens);
  return { ...step, coverage: { used, total: count(page.text), sooner: true } };
}

/** The rounds with the model's notes on a part added; `cut`: the notes reached their limit, so the last point may be incomplete. */
export function withPoints(rounds: readonly Round[], answer: string, cut = false): readonly Round[] {
  const last = rounds.at(-1)!;
  const found = keyPoints(answer);
  const most = MOST_POINTS[NOTES_STYLE.length];
  // Points beyond the requested number are not needed.
  const lacks = cut && found.length <= most;
  const points = asList((lacks ? wholePoints(found) : found).slice(0, most));
  const part = partOf(last, last.points.length);
  const lacking = lacks ? { cut: [...(last.cut ?? []), part] } : {};
  return [...rounds.slice(0, -1), { ...last, points: [...last.points, points], ...lacking }];
}

/** The points without an incomplete last one; an only point stays, with an ellipsis. */
function wholePoints(points: readonly string[]): readonly string[] {
  const last = points.at(-1);
  if (last === undefined || /[.!?…。！？؟।]["”’»」』)）]*$/u.test(last)) return points;
  return points.length > 1 ? points.slice(0, -1) : [`${last}…`];
}

/** The notes of a round: one list per part, in the order of the page, separated by an empty line. */
export function notesText(round: Round | undefined): string {
  if (round === undefined) return '';
  return notesInOrder(round)
    .map(({ points }) => points)
    .filter((points) => points !== '')
    .join('\n\n');
}

/** Notes are in the page's own language, so that they can use its words. */
function partStep(
  profile: TaskProfile,
  page: ReadPage,
  rounds: readonly Round[],
  title: string,
  tokens: TokenCounter,
): SummaryStep {
  const text = partText(page, rounds);
  const asked = inLanguage(profile, profile.notes, page.promptLanguage);
  const messages = chatMessages(profile, [{ request: asked.request }], { title, text });
  const wanted = Math.min(asked.tokens, Math.ceil(tokens.capacity / NOTES_SHARE));
  // The text was counted with the page. What the sum of its units differs from the prompt has room in what is left free.
  const frame = chatMessages(profile, [{ request: asked.request }], { title, text: '' });
  const counted = tokens.countMessages(frame, asked.begun) + tokens.countText(text);
  const made = requestFor(messages, tokens, { begun: asked.begun, wanted, counted });
  return { kind: 'part', messages, ...made, asked, material: text, rounds };
}

function wholeStep(
  profile: TaskProfile,
  { style, language }: { style: SummaryStyle; language: string | undefined },
  material: PromptPage,
  rounds: readonly Round[],
  tokens: TokenCounter,
): SummaryStep {
  const asked = summaryPrompt(profile, style, language);
  const messages = chatMessages(profile, [{ request: asked.request }], material);
  return {
    kind: 'whole',
    messages,
    ...requestFor(messages, tokens, { begun: asked.begun, wanted: asked.tokens }),
    asked,
    material: material.text,
    rounds: rounds.length === 0 ? undefined : rounds,
  };
}

/** The text that the round of this index reads. */
function sourceOf(page: PageText, rounds: readonly Round[], index: number): string {
  return index === 0 ? page.text : notesText(rounds[index - 1]);
}

/** The part that the last round reads next. */
function partText(page: PageText, rounds: readonly Round[]): string {
  const round = rounds.at(-1)!;
  const { ends } = round;
  const part = partOf(round, round.points.length);
  const start = part === 0 ? 0 : ends[part - 1]!;
  const text = sourceOf(page, rounds, rounds.length - 1)
    .slice(start, ends[part])
    .trim();
  const heading = rounds.length === 1 ? headingOf(page.text, page.headings ?? [], start) : '';
  return heading === '' ? text : `${heading}\n\n${text}`;
}

/** Rounds made for a model that reads more at once are of no use to one that reads less. */
function readable(page: PageText, rounds: readonly Round[], room: number, tokens: TokenCounter): boolean {
  const last = rounds.at(-1);
  if (last === undefined || last.points.length >= last.ends.length) return true;
  return tokens.countText(partText(page, rounds)) <= room;
}

/** Tokens of a prompt without its material. */
function frameOf(profile: TaskProfile, title: string, tokens: TokenCounter): number {
  const { request } = summaryPrompt(profile, NOTES_STYLE);
  return tokens.countMessages(chatMessages(profile, [{ request }], { title, text: '' }));
}

/** Every part leaves room for the longest heading, whether or not it needs one. */
function partBudget({ text, headings = [] }: PageText, room: number, tokens: TokenCounter): number {
  const longest = headings.reduce((most, at) => Math.max(most, tokens.countText(lineAt(text, at))), 0);
  return Math.max(1, Math.min(PART, room) - longest - 2);
}
