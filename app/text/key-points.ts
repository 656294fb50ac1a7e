/**
 * Parses lists of key points as models write them: with dashes, stars, dots or numbers, with a sentence before or after,
 * with Markdown, or as plain lines, in any script. Writes them in one form. Pure.
 */
import { sentences } from './sentences.ts';
import { isLabel } from './strip-label.ts';

/** Bullets that have no other meaning; they need no space after them. */
const DOT = '[•‣◦▪●·・∙①-⑳]\\s*';
/** These need a space: a dash may be a minus, and a number with a point may be part of a decimal number. */
const SPACED = '(?:[-*+–—－]|\\(?\\d{1,2}[.)]|[٠-٩۰-۹]{1,2}[.)\\-–])\\s+';
/** Chinese and Japanese write 1. 1、 １） or 一、 without a space, and never put such a sign between a number and its word. */
const WIDE =
  '(?:[(（]?[\\d０-９]{1,2}[.．)）、]|[一二三四五六七八九十]{1,2}、)\\s*' +
  '(?=[\\p{sc=Han}\\p{sc=Hiragana}\\p{sc=Katakana}\\p{sc=Hangul}「『【《〈“"*])';
/** The same with a full-width sign, before a word in any script. */
const WIDE_SIGN = '[(（]?[\\d０-９]{1,2}[．）、]\\s*(?=\\p{L})';
/** Also two bullets, as in `- 1. Birds sing.`, where an answer was begun with a dash. */
const BULLET = new RegExp(`^\\s*(?:[-*]\\s+)?(?:${DOT}|${SPACED}|${WIDE}|${WIDE_SIGN})(?=\\S)`, 'u');
/** Bullets without numbers, which may belong to a sentence. */
const PLAIN_BULLET = new RegExp(`^\\s*(?:${DOT}|[-*]\\s+)`, 'u');
/** "Here are the key points:" before an answer. */
const ANNOUNCES = /[:：]\s*$/u;

/** The points of a list, in order, without duplicates. Without a list, the lines are the points, or a single line's sentences. */
export function keyPoints(text: string): string[] {
  const points: string[] = [];
  const loose: string[] = [];
  let open = false;
  for (const line of text.split('\n')) {
    const content = plain(line.replace(BULLET, ''));
    if (!/[\p{L}\p{N}]/u.test(content)) open = false;
    else if (BULLET.test(line)) {
      points.push(content);
      open = true;
    } else if (open) points.push(`${points.pop()} ${content}`);
    else loose.push(content);
  }
  return unique(points.length > 0 ? points : withoutList(loose));
}

function withoutList(lines: readonly string[]): string[] {
  const content = lines.length > 1 ? lines.filter((line) => !ANNOUNCES.test(line) && !isLabel(line)) : lines;
  return content.length === 1 ? sentences(content[0]!).map(({ text }) => text.trim()) : [...content];
}

function unique(points: readonly string[]): string[] {
  const seen = new Set<string>();
  return points.filter((point) => {
    const key = point.toLocaleLowerCase().replace(/[\p{P}\s]+/gu, ' ');
    if (seen.has(key)) return false;
    return seen.add(key);
  });
}

/** A line without its leading dash or dot. */
export const withoutBullet = (line: string): string => line.replace(PLAIN_BULLET, '');

/** One point per line, each after `- `. */
export const asList = (points: readonly string[]): string => points.map((point) => `- ${point}`).join('\n');

/** Removes the Markdown of headings, quotations, emphasis, code and links from a line, and keeps the words. */
export function plain(line: string): string {
  return line
    .replace(/^\s*(?:#{1,6}\s+|>\s*)+/, '')
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/(\*\*|__)(?=\S)(.+?)(?<=\S)\1/g, '$2')
    .replace(/(?<![\p{L}\p{N}*_])([*_])(?=\S)([^*_]+?)(?<=\S)\1(?![\p{L}\p{N}*_])/gu, '$2')
    .replace(/(`+)([^`]+)\1/g, '$2')
    .trim();
}
