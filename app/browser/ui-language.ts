/**
 * In which language Linnet speaks. It is asked for before anything is drawn, so it lies in `storage.local` and not
 * with the other settings, which live behind the worker. The content script finds the texts themselves there: its
 * bundle has none but English, and it may load no file of the extension. They are laid there when Linnet is installed or
 * updated, and whenever one of its pages opens.
 */
import { browser } from 'wxt/browser';

const CHOSEN = 'uiLanguage';
const TEXTS = 'uiTexts';

export interface CachedTexts {
  readonly language: string;
  /** By key; what is missing is said in English. */
  readonly texts: Readonly<Record<string, unknown>>;
}

/** What the person chose; undefined means the browser's language. */
export async function chosenLanguage(): Promise<string | undefined> {
  const found = (await browser.storage.local.get(CHOSEN))[CHOSEN];
  return typeof found === 'string' ? found : undefined;
}

export async function chooseLanguage(tag: string | undefined): Promise<void> {
  if (tag === undefined) await browser.storage.local.remove(CHOSEN);
  else await browser.storage.local.set({ [CHOSEN]: tag });
}

/** The browser's languages, the one of its own menus first. */
export function browserLanguages(): string[] {
  return [browser.i18n.getUILanguage(), ...navigator.languages];
}

export async function keepTexts(kept: CachedTexts): Promise<void> {
  const before = await keptTexts();
  if (before?.language === kept.language && sameTexts(before.texts, kept.texts)) return;
  await browser.storage.local.set({ [TEXTS]: kept });
}

export async function keptTexts(): Promise<CachedTexts | undefined> {
  const found = (await browser.storage.local.get(TEXTS))[TEXTS];
  return found as CachedTexts | undefined;
}

/** The service worker's part, at each of its starts. `nearest` gives the texts for the first tag that it knows. */
export function cacheTextsOnInstall(nearest: (tags: readonly string[]) => Promise<CachedTexts>): void {
  browser.runtime.onInstalled.addListener(async () => {
    const chosen = await chosenLanguage();
    await keepTexts(await nearest(chosen === undefined ? browserLanguages() : [chosen]));
  });
}

/** Tells when Linnet speaks another language, or has new texts. Gives the way to stop. */
export function onTextsCached(changed: () => void): () => void {
  const listener = (changes: object, area: string) => {
    if (area === 'local' && TEXTS in changes) changed();
  };
  browser.storage.onChanged.addListener(listener);
  return () => browser.storage.onChanged.removeListener(listener);
}

function sameTexts(a: object, b: object): boolean {
  return JSON.stringify(Object.entries(a).sort()) === JSON.stringify(Object.entries(b).sort());
}

export const extensionVersion = (): string => browser.runtime.getManifest().version;
