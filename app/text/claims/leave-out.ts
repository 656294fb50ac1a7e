/**
 * Takes the sentences out of an answer whose numbers or names a page does not have. A point of a list that has no other
 * sentence goes with its bullet. Code is left alone. Pure.
 */
import { sentences } from '../sentences.ts';
import { type ClaimOptions, unsupported } from './claims.ts';
import type { PageFacts } from './page-facts.ts';

export interface Shortened {
  readonly text: string;
  /** The sentences that were taken out, in order. */
  readonly leftOut: readonly string[];
}

/** White space, quotation and heading marks, and a bullet, at the beginning of a line. */
const BEGIN = /^\s*(?:(?:#{1,6}|>)\s+)*(?:(?:[-*+•]|\(?\d{1,2}[.)])\s+)?/;
const CODE = /^\s*(?:```|~~~)/;

export function leaveOut(text: string, page: PageFacts, options?: ClaimOptions): Shortened {
  const kept: string[] = [];
  const leftOut: string[] = [];
  let code = false;
  for (const line of text.split('\n')) {
    if (CODE.test(line)) code = !code;
    const bad = code ? [] : unsupportedSentences(line, page, options);
    if (bad.length === 0) {
      kept.push(line);
      continue;
    }
    leftOut.push(...bad.map(([start, end]) => line.slice(start, end).trim()));
    const rest = withoutRanges(line, bad).trimEnd();
    if (/[\p{L}\p{N}]/u.test(rest.slice(BEGIN.exec(line)![0].length))) kept.push(rest);
  }
  return {
    text: kept
      .join('\n')
      .replace(/\n{3,}/g, '\n\n')
      .trim(),
    leftOut,
  };
}

/** Characters of the sentences of a line that claim what the page does not have. */
export function unsupportedSentences(
  line: string,
  page: PageFacts,
  options?: ClaimOptions,
): [start: number, end: number][] {
  const claims = unsupported(line, page, options);
  if (claims.length === 0) return [];
  const begin = BEGIN.exec(line)![0].length;
  return sentences(line.slice(begin))
    .map(({ start, end }): [number, number] => [begin + start, begin + end])
    .filter(([start, end]) => claims.some((claim) => claim.start >= start && claim.start < end));
}

function withoutRanges(line: string, ranges: readonly (readonly [number, number])[]): string {
  let rest = line;
  for (const [start, end] of [...ranges].reverse()) rest = rest.slice(0, start) + rest.slice(end);
  return rest;
}
