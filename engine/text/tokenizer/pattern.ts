/**
 * What a part of tokenizer.json searches a text for. Regular expressions of published tokenizers that are known to be
 * harmless run on the platform's matcher, all others on one whose time grows with the length of the text (`../regex`):
 * a file may bring any expression, and some texts take the platform's matcher years.
 */
import { LinearRegex } from '../regex/linear-regex.ts';
import type { RegexMatch } from '../regex/search.ts';

/** Finds all matches in a text, in order. Throws `model-limit` where that takes too many steps. */
export type FindAll = (text: string) => readonly RegexMatch[];

const FILE = 'tokenizer.json';
const SPACE = '\\p{White_Space}';
const END_OF_SPACES = `${SPACE}+(?!\\P{White_Space})|${SPACE}+`;

/**
 * Expressions that are quick with any text, and used by most models, with what they are for the platform: what an
 * alternative reads in vain, another one takes as a whole. They are GPT-2's, and the words of tiktoken's `cl100k_base`
 * (Llama 3, Qwen 2 and 3, GLM-4).
 */
const HARMLESS: ReadonlyMap<string, string> = new Map([
  [
    "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+",
    `'(?:[stmd]|re|ve|ll)| ?\\p{L}+| ?\\p{N}+| ?[^${SPACE}\\p{L}\\p{N}]+|${END_OF_SPACES}`,
  ],
  ...['', '{1,3}', '+'].map((digits): [string, string] => [
    `(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}${digits}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+`,
    `'(?:[sSſtTmMdD]|[rR][eE]|[vV][eE]|[lL][lL])|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}${digits}| ?[^${SPACE}\\p{L}\\p{N}]+[\\r\\n]*|${SPACE}*[\\r\\n]+|${END_OF_SPACES}`,
  ]),
]);

/** GPT-2's expression, as `ByteLevel` has it. */
export const GPT2_WORDS = [...HARMLESS.keys()][0] as string;

/** Throws `tokenizer-damaged` and `model-limit` for an expression. */
export function regexPattern(source: string): FindAll {
  const known = HARMLESS.get(source);
  if (known === undefined) {
    const regex = new LinearRegex(source, FILE);
    return (text) => regex.matches(text);
  }
  return platformPattern(new RegExp(known, 'gu'));
}

/** `expression`: one of our own, which never matches nothing. */
export function platformPattern(expression: RegExp): FindAll {
  return (text) =>
    Array.from(text.matchAll(expression), (m) => ({ start: m.index, end: m.index + m[0].length }));
}

/** Finds a text; an empty one is found before each character and at the end. */
export function textPattern(searched: string): FindAll {
  if (searched === '') return regexPattern('');
  return (text) => {
    const all: RegexMatch[] = [];
    for (let at = text.indexOf(searched); at >= 0; at = text.indexOf(searched, at + searched.length)) {
      all.push({ start: at, end: at + searched.length });
    }
    return all;
  };
}

/** The text with each match replaced by `content` as it is. */
export function replaceAll(text: string, find: FindAll, content: string): string {
  let made = '';
  let at = 0;
  for (const { start, end } of find(text)) {
    made += text.slice(at, start) + content;
    at = end;
  }
  return at === 0 && made === '' ? text : made + text.slice(at);
}
