/**
 * The supported languages. Each is a file that is loaded on demand; English is always loaded. A language with a missing
 * text does not compile; a test finds surplus texts.
 */
import { en } from './en.ts';
import { directionOf, type Texts, useTexts } from './index.ts';

const loaders = {
  de: () => import('./locales/de.json'),
  fr: () => import('./locales/fr.json'),
  es: () => import('./locales/es.json'),
  ja: () => import('./locales/ja.json'),
  zh: () => import('./locales/zh.json'),
  ar: () => import('./locales/ar.json'),
} satisfies Record<string, () => Promise<{ default: Texts }>>;

/** A supported language. */
export type Locale = 'en' | keyof typeof loaders;

/** All supported languages, English first. */
export const locales: readonly Locale[] = ['en', ...(Object.keys(loaders) as (keyof typeof loaders)[])];

/** Returns the first of these tags (`de-AT`, `zh-Hant`) whose language is supported, or English. */
export function nearestLocale(tags: readonly string[]): Locale {
  for (const tag of tags) {
    const language = tag.toLowerCase().split(/[-_]/)[0];
    const found = locales.find((known) => known === language);
    if (found !== undefined) return found;
  }
  return 'en';
}

/** Loads the texts of a language; none for English, which is always loaded. */
export async function textsOf(locale: Locale): Promise<Partial<Texts>> {
  return locale === 'en' ? {} : (await loaders[locale]()).default;
}

/** Loads a language, switches to it, and returns its texts and writing direction. */
export async function activateLocale(locale: Locale): Promise<{ texts: Partial<Texts>; dir: 'ltr' | 'rtl' }> {
  const texts = await textsOf(locale);
  useTexts(locale, { ...en, ...texts });
  return { texts, dir: directionOf(locale) };
}
