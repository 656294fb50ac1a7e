/**
 * What a translation must keep: numbers in digits, web and mail addresses, and names that no language changes ("iPhone",
 * "G20", Latin names in a text of another script). Pure.
 *
 * Other names are not required: countries, institutions and weekdays have a word in each language.
 */
import type { Claim, Quantity } from './claim.ts';
import { NUMBER_LANGUAGES } from './numbers/number-tables.ts';
import { type FoundNumber, numbersIn } from './numbers/numbers.ts';
import { PageFacts } from './page-facts.ts';
import { keyOf, type TextWord, wordsOf } from './words.ts';

const ADDRESS = /(?:https?:\/\/|www\.)[^\s<>"'”’»）」、。]+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+/giu;
/** Points and brackets after an address belong to the sentence. */
const AFTER = /[.,;:!?)\]]+$/;

/** The numbers, addresses and names of `source` that `translation` lacks, as written, each once. */
export function lostFacts(source: string, translation: string): string[] {
  const lost: string[] = [];
  const rest = source.replace(ADDRESS, (found) => {
    const address = found.replace(AFTER, '');
    if (!translation.includes(address)) lost.push(address);
    return ' '.repeat(found.length);
  });
  const facts = new PageFacts([translation]);
  const plain = numbersIn(rest, []);
  for (const number of numbersIn(rest, NUMBER_LANGUAGES)) {
    if (!/\p{Nd}/u.test(number.text)) continue;
    const forms = [number, ...plain.filter(({ start }) => start === number.start)];
    if (
      !forms.some((form) => facts.supports(form)) &&
      !alternatives(rest, number).some((claim) => facts.supports(claim))
    )
      lost.push(number.text.trim());
  }
  for (const word of wordsOf(rest))
    if (isFixed(word, source) && !has(translation, word)) lost.push(word.text);
  return [...new Set(lost)];
}

/** Other ways to say a number: "3 pm" is 15, "the 1990s" are the nineties, "1st" is often a word. */
function alternatives(text: string, number: FoundNumber): Claim[] {
  const after = text.slice(number.end, number.end + 8);
  const [quantity] = number.meanings[0]!;
  const value = quantity!.value;
  const other = (changed: number): Claim => {
    const meaning: Quantity[] = [{ value: changed, step: 0 }, ...number.meanings[0]!.slice(1)];
    return { ...number, meanings: [meaning] };
  };
  if (/^\s*p\.?m\b/iu.test(after) && value < 12) return [other(value + 12)];
  if (/^['’]?s\b/u.test(after) && value >= 1000) return [other(value % 100)];
  // Nothing is required.
  return value === 1 ? [{ ...number, meanings: [[]] }] : [];
}

/** A name that is written alike in all languages. */
function isFixed({ text, marked }: TextWord, source: string): boolean {
  if (!marked || /^\p{N}/u.test(text)) return false;
  if (/\p{Ll}\p{Lu}|\p{Lu}.*\p{N}/u.test(text)) return true;
  return !/[\p{Lu}\p{Ll}]{2}\s+[\p{Lu}\p{Ll}]{2}/u.test(source) && /^\p{Script=Latin}+$/u.test(text);
}

const has = (translation: string, { key }: TextWord): boolean => keyOf(translation).includes(key);
