/** Chooses the language a text is translated into. */
import { nearestLanguage } from '../../i18n/index.ts';
import { sameLanguage } from '../../text/language.ts';
import type { TargetLanguages } from '../../protocol/requests.ts';

/** Returns the target language; undefined if the text is in all known target languages, so the user must choose. */
export function targetFor(
  from: string | undefined,
  { language, secondLanguage }: TargetLanguages,
): string | undefined {
  return [language, secondLanguage]
    .filter((target) => target !== undefined)
    .map(nearestLanguage)
    .find((target) => from === undefined || !sameLanguage(from, target));
}
