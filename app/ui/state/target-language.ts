/** Chooses the language a text is translated into, and what to remember when the user chooses another. */
import { nearestLanguage } from '../../i18n/index.ts';
import { sameLanguage } from '../../text/language.ts';
import type { Settings } from '../../protocol/types.ts';

type Languages = Pick<Settings, 'language' | 'secondLanguage'>;

/** Returns the target language; undefined if the text is in all known target languages, so the user must choose. */
export function targetFor(
  from: string | undefined,
  { language, secondLanguage }: Languages,
): string | undefined {
  return [language, secondLanguage]
    .filter((target) => target !== undefined)
    .map(nearestLanguage)
    .find((target) => from === undefined || !sameLanguage(from, target));
}

/** The previous language becomes the second one, for users who read two languages. */
export function withLanguage(chosen: string, { language, secondLanguage }: Languages): Languages {
  return { language: chosen, secondLanguage: sameLanguage(chosen, language) ? secondLanguage : language };
}
