/**
 * Finds the numbers of a text: digits of any script with their separators and scales ("3.5 million", "12 300", "2014-05-12",
 * "350万"), and numbers in words. Pure.
 *
 * Not here: whether a page has them (page-facts.ts).
 */
import { characterNumbers } from './cjk-numbers.ts';
import type { NumberClaim, Quantity } from '../claim.ts';
import { asciiDigits, meaningsOf, NUMBER } from './digits.ts';
import { numberKey, numberTable } from './number-tables.ts';
import { writtenNumbers } from './number-words.ts';

export interface FoundNumber extends NumberClaim {
  /** It may be no number in the sense of the text: "one of them", "hundreds", 一, the "2." of a list. */
  readonly weak: boolean;
}

/** Bullets of lists: "2." and "(3)" at the beginning of a line. */
const BULLET = /^[ \t]*(?:[-*•]\s*)?\(?$/;
/** Counters after a single Chinese character. */
const COUNTER = /^[人年月日回個个台枚本名歳岁倍次位件种種条條天度点點時时分秒世代階层層ヶか]/u;
const LETTER_SCALE = /^[ \u00a0\u202f-]?(\p{L}[\p{L}\p{M}]*)(?![\p{L}\p{M}\d])/u;

/** In order of the text. `languages`: those in which numbers in words are read. */
export function numbersIn(text: string, languages: readonly string[]): FoundNumber[] {
  const ascii = asciiDigits(text);
  const found: FoundNumber[] = [];
  const signs = characterNumbers(ascii);
  // outermost() drops the digits that are a part of them.
  for (const match of ascii.matchAll(NUMBER)) found.push(fromDigits(text, ascii, match, languages));
  for (const { start, end, value, step, single } of signs) {
    const after = ascii.slice(end, end + 1);
    const weak = single && (value < 2 || !COUNTER.test(after));
    const dated = after === '月';
    found.push({ ...place(text, start, end), meanings: [[{ value, step }]], dated, weak });
  }
  for (const language of languages) {
    for (const { start, end, value, vague } of writtenNumbers(ascii, language)) {
      const weak = vague || value < 2;
      const step = value >= 1e6 && value % 1e6 === 0 ? 1e6 : 0;
      found.push({ ...place(text, start, end), meanings: [[{ value, step }]], dated: false, weak });
    }
  }
  return outermost(found);
}

/** In order, without those that are a part of another. */
function outermost(found: readonly FoundNumber[]): FoundNumber[] {
  const kept: FoundNumber[] = [];
  for (const number of [...found].sort((a, b) => a.start - b.start || b.end - a.end))
    if (number.start >= (kept.at(-1)?.end ?? 0)) kept.push(number);
  return kept;
}

const place = (text: string, start: number, end: number) =>
  ({ kind: 'number', text: text.slice(start, end), start, end }) as const;

function fromDigits(
  text: string,
  ascii: string,
  match: RegExpExecArray,
  languages: readonly string[],
): FoundNumber {
  const [digits] = match;
  const end = match.index + digits.length;
  const rest = ascii.slice(end, end + 20);
  const meanings = meaningsOf(digits);
  const scaled = scaleAfter(rest, languages);
  const weak =
    /^\d{1,2}$/.test(digits) && /^[.)]\s/.test(rest) && BULLET.test(lineBefore(ascii, match.index));
  const dated = rest.startsWith('月') || /^\d+[-/.]\d+[-/.]\d+$/.test(digits);
  if (scaled === undefined)
    return { ...place(text, match.index, end), meanings: [...meanings, ...yearOf(text, match)], dated, weak };
  const { values, sure, length } = scaled;
  const times = meanings
    .filter((meaning) => meaning.length === 1)
    .flatMap(([quantity]) => values.map((by) => [timesOf(quantity!, by)]));
  const all = sure && times.length > 0 ? times : [...times, ...meanings];
  return { ...place(text, match.index, end + length), meanings: all, dated, weak: false };
}

const lineBefore = (text: string, at: number): string =>
  text.slice(at === 0 ? 0 : text.lastIndexOf('\n', at - 1) + 1, at);

/** "3.5 million": the unit of the last digit is 100 000. */
function timesOf({ value, step }: Quantity, by: number): Quantity {
  return { value: Number((value * by).toPrecision(12)), step: (step === 0 ? 1 : step) * by };
}

function scaleAfter(rest: string, languages: readonly string[]) {
  const match = LETTER_SCALE.exec(rest);
  if (match === null) return undefined;
  const key = numberKey(match[1]!);
  const values = new Set<number>();
  for (const language of languages) {
    const word = numberTable(language)?.get(key);
    if (word?.kind === 'scale') values.add(word.value);
  }
  // "5 m" may be metres.
  return values.size === 0
    ? undefined
    : { values: [...values], sure: key.length > 2, length: match[0].length };
}

/** "'90s" are the 1990s. */
function yearOf(text: string, match: RegExpExecArray): Quantity[][] {
  const apostrophe = /['’]$/.test(text.slice(Math.max(0, match.index - 1), match.index));
  return apostrophe && /^\d\d$/.test(match[0])
    ? [[{ value: 1900 + Number(match[0]), step: 0 }], [{ value: 2000 + Number(match[0]), step: 0 }]]
    : [];
}
