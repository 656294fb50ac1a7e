/**
 * Lists of key points, as models write them: with dashes, stars, dots or numbers, with a sentence before or after,
 * with Markdown inside, or as plain lines. Read into plain sentences, and written in one form. Pure.
 */
import { sentences } from '../pages/sentences.ts';

const BULLET = /^\s*(?:[-*+•‣◦▪●·–—・]|\(?\d{1,2}[.)、])\s+(?=\S)/u;
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
  const said = lines.length > 1 ? lines.filter((line) => !ANNOUNCES.test(line)) : lines;
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
