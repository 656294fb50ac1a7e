/** Digits of all scripts as those of ASCII, and what a number's digits and separators may mean. Pure. */
import type { Quantity } from '../claim.ts';

/** The zeros of decimal digits in the basic plane (Unicode, general category Nd); nine more follow each. */
const ZEROS = [
  0x0660, 0x06f0, 0x07c0, 0x0966, 0x09e6, 0x0a66, 0x0ae6, 0x0b66, 0x0be6, 0x0c66, 0x0ce6, 0x0d66, 0x0e50,
  0x0ed0, 0x0f20, 0x1040, 0x17e0, 0x1810, 0xff10,
];
const ASCII = new Map<string, string>();
for (const zero of ZEROS)
  for (let digit = 0; digit < 10; digit++) ASCII.set(String.fromCharCode(zero + digit), String(digit));
// Separators of Arabic and of full-width numbers.
for (const [from, to] of ['٫.', '٬,', '٪%', '．.', '，,', '％%', '：:']) ASCII.set(from!, to!);

/** The same text with digits of ASCII; every character keeps its place. */
export const asciiDigits = (text: string): string =>
  /[^\0-\u00ff]/.test(text) ? text.replace(/[٪-٬\p{Nd}．，％：]/gu, (sign) => ASCII.get(sign) ?? sign) : text;

const SPACE = "[   ’']";
const DIGITS = `\\d{1,3}(?:${SPACE}\\d{3})+(?!\\d)(?:[.,]\\d+)?|\\d+(?:[.,:/–—-]\\d+)*`;
/** A number with its separators. A letter before it makes it a part of a name ("G20"). */
export const NUMBER = new RegExp(`(?<![\\p{LC}\\d]|[\\p{LC}\\d][-.,])(?:${DIGITS})`, 'gu');

/** What digits with separators may mean: one quantity, or several as in dates, times and ranges. */
export function meaningsOf(digits: string): Quantity[][] {
  const spaced = digits.split(/[   ’']/);
  if (spaced.length === 1) return [...separated(digits)];
  return [...separated(spaced.join('')), spaced.flatMap((part) => separated(part)[0]!)];
}

function separated(digits: string): Quantity[][] {
  if (/^\d+$/.test(digits)) return [[exact(digits)]];
  const parts = digits.split(/[.,:/–—-]/);
  const several = [digits.split(/[:/–—-]/).flatMap((part) => separated1(part)[0]!)];
  const signs = [...digits.matchAll(/\D/g)].map(([sign]) => sign);
  if (signs.some((sign) => !/[.,]/.test(sign))) return several;
  const whole = separated1(digits);
  // "3.10.2014", and versions such as "1.2.3".
  if (new Set(signs).size === 1 && signs.length > 1 && !grouped(parts)) return [parts.map(exact)];
  // "12.05" may be a day and a month, or a time.
  const pair = parts.length === 2 && parts.every((part) => part.length === 2);
  return pair ? [...whole, parts.map(exact)] : whole;
}

/** A number whose separators are points and commas. */
function separated1(digits: string): Quantity[][] {
  const parts = digits.split(/[.,]/);
  if (parts.length === 1) return [[exact(digits)]];
  const last = parts.at(-1)!;
  const groups = grouped(parts);
  const signs = new Set(digits.match(/[.,]/g));
  const found: Quantity[][] = [];
  if (groups && signs.size === 1) found.push([exact(parts.join(''))]);
  // Nobody writes 350 as "350,000".
  if ((parts.length === 2 && !(groups && /^0+$/.test(last))) || signs.size === 2) {
    const value = Number(`${parts.slice(0, -1).join('')}.${last}`);
    found.push([{ value, step: 10 ** -last.length }]);
  }
  return found.length > 0 ? found : [parts.map(exact)];
}

const grouped = (parts: readonly string[]): boolean =>
  parts[0]!.length <= 3 && parts.slice(1).every((part) => part.length === 3);

/** Round numbers of five digits and more may be rounded: "12 000" for 11 987. */
function exact(digits: string): Quantity {
  const zeros = /0*$/.exec(digits)![0].length;
  return { value: Number(digits), step: digits.length >= 5 && zeros >= 2 ? 10 ** zeros : 0 };
}
