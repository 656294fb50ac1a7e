/**
 * The numbers, months and names of a text, and which of them a page does not have. Pure.
 *
 *     const page = new PageFacts([text, title]);
 *     unsupported('In 2201 the tribe moved.', page)   // the claim "2201"
 */
import type { Claim } from './claim.ts';
import { namesIn } from './names.ts';
import { NUMBER_LANGUAGES } from './numbers/number-tables.ts';
import { numbersIn } from './numbers/numbers.ts';
import type { PageFacts } from './page-facts.ts';
import { guessedLanguage } from './text-language.ts';

export interface ClaimOptions {
  /** BCP 47, of the text; guessed where it is absent. */
  readonly language?: string | undefined;
  /** Names are not looked for: the text is a translation, and names have other forms in other languages. */
  readonly numbersOnly?: boolean | undefined;
}

/** In order of the text. */
export function claimsOf(text: string, { language, numbersOnly }: ClaimOptions = {}): Claim[] {
  const base = language?.toLowerCase().split('-')[0] ?? guessedLanguage(text);
  const spelled = base !== undefined && NUMBER_LANGUAGES.includes(base) ? [base] : [];
  const numbers = numbersIn(text, spelled).filter(({ weak }) => !weak);
  const names = namesIn(text, base).filter(({ kind }) => kind === 'month' || numbersOnly !== true);
  return [...numbers, ...names].sort((a, b) => a.start - b.start);
}

/** The claims of `text` that `page` does not have. */
export const unsupported = (text: string, page: PageFacts, options?: ClaimOptions): Claim[] =>
  claimsOf(text, options).filter((claim) => !page.supports(claim));
