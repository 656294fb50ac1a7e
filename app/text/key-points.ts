/**
 * Lists of key points, as models write them: with dashes, stars, dots or numbers, with a sentence before or after,
 * with Markdown inside, or as plain lines, in any script. Read into plain sentences, and written in one form. Pure.
 */
import { sentences } from './sentences.ts';
import { isLabel } from './strip-label.ts';

/** Signs that begin nothing else need no space after them. */
const DOT = '[•‣◦▪●·・∙①-⑳]\\s*';
/** A dash may be a minus, and a number with a point the beginning of a larger one. */
const SPACED = '(?:[-*+–—－]|\\(?\\d{1,2}[.)]|[٠-٩۰-۹]{1,2}[.)\\-–])\\s+';
/** Chinese and Japanese put no space after 1. 1、 １） or 一、, and never such a sign between a number and its word. */
const WIDE =
  '(?:[(（]?[\\d０-９]{1,2}[.．)）、]|[一二三四五六七八九十]{1,2}、)\\s*' +
  '(?=[\\p{sc=Han}\\p{sc=Hiragana}\\p{sc=Katakana}\\p{sc=Hangul}「『【《〈“"*])';
/** The same where the sign itself is wide, before a word in any script. */
const WIDE_SIGN = '[(（]?[\\d０-９]{1,2}[．）、]\\s*(?=\\p{L})';
const BULLET = new RegExp(`^\\s*(?:${DOT}|${SPACED}|${WIDE}|${WIDE_SIGN})(?=\\S)`, 'u');
/** Marks of a list without numbers: those may be a sentence's own. */
const PLAIN_BULLET = new RegExp(`^\\s*(?:${DOT}|[-*]\\s+)`, 'u');
/** "Here are the key points:" before an answer. */
const ANNOUNCES = /[:：]\s*$/u;

/** The points of a list, in order, each once. A text without a list has its lines, or its sentences, as points. */
export function keyPoints(text: string): string[] {
  const points: string[] = [];
  const loose: string[] = [];
  let open = false;
  for (const line of text.split('\n')) {
    const said = plain(line.replace(BULLET, ''));
    if (!/[\p{L}\p{N}]/u.test(said)) open = false;
    else if (BULLET.test(line)) {
      points.push(said);
      open = true;
    } else if (open) points.push(`${points.pop()} ${said}`);
    else loose.push(said);
  }
  return unique(points.length > 0 ? points : withoutList(loose));
}

function withoutList(lines: readonly string[]): string[] {
  const said = lines.length > 1 ? lines.filter((line) => !ANNOUNCES.test(line) && !isLabel(line)) : lines;
  return said.length === 1 ? sentences(said[0]!).map(({ text }) => text.trim()) : [...said];
}

function unique(points: readonly string[]): string[] {
  const seen = new Set<string>();
  return points.filter((point) => {
    const key = point.toLocaleLowerCase().replace(/[\p{P}\s]+/gu, ' ');
    if (seen.has(key)) return false;
    return seen.add(key);
  });
}

/** A line without the dash or dot that it begins with. */
export const withoutBullet = (line: string): string => line.replace(PLAIN_BULLET, '');

/** One point a line, each after `- `. */
export const asList = (points: readonly string[]): string => points.map((point) => `- ${point}`).join('\n');

/** A line without Markdown: marks of headings, quotations, emphasis, code and links go, their words stay. */
export function plain(line: string): string {
  return line
    .replace(/^\s*(?:#{1,6}\s+|>\s*)+/, '')
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/(\*\*|__)(?=\S)(.+?)(?<=\S)\1/g, '$2')
    .replace(/(?<![\p{L}\p{N}*_])([*_])(?=\S)([^*_]+?)(?<=\S)\1(?![\p{L}\p{N}*_])/gu, '$2')
    .replace(/(`+)([^`]+)\1/g, '$2')
    .trim();
}
