/**
 * Into which language a text in a field of a page is translated: what the person wrote into the page's language, what is
 * there in another language into theirs. Both are offered; this says which one is meant.
 */
import { nearestLanguage } from '../../../i18n/index.ts';
import type { TargetLanguages } from '../../../protocol/requests.ts';
import { guessedLanguage } from '../../../text/claims/text-language.ts';
import { type Detector, languageOf, sameLanguage } from '../../../text/language.ts';
import { targetFor } from '../../state/target-language.ts';

/** Both directions, as languages to translate into (BCP 47). */
export interface Directions {
  /** What the page is written in. */
  readonly page: string;
  /** What the person reads. */
  readonly own: string;
}

/** Undefined where the page is in the person's language, or in one that is unknown or not offered. */
export function directionsOf(
  page: string | undefined,
  { language }: TargetLanguages,
): Directions | undefined {
  const offered = offeredLanguage(page);
  const own = nearestLanguage(language);
  return offered === undefined || sameLanguage(offered, own) ? undefined : { page: offered, own };
}

/** The language that texts are translated into which is this one; undefined if there is none. */
export function offeredLanguage(tag: string | undefined): string | undefined {
  const nearest = tag === undefined ? undefined : nearestLanguage(tag);
  return sameLanguage(nearest, tag) ? nearest : undefined;
}

/**
 * The language of a text in a field. The page declares its own language for it, not that of what is typed, so that counts only
 * where there is nothing to tell apart. Of a text too short to be sure about, one of the two languages is likely.
 */
export async function languageOfWritten(
  { text, lang }: { readonly text: string; readonly lang?: string },
  likely: { readonly page: string | undefined; readonly own: string },
  detector: Detector | undefined,
): Promise<string | undefined> {
  const sure = await languageOf(text, undefined, detector);
  if (sure !== undefined) return sure.language;
  const found = (await detector?.(text).catch(() => undefined))?.languages ?? [];
  const guesses = [...found.map(({ language }) => language), guessedLanguage(text)];
  const guess = guesses.find((tag) => sameLanguage(tag, likely.page) || sameLanguage(tag, likely.own));
  if (guess !== undefined) return guess;
  const isOpen = likely.page !== undefined && !sameLanguage(likely.page, likely.own);
  return isOpen ? undefined : (await languageOf(text, lang, undefined))?.language;
}

/** Into which language a written text is translated if the person says nothing. */
export function writtenTarget(
  from: string | undefined,
  directions: Directions | undefined,
  languages: TargetLanguages,
): string | undefined {
  const isOwn = from === undefined || sameLanguage(from, directions?.own);
  return directions !== undefined && isOwn ? directions.page : targetFor(from, languages);
}
