/** Which language a text is translated into, and what is remembered when a person chooses another. */
import { nearestLanguage } from '../../i18n/index.ts';
import { sameLanguage } from '../../text/language.ts';
import type { Settings } from '../../protocol/types.ts';

type Languages = Pick<Settings, 'language' | 'secondLanguage'>;

/** Undefined where the text is in every language that is known to be wanted: then the person is asked. */
export function targetFor(
  from: string | undefined,
  { language, secondLanguage }: Languages,
): string | undefined {
  return [language, secondLanguage]
    .filter((wanted) => wanted !== undefined)
    .map(nearestLanguage)
    .find((wanted) => from === undefined || !sameLanguage(from, wanted));
}

/** The language chosen before becomes the second one: whoever reads two languages needs both. */
export function withLanguage(chosen: string, { language, secondLanguage }: Languages): Languages {
  return { language: chosen, secondLanguage: sameLanguage(chosen, language) ? secondLanguage : language };
}
