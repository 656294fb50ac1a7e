/**
 * Finds the names of a text: capitalised words inside a sentence, several in a row as one name, acronyms, words with a
 * capital inside, and foreign names in katakana. A capital at the beginning of a sentence says nothing, so such a word
 * counts only if it is written with a capital elsewhere too, or names a country. Pure.
 *
 * German writes all nouns with capitals. There, only the last of several capitalised words in a row counts, as in
 * "Kanzlerin Merkel", besides acronyms and countries.
 */
import { isStopword } from '../stopwords.ts';
import type { MonthClaim, NameClaim } from './claim.ts';
import { isCountry } from './countries.ts';
import { monthOf } from './numbers/months.ts';
import { type TextWord, wordsOf } from './words.ts';

/** Between two parts of one name. */
const PARTICLE =
  /^\.?\s+(?:(?:of|de|du|des|del|della|di|da|do|dos|la|le|los|von|van|der|den|zu|bin|ibn|al|el|the)\s+){0,2}$/u;
/** Most words of a name; more are a heading. */
const LONGEST = 8;
/** Endings of German nouns that are no names. */
const NOUN =
  /(?:ung|ungen|heit|heiten|keit|keiten|schaft|schaften|tion|tionen|tät|ismus|ling|nis|tum|chen|lein|[^m]en|ern|eln)$/u;
/** Titles before a name; they claim nothing. */
const TITLES = new Set(
  'mr mrs ms miss dr prof sir st sen rep gov gen col lt sgt hon mme mlle sr sra herr frau'.split(' '),
);
/** Words without a capital in English titles. */
const MINOR = new Set(
  'a an the of in on at to for and or but nor with by from as into over per via vs'.split(' '),
);
export const ARABIC = /\p{Script=Arabic}{3,}/gu;
/** A name in katakana has a dot inside, or a title after it. */
const KATAKANA =
  /[\p{sc=Katakana}ー]{2,}(?:[・＝=][\p{sc=Katakana}ー]+)+|[\p{sc=Katakana}ー]{2,}(?=氏|さん|選手|大統領|首相|監督|教授|博士|市|州|社(?!会))/gu;

/** `language`: of the text, where it is known. */
export function namesIn(text: string, language: string | undefined): (NameClaim | MonthClaim)[] {
  const found: (NameClaim | MonthClaim)[] = [];
  const words = wordsOf(text);
  const inside = new Set(words.filter(({ capital, initial }) => capital && !initial).map(({ key }) => key));
  for (const run of runsOf(text, words)) {
    const titled = isTitled(text, words, run[0]!);
    const counted = run.filter((word) => counts(word, { run, language, titled, inside, text }));
    const named = counted.filter((word) => monthOf(word.text) === undefined || word !== run.at(-1));
    if (named.length > 0) found.push(nameOf(text, named));
  }
  for (const word of words) {
    const month = monthIn(text, word);
    if (month !== undefined) found.push({ kind: 'month', ...placeOf(word), month });
  }
  found.push(...arabicMonths(text));
  for (const { 0: name, index } of text.matchAll(KATAKANA))
    found.push({
      kind: 'name',
      text: name,
      start: index,
      end: index + name.length,
      words: name.split(/[・＝=]/),
    });
  return found.sort((a, b) => a.start - b.start);
}

/** Months in Arabic, which has no capitals: beside a number. */
function arabicMonths(text: string): MonthClaim[] {
  return [...text.matchAll(ARABIC)].flatMap(({ 0: word, index }) => {
    const month = monthOf(word);
    const end = index + word.length;
    const beside =
      /\p{Nd}\s+$/u.test(text.slice(Math.max(0, index - 4), index)) ||
      /^\s+\p{Nd}/u.test(text.slice(end, end + 4));
    return month !== undefined && beside
      ? [{ kind: 'month' as const, text: word, start: index, end, month }]
      : [];
  });
}

const placeOf = ({ text, start, end }: TextWord) => ({ text, start, end });

function nameOf(text: string, words: readonly TextWord[]): NameClaim {
  const [start, end] = [words[0]!.start, words.at(-1)!.end];
  return { kind: 'name', text: text.slice(start, end), start, end, words: words.map((word) => word.text) };
}

/** Capitalised words in a row, with particles between them. */
export function runsOf(text: string, words: readonly TextWord[]): TextWord[][] {
  const runs: TextWord[][] = [];
  let last: TextWord | undefined;
  for (const word of words) {
    if (!word.capital) continue;
    const joined = last !== undefined && !word.initial && PARTICLE.test(text.slice(last.end, word.start));
    if (joined && runs.at(-1)!.length < LONGEST) runs.at(-1)!.push(word);
    else runs.push([word]);
    last = word;
  }
  return runs;
}

interface Around {
  readonly text: string;
  readonly run: readonly TextWord[];
  readonly language: string | undefined;
  readonly titled: boolean;
  /** Keys of the words that have a capital inside a sentence. */
  readonly inside: ReadonlySet<string>;
}

function counts(word: TextWord, { run, language, titled, inside }: Around): boolean {
  if (/^\p{N}+$/u.test(word.text) || word.key.length < 2) return false;
  if ((isStopword(word.key) && !word.marked) || TITLES.has(word.key)) return false;
  if (word.marked) return !(titled && /^\p{Lu}+$/u.test(word.text) && word.text.length > 5);
  if (isCountry(word.key)) return true;
  if (language === 'de') {
    const inner = run.filter((other) => !other.initial && !isStopword(other.key));
    return inner.length > 1 && word === run.at(-1) && !NOUN.test(word.text);
  }
  if (titled) return false;
  return !word.initial || inside.has(word.key);
}

/** Whether the word's line is an English title: only articles, prepositions and the like have no capital. */
function isTitled(text: string, words: readonly TextWord[], word: TextWord): boolean {
  const start = text.lastIndexOf('\n', word.start) + 1;
  const next = text.indexOf('\n', word.start);
  const end = next < 0 ? text.length : next;
  const inLine = words.filter(
    (other) => other.start >= start && other.end <= end && /\p{L}/u.test(other.text),
  );
  const capitals = inLine.filter(({ capital }) => capital).length;
  return capitals > 4 && inLine.every(({ capital, key }) => capital || MINOR.has(key));
}

/** The month that a word names: beside a number, or with a capital inside a sentence. */
function monthIn(text: string, word: TextWord): number | undefined {
  const month = monthOf(word.text);
  if (month === undefined) return undefined;
  const after = text.slice(word.end, word.end + 8);
  const before = text.slice(Math.max(0, word.start - 8), word.start);
  if (
    /^\.?,?\s+(?:de\s+|del\s+)?\d/u.test(after) ||
    /\d(?:st|nd|rd|th|er|\.)?\s+(?:de\s+|of\s+)?$/u.test(before)
  )
    return month;
  // "April Jones" and "Jan Novak" are names.
  const clear = word.capital && !word.initial && (word.text.length >= 4 || /^Ma[iy]$/.test(word.text));
  return clear && !/^\s+\p{Lu}\p{Ll}/u.test(after) ? month : undefined;
}
