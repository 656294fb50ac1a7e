/**
 * The languages that Linnet speaks, each a file of its own that is loaded when it is wanted. English is always
 * there. A language that lacks a text does not compile; that no text is too much is for the test.
 */
import { directionOf, type Texts, useTexts } from './index.ts';

const loaders = {
  de: () => import('./locales/de.json'),
  fr: () => import('./locales/fr.json'),
  es: () => import('./locales/es.json'),
  ja: () => import('./locales/ja.json'),
  zh: () => import('./locales/zh.json'),
  ar: () => import('./locales/ar.json'),
} satisfies Record<string, () => Promise<{ default: Texts }>>;

export type Locale = 'en' | keyof typeof loaders;

export const locales: readonly Locale[] = ['en', ...(Object.keys(loaders) as (keyof typeof loaders)[])];

/** The first of these tags (`de-AT`, `zh-Hant`) whose language Linnet speaks, else English. */
export function nearestLocale(tags: readonly string[]): Locale {
  for (const tag of tags) {
    const language = tag.toLowerCase().split(/[-_]/)[0];
    const found = locales.find((known) => known === language);
    if (found !== undefined) return found;
  }
  return 'en';
}

export async function textsOf(locale: Locale): Promise<Partial<Texts>> {
  return locale === 'en' ? {} : (await loaders[locale]()).default;
}

/** Loads a language, speaks it from now on, and says what a document needs to know of it. */
export async function activateLocale(locale: Locale): Promise<{ texts: Partial<Texts>; dir: 'ltr' | 'rtl' }> {
  const texts = await textsOf(locale);
  useTexts(locale, texts);
  return { texts, dir: directionOf(locale) };
}
