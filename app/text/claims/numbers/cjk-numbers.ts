/** Numbers in Chinese characters, and digits before 万 and 億: 三百二十, 二〇一四, 350万, 1億2000万. Pure. */

const DIGITS = new Map([...'〇零一二三四五六七八九'].map((sign, at) => [sign, Math.max(0, at - 1)]));
DIGITS.set('两', 2).set('兩', 2);
const SMALL = new Map([
  ['十', 10],
  ['百', 100],
  ['千', 1000],
]);
const LARGE = new Map([
  ['万', 1e4],
  ['萬', 1e4],
  ['億', 1e8],
  ['亿', 1e8],
  ['兆', 1e12],
]);
/** Digits of ASCII may be mixed in; the text has no others (digits.ts). */
const RUN =
  /(?:\d[\d.,]*)?[〇零一二两兩三四五六七八九十百千万萬億亿兆](?:[〇零一二两兩三四五六七八九十百千万萬億亿兆]|\d[\d.,]*)*/gu;
/** Words that have such a sign and are no number. */
const NOT = /^(?:十分|万一|一一|三三|百千|千万|万万)$/u;

export interface CharacterNumber {
  readonly start: number;
  readonly end: number;
  readonly value: number;
  /** Unit of the last sign, as in {@link Quantity.step}: 10 000 for 350万. */
  readonly step: number;
  /** One sign alone may be part of another word. */
  readonly single: boolean;
}

export function characterNumbers(text: string): CharacterNumber[] {
  const found: CharacterNumber[] = [];
  for (const match of text.matchAll(RUN)) {
    const [run] = match;
    if (NOT.test(run) || NOT.test(run + text.charAt(match.index + run.length))) continue;
    const value = valueOfRun(run);
    if (value === undefined) continue;
    const last = LARGE.get(run.at(-1)!) ?? 0;
    const decimals = /[.,](\d{1,2})\p{L}$/u.exec(run)?.[1]?.length ?? 0;
    const place = { start: match.index, end: match.index + run.length };
    found.push({ ...place, value, step: last / 10 ** decimals, single: run.length === 1 });
  }
  return found;
}

/** Undefined for signs in an order that is no number. */
function valueOfRun(run: string): number | undefined {
  // 二〇一四: digit by digit.
  if ([...run].every((sign) => DIGITS.has(sign)))
    return Number([...run].map((sign) => DIGITS.get(sign)).join(''));
  let total = 0;
  let section = 0;
  let digit: number | undefined;
  for (const [piece] of run.matchAll(/\d[\d.,]*|./gu)) {
    const small = SMALL.get(piece);
    const large = LARGE.get(piece);
    if (small !== undefined) {
      section += (digit ?? 1) * small;
      digit = undefined;
    } else if (large !== undefined) {
      if (section + (digit ?? 0) === 0) return undefined;
      total += (section + (digit ?? 0)) * large;
      section = 0;
      digit = undefined;
    } else if (/^\d/.test(piece)) digit = Number(piece.replace(/,(?=\d{3}(?!\d))/g, '').replace(',', '.'));
    else digit = DIGITS.get(piece)!;
    if (Number.isNaN(digit)) return undefined;
  }
  return total + section + (digit ?? 0);
}
