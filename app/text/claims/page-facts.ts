/**
 * The numbers and names of a page, indexed once, for asking whether the page has those of an answer. Building takes time
 * linear in the page's length, a question about one claim time independent of it (logarithmic for rounded numbers).
 */
import type { Claim, NameClaim, NumberClaim, Quantity } from './claim.ts';
import { monthOf } from './numbers/months.ts';
import { NameForms } from './name-forms.ts';
import { ARABIC, runsOf } from './names.ts';
import { NUMBER_LANGUAGES } from './numbers/number-tables.ts';
import { numbersIn } from './numbers/numbers.ts';
import { guessedLanguage } from './text-language.ts';
import { keyOf, type TextWord, wordsOf } from './words.ts';

/** Most words of a name whose initials are known. */
const LONGEST_ACRONYM = 6;
/** Parts of a word: "Franco-German", "example.org", "BarackObama". */
const PARTS = /[.·&'’‐‑-]|(?<=\p{Ll})(?=\p{Lu})/u;

export class PageFacts {
  private readonly values = new Set<number>();
  private sorted: number[] | undefined;
  private readonly months = new Set<number>();
  private readonly names = new NameForms();
  private readonly acronyms = new Set<string>();
  private readonly neighbours = new Neighbours();
  private readonly katakana = new Set<string>();

  /** `texts`: the page's text, its title, its address, and what else an answer may repeat, such as the question. */
  constructor(texts: readonly string[]) {
    for (const text of texts) this.read(text);
  }

  private read(text: string): void {
    const language = guessedLanguage(text);
    for (const { meanings, dated } of numbersIn(
      text,
      language === undefined ? NUMBER_LANGUAGES : [language],
    )) {
      for (const { value } of meanings.flat()) {
        this.values.add(value);
        if (dated && value >= 1 && value <= 12) this.months.add(value);
      }
    }
    const words = wordsOf(text);
    for (const word of words) {
      this.addMonth(word.text);
      this.names.add(word.key);
      const parts = word.text.split(PARTS);
      if (parts.length > 1) for (const part of parts) if (part !== '') this.names.add(keyOf(part));
    }
    for (const [word] of text.matchAll(ARABIC)) this.addMonth(word);
    for (const run of runsOf(text, words)) {
      this.addAcronyms(run);
      this.neighbours.add(run);
    }
    for (const [run] of text.matchAll(/[\p{sc=Katakana}ー]{2,}/gu)) this.katakana.add(run);
  }

  private addMonth(word: string): void {
    const month = monthOf(word);
    if (month !== undefined) this.months.add(month);
  }

  private addAcronyms(run: readonly TextWord[]): void {
    const initials = run.map(({ key }) => key.charAt(0)).join('');
    for (let start = 0; start < initials.length; start++)
      for (let end = start + 2; end <= Math.min(initials.length, start + LONGEST_ACRONYM); end++)
        this.acronyms.add(initials.slice(start, end));
  }

  /** Whether the page says it: also inflected, written out, with other separators, or rounded. */
  supports(claim: Claim): boolean {
    if (claim.kind === 'number') return this.hasNumber(claim);
    if (claim.kind === 'month') return this.months.has(claim.month);
    return this.hasName(claim);
  }

  private hasNumber({ meanings, dated }: NumberClaim): boolean {
    const has = (quantity: Quantity) =>
      this.hasQuantity(quantity) || (dated && this.months.has(quantity.value));
    return meanings.some((meaning) => meaning.every(has));
  }

  private hasQuantity({ value, step }: Quantity): boolean {
    if (this.values.has(value)) return true;
    if (step === 0) return false;
    this.sorted ??= [...this.values].sort((a, b) => a - b);
    const least = value - step / 2;
    let [low, high] = [0, this.sorted.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.sorted[middle]! < least) low = middle + 1;
      else high = middle;
    }
    // Only a more precise number is rounded to this one, and one of the same size.
    const found = this.sorted[low];
    return found !== undefined && found <= value + step / 2;
  }

  private hasName({ words }: NameClaim): boolean {
    const keys = words.map((word) => keyOf(word));
    if (!words.every((word, index) => this.hasWord(word, keys[index]!))) return false;
    return keys.every((key, index) => index === 0 || this.neighbours.allow(keys[index - 1]!, key));
  }

  private hasWord(word: string, key: string): boolean {
    if (/\p{sc=Katakana}/u.test(word))
      return this.katakana.has(word) || [...this.katakana].some((run) => run.includes(word));
    if (this.names.has(key)) return true;
    if (/^\p{Lu}[\p{Lu}.]+$/u.test(word) && this.acronyms.has(key)) return true;
    const parts = word.split(/[.‐‑-]/).filter((part) => part !== '');
    return parts.length > 1 && parts.every((part) => this.names.has(keyOf(part)));
  }
}

/**
 * Which words follow each other in names. "John Smith" is no name of a page on which John is always followed by another
 * name and Smith always preceded by one.
 */
class Neighbours {
  private readonly pairs = new Set<string>();
  private readonly known = new Set<string>();
  private readonly begins = new Set<string>();
  private readonly ends = new Set<string>();

  add(run: readonly TextWord[]): void {
    run.forEach(({ key }, index) => {
      this.known.add(key);
      if (index === 0) this.begins.add(key);
      if (index === run.length - 1) this.ends.add(key);
      for (let other = index + 1; other < run.length; other++) this.pairs.add(`${key} ${run[other]!.key}`);
    });
  }

  allow(before: string, after: string): boolean {
    if (!this.known.has(before) || !this.known.has(after)) return true;
    return this.ends.has(before) || this.begins.has(after) || this.pairs.has(`${before} ${after}`);
  }
}
