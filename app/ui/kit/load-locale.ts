/** Sets the language and direction of one of Linnet's own pages, before its first render. */
import type { TextKey } from '../../i18n/index.ts';
import { t } from '../../i18n/index.ts';
import { activateLocale, nearestLocale } from '../../i18n/locales.ts';
import { browserLanguages, chosenLanguage, cacheTexts } from '../../browser/ui-language.ts';

/** `title`: for the document; without it, the title of the HTML remains. */
export async function applyLocale(title?: TextKey): Promise<void> {
  const chosen = await chosenLanguage();
  const locale = nearestLocale(chosen === undefined ? browserLanguages() : [chosen]);
  const { texts, dir } = await activateLocale(locale);
  document.documentElement.lang = locale;
  document.documentElement.dir = dir;
  if (title !== undefined) document.title = `Linnet – ${t(title)}`;
  // The content script reads the texts from there. This page does not depend on it.
  void cacheTexts({ language: locale, texts }).catch(() => {});
}
