/** Finds conversations by words in their title, questions and answers; case and accents do not count. Pure. */
import { fold } from '../../text/fold.ts';
import type { Snippet } from '../../protocol/search-result.ts';
import type { Conversation, Job, JobRequest } from '../../protocol/types.ts';

/** Why a conversation was found; undefined where it was not. */
export type ConversationMatcher = (
  conversation: Conversation,
  jobs: readonly Job[],
) => SearchMatch | undefined;

export interface SearchMatch {
  /** Absent where the titles have all the words. */
  readonly snippet?: Snippet;
}

/** Characters before and after the word that was found. */
const BEFORE = 24;
const AFTER = 80;

/** All words must occur, in any order and place; undefined where nothing is looked for. */
export function matcher(wanted: string): ConversationMatcher | undefined {
  const words = fold(wanted).split(/\s+/).filter(Boolean);
  if (words.length === 0) return undefined;
  return ({ title, page }, jobs) => {
    const titles = fold(`${title}\n${page?.title ?? ''}`);
    const said = jobs.flatMap(({ request, text }) => [questionText(request), text]);
    const texts = said.map(fold);
    if (!words.every((word) => titles.includes(word) || texts.some((text) => text.includes(word)))) return;
    const untitled = words.filter((word) => !titles.includes(word));
    // The longest word says most about why.
    const [word] = untitled.toSorted((a, b) => b.length - a.length);
    return word === undefined
      ? {}
      : { snippet: snippetAround(said[texts.findIndex((text) => text.includes(word))]!, word) };
  };
}

/** The first place of a folded word in a text that has it. */
export function snippetAround(text: string, word: string): Snippet {
  const [start, end] = placeOf(text, word);
  const before = text.slice(Math.max(0, start - BEFORE), start);
  const after = text.slice(end, end + AFTER);
  return {
    // Words that were cut through are left out.
    before: inOneLine(start > BEFORE ? `…${before.replace(/^\S*(?=\s)/, '')}` : before),
    hit: text.slice(start, end),
    after: inOneLine(end + AFTER < text.length ? `${after.replace(/\s\S*$/, '')}…` : after),
  };
}

/** In characters of the text as it is written, which may be more or fewer than of the folded one. */
function placeOf(text: string, word: string): readonly [start: number, end: number] {
  const places: number[] = [];
  let plain = '';
  let at = 0;
  for (const sign of text) {
    const letters = fold(sign);
    for (let i = 0; i < letters.length; i++) places.push(at);
    plain += letters;
    at += sign.length;
  }
  const start = plain.indexOf(word);
  // Folded sign by sign, a text may lack what it has when folded as a whole; then its beginning is shown.
  if (start < 0) return [0, 0];
  return [places[start]!, places[start + word.length] ?? text.length];
}

const inOneLine = (text: string): string => text.replace(/\s+/g, ' ');

const questionText = (request: JobRequest): string => (request.kind === 'summary' ? '' : request.text);
