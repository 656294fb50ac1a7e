/** Before a page of Linnet draws: the language of its texts, and which way they run. */
import type { TextKey } from '../../i18n/index.ts';
import { t } from '../../i18n/index.ts';
import { activateLocale, nearestLocale } from '../../i18n/locales.ts';
import { browserLanguages, chosenLanguage, keepTexts } from '../../browser/ui-language.ts';

/** `title` is that of the document; without one it stays as the HTML says. */
export async function applyLocale(title?: TextKey): Promise<void> {
  const chosen = await chosenLanguage();
  const locale = nearestLocale(chosen === undefined ? browserLanguages() : [chosen]);
  const { texts, dir } = await activateLocale(locale);
  document.documentElement.lang = locale;
  document.documentElement.dir = dir;
  if (title !== undefined) document.title = `Linnet – ${t(title)}`;
  // For the content script; nothing here waits for it.
  void keepTexts({ language: locale, texts }).catch(() => {});
}
