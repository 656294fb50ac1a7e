/**
 * Texts of any language for the service worker, which cannot use dynamic imports and should be small. It reads them as
 * a file of the extension after an install or an update, and stores them for content scripts. Pages import one
 * language; see locales.ts.
 */
import { fetchFile } from '../../engine/index.ts';
import type { Texts } from './index.ts';
import { type Locale, nearestLocale } from './locales.ts';
import ar from './locales/ar.json?url';
import de from './locales/de.json?url';
import es from './locales/es.json?url';
import fr from './locales/fr.json?url';
import ja from './locales/ja.json?url';
import zh from './locales/zh.json?url';

const addresses: Readonly<Record<Exclude<Locale, 'en'>, string>> = { ar, de, es, fr, ja, zh };

/** Returns the texts of the first of these tags (`de-AT`) whose language is supported, or English (no texts). */
export async function nearestTexts(
  tags: readonly string[],
): Promise<{ language: Locale; texts: Partial<Texts> }> {
  const language = nearestLocale(tags);
  return { language, texts: language === 'en' ? {} : await read(addresses[language]) };
}

async function read(address: string): Promise<Partial<Texts>> {
  return JSON.parse(new TextDecoder().decode(await fetchFile(address)));
}
