/**
 * Finds the sentences of a page that can be quoted: whole ones, of a length to read, that say something without the
 * sentence before. Headings, captions, lists of links, questions and fragments are none. Pure.
 */
import { terms } from '../bm25.ts';
import { sentences } from '../sentences.ts';
import type { PageText } from '../../protocol/types.ts';
import { isCaption, isFirstPerson, isFurniture, isLongCaption, refersBack } from './wording.ts';

export interface Candidate {
  /** Exactly as on the page, without surrounding space. */
  readonly text: string;
  /** Characters from the start of the page's text. */
  readonly start: number;
  /** Index of its paragraph among those with sentences, and its own index within it. */
  readonly paragraph: number;
  readonly index: number;
  /** Terms of the heading above; empty where there is none. */
  readonly heading: readonly string[];
  readonly terms: readonly string[];
  /** Words, or in scripts without spaces pairs of characters. */
  readonly words: number;
  /** 0 to 1: how well it stands alone. */
  readonly quality: number;
}

/** A longer page is read at its beginning and in samples, so that its cost stays that of this many characters. */
const MOST_CHARACTERS = 160_000;
const BEGINNING = 50_000;
const MOST_CANDIDATES = 1000;

/** Least and most words. Below, a sentence says little; above, it is no key point. */
const SHORTEST = 6;
const LONGEST = 50;
/** Words from which on a sentence is long for a key point. */
const LONG = 32;
const SHORT = 9;

export interface ProseLine {
  readonly text: string;
  readonly start: number;
  readonly heading: string;
}

/** `strict`: whole sentences only; else also lines without an end, as on pages of lists. */
export function candidates(page: PageText, strict = true): Candidate[] {
  const found: Candidate[] = [];
  const seen = new Set<string>();
  let paragraph = 0;
  let heading = { line: '', terms: terms('') };
  for (const line of sampled(proseLines(page))) {
    if (isCaption(line.text)) continue;
    if (line.heading !== heading.line) heading = { line: line.heading, terms: terms(line.heading) };
    const before = found.length;
    const described = isLongCaption(line.text) ? 1 : 0;
    sentences(line.text).forEach((sentence, index) => {
      const text = sentence.text.trim();
      const quality = qualityOf(text, strict);
      if (index < described || quality === 0 || seen.has(text) || found.length >= MOST_CANDIDATES) return;
      seen.add(text);
      const start = line.start + sentence.start + sentence.text.indexOf(text);
      found.push({
        text,
        start,
        paragraph,
        index,
        heading: heading.terms,
        terms: terms(text),
        words: wordCount(text),
        quality,
      });
    });
    if (found.length > before) paragraph++;
  }
  return found;
}

/** Fewest words of a standfirst: a whole sentence above an article that is marked as a heading. */
const STANDFIRST = 12;

/** The lines of the page that are no headings, without the sign of list items, each with the heading above. */
export function proseLines({ text, title, headings = [] }: PageText): ProseLine[] {
  const lines: ProseLine[] = [];
  const titles = new Set(headings);
  let start = 0;
  let heading = '';
  for (const line of text.split('\n')) {
    const standsFirst = lines.length === 0 && isStandfirst(line) && !title.includes(line.trim());
    if (titles.has(start) && !standsFirst) heading = line;
    else if (line.trim() !== '') {
      const bare = line.replace(/^\s*[-+*•·]\s+/u, '');
      lines.push({ text: bare, start: start + line.length - bare.length, heading });
    }
    start += line.length + 1;
  }
  return lines;
}

/** All lines of a page of usual length; else those of its beginning and every n-th of the others. */
function sampled(lines: readonly ProseLine[]): ProseLine[] {
  const total = lines.reduce((sum, { text }) => sum + text.length, 0);
  if (total <= MOST_CHARACTERS) return [...lines];
  const every = Math.ceil((total - BEGINNING) / (MOST_CHARACTERS - BEGINNING));
  let read = 0;
  const kept: ProseLine[] = [];
  lines.forEach((line, index) => {
    if (read > MOST_CHARACTERS || (line.start > BEGINNING && index % every !== 0)) return;
    const text = line.text.slice(0, MOST_CHARACTERS - read);
    read += text.length;
    kept.push(text.length === line.text.length ? line : { ...line, text });
  });
  return kept;
}

const isStandfirst = (line: string): boolean => ENDS.test(line.trim()) && wordCount(line) >= STANDFIRST;

const DENSE = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}]/gu;

/** Words; two characters count as one in scripts without spaces. */
export function wordCount(text: string): number {
  const dense = text.match(DENSE)?.length ?? 0;
  return (text.replace(DENSE, ' ').match(/[\p{L}\p{N}][\p{L}\p{N}\p{M}'’.,-]*/gu)?.length ?? 0) + dense / 2;
}

/** The end of a sentence, with closing quotes, brackets or a reference like [3] after it. */
const ENDS = /[.!。！．؛…](?:["'”’»«」』)\]）]|\[\d+\])*$/u;
const QUESTION = /[?？؟]["'”’»」』)]*$/u;
/** Signs that no prose has: code, paths of links, tables. */
const CODE = /[{}<>=|\\]|::|\(\)|\/\/|^\W*[#@]| ,/u;
const SPEECH = /^["“„«»'‘「『]/u;

/** 0 for what cannot be quoted. */
function qualityOf(text: string, strict: boolean): number {
  const words = wordCount(text);
  if (words < (strict ? SHORTEST : 4) || words > LONGEST) return 0;
  if (QUESTION.test(text) || (strict && !ENDS.test(text)) || CODE.test(text) || isFurniture(text)) return 0;
  if (/^[\p{Ll}.,;:)\]]/u.test(text) || !isBalanced(text)) return 0;
  const letters = text.match(/[\p{L}\p{M}]/gu)?.length ?? 0;
  const capitals = text.match(/\p{Lu}/gu)?.length ?? 0;
  if (letters < 0.6 * text.length || capitals > 0.4 * letters) return 0;
  let quality = ENDS.test(text) ? 1 : 0.5;
  if (refersBack(text)) quality *= 0.55;
  if (isFirstPerson(text)) quality *= 0.75;
  if (SPEECH.test(text)) quality *= 0.7;
  if (words < SHORT) quality *= 0.7;
  if (words > LONG) quality *= 0.9;
  if (/…$/u.test(text)) quality *= 0.6;
  if (/[!！]/u.test(text)) quality *= 0.8;
  return quality;
}

const PAIRS: readonly (readonly [string, string])[] = [
  ['(', ')'],
  ['[', ']'],
  ['“', '”'],
  ['「', '」'],
  ['（', '）'],
];

/** Whether every bracket and quotation that opens also closes. */
function isBalanced(text: string): boolean {
  const count = (sign: string) => text.split(sign).length;
  return PAIRS.every(([open, close]) => count(open) === count(close)) && count('"') % 2 === 1;
}
