/**
 * Every language at once, for the service worker, which may load nothing on demand: right after an install or an update
 * it lays the texts down where content scripts find them. Pages load one language; see locales.ts.
 */
import type { Texts } from './index.ts';
import { type Locale, nearestLocale } from './locales.ts';
import ar from './locales/ar.json';
import de from './locales/de.json';
import es from './locales/es.json';
import fr from './locales/fr.json';
import ja from './locales/ja.json';
import zh from './locales/zh.json';

const all: Readonly<Record<Locale, Partial<Texts>>> = { en: {}, ar, de, es, fr, ja, zh };

/** Those of the first of these tags (`de-AT`) whose language Linnet speaks, else English. */
export function nearestTexts(tags: readonly string[]): { language: Locale; texts: Partial<Texts> } {
  const language = nearestLocale(tags);
  return { language, texts: all[language] };
}
