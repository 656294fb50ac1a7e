/**
 * The steps of a summary. A page that fits is read at once, in the words of a chat about it, so both share the cache.
 * A longer page is read part by part (map), and what was noted of the parts is read in place of the page (reduce);
 * where the notes themselves are too long they are read part by part as well, round after round.
 *
 * A step follows from the page and the rounds so far alone, so that work which was cut off goes on where it was.
 * Pure but for the tokenizer.
 */
import type { ChatMessage, GenerateRequest } from '../../../engine/index.ts';
import type { PageText, Round, SummaryRequest, SummaryStyle } from '../../protocol/types.ts';
import { requestFor, TITLE, type TokenCounter } from '../prompts/chat-prompt.ts';
import { truncateText, pageBudget } from '../prompts/truncate.ts';
import { asList, keyPoints } from '../../text/key-points.ts';
import type { ReadPage } from '../prompts/page-language.ts';
import { chatMessages, type PromptPage, summaryRequest } from '../prompts/prompts.ts';
import { MOST_POINTS } from './summary-limits.ts';
import { headingOf, lineAt, splitText } from '../prompts/split.ts';

export interface SummaryStep {
  /** `part` answers with notes of one part, `whole` with the summary. */
  readonly kind: 'part' | 'whole';
  readonly messages: readonly ChatMessage[];
  readonly request: GenerateRequest;
  /** Tokens of the messages. */
  readonly prompt: number;
  readonly rounds?: readonly Round[];
  /** Tokens; only where even the notes had to be cut. */
  readonly coverage?: { readonly used: number; readonly total: number };
}

/** Tokens of an answer at most. */
const SUMMARY = 1024;
const NOTES = 384;
/** Notes of a part are kept to this share of the context, so that each round is shorter than the one before. */
const NOTES_SHARE = 4;
/** Tokens of a part at most: large contexts read a longer text less well, and progress is told by parts. */
const PART = 6000;
const NOTES_STYLE = { type: 'key-points', length: 'medium' } as const;
/** Tokens; a context that leaves less than this for a page is read once, as far as it goes. */
const WORTH_READING = 64;
/** A round that leaves more than this share of the text is not worth another one. */
const TOO_LITTLE_LESS = 0.9;

/** What to ask of the model next. */
export function nextStep(
  summary: SummaryRequest,
  page: ReadPage,
  rounds: readonly Round[] | undefined,
  tokens: TokenCounter,
): SummaryStep {
  const title = page.title.slice(0, TITLE);
  const room = pageBudget(tokens.capacity) - frameOf(title, tokens);
  const known = rounds !== undefined && readable(page, rounds, room, tokens) ? rounds : [];
  const last = known.at(-1);
  if (last !== undefined && last.points.length < last.ends.length)
    return partStep(page, known, title, tokens);
  const text = last === undefined ? page.text : notesText(last);
  const asked = { ...summary, language: summary.language ?? page.spoken };
  const whole = (material: string) => wholeStep(asked, { title, text: material }, known, tokens);
  const count = (piece: string) => tokens.countText(piece);
  if (count(text) <= room) return whole(text);
  const before = last === undefined ? Infinity : count(sourceOf(page, known, known.length - 1));
  if (room < WORTH_READING || count(text) > before * TOO_LITTLE_LESS) {
    const { text: kept, used, total } = truncateText(text, Math.max(0, room), count);
    return { ...whole(kept), coverage: { used, total } };
  }
  const headings = last === undefined ? (page.headings ?? []) : [];
  const ends = splitText(text, { budget: partBudget(page, room, tokens), count, headings });
  return partStep(page, [...known, { ends, points: [] }], title, tokens);
}

/** The rounds with the model's answer to a part; `cut`: it came to its limit, so that its last point is half said. */
export function withPoints(rounds: readonly Round[], answer: string, cut = false): readonly Round[] {
  const last = rounds.at(-1)!;
  const found = keyPoints(answer);
  const most = MOST_POINTS[NOTES_STYLE.length];
  // What is beyond the number asked for is not missed.
  const lacks = cut && found.length <= most;
  const points = asList((lacks ? wholePoints(found) : found).slice(0, most));
  const lacking = lacks ? { cut: [...(last.cut ?? []), last.points.length] } : {};
  return [...rounds.slice(0, -1), { ...last, points: [...last.points, points], ...lacking }];
}

/** Without a last point that breaks off; the only one stays, with the sign that it does. */
function wholePoints(points: readonly string[]): readonly string[] {
  const last = points.at(-1);
  if (last === undefined || /[.!?…。！？؟।]["”’»」』)）]*$/u.test(last)) return points;
  return points.length > 1 ? points.slice(0, -1) : [`${last}…`];
}

/** What was noted in a round: one list a part, an empty line between. */
export function notesText(round: Round | undefined): string {
  return (round?.points ?? []).filter((points) => points !== '').join('\n\n');
}

/** Notes are in the page's own language, so that they say what it says in its words. */
function partStep(
  page: ReadPage,
  rounds: readonly Round[],
  title: string,
  tokens: TokenCounter,
): SummaryStep {
  const text = partText(page, rounds, rounds.at(-1)!.points.length);
  const messages = chatMessages([{ request: summaryRequest(NOTES_STYLE, page.spoken) }], { title, text });
  const most = Math.min(NOTES, Math.ceil(tokens.capacity / NOTES_SHARE));
  return { kind: 'part', messages, ...requestFor(messages, most, tokens), rounds };
}

function wholeStep(
  { style, language }: { style: SummaryStyle; language: string | undefined },
  material: PromptPage,
  rounds: readonly Round[],
  tokens: TokenCounter,
): SummaryStep {
  const messages = chatMessages([{ request: summaryRequest(style, language) }], material);
  return {
    kind: 'whole',
    messages,
    ...requestFor(messages, SUMMARY, tokens),
    rounds: rounds.length === 0 ? undefined : rounds,
  };
}

/** What the round of this index reads. */
function sourceOf(page: PageText, rounds: readonly Round[], index: number): string {
  return index === 0 ? page.text : notesText(rounds[index - 1]);
}

function partText(page: PageText, rounds: readonly Round[], part: number): string {
  const { ends } = rounds.at(-1)!;
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
  return tokens.countText(partText(page, rounds, last.points.length)) <= room;
}

/** Tokens of a prompt without its material. */
function frameOf(title: string, tokens: TokenCounter): number {
  return tokens.countMessages(chatMessages([{ request: summaryRequest(NOTES_STYLE) }], { title, text: '' }));
}

/** Room for the longest heading is kept in every part, whether it begins under one or not. */
function partBudget({ text, headings = [] }: PageText, room: number, tokens: TokenCounter): number {
  const longest = headings.reduce((most, at) => Math.max(most, tokens.countText(lineAt(text, at))), 0);
  return Math.max(1, Math.min(PART, room) - longest - 2);
}
