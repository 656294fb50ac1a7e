/**
 * The language of the interface. It is needed before anything is drawn, so it is in `storage.local` and not with the
 * other settings, which the worker owns. The texts are cached there too, for the content script: its bundle has English
 * only, and it may not load files of the extension. The cache is written when Linnet is installed or updated, and
 * whenever one of its pages opens.
 */
import { browser } from 'wxt/browser';

const CHOSEN = 'uiLanguage';
const TEXTS = 'uiTexts';

export interface CachedTexts {
  readonly language: string;
  /** By key; English replaces missing texts. */
  readonly texts: Readonly<Record<string, unknown>>;
}

/** The language that the person chose (BCP 47); undefined for the browser's language. */
export async function chosenLanguage(): Promise<string | undefined> {
  const found = (await browser.storage.local.get(CHOSEN))[CHOSEN];
  return typeof found === 'string' ? found : undefined;
}

export async function chooseLanguage(tag: string | undefined): Promise<void> {
  if (tag === undefined) await browser.storage.local.remove(CHOSEN);
  else await browser.storage.local.set({ [CHOSEN]: tag });
}

/** The browser's languages (BCP 47), that of its menus first. */
export function browserLanguages(): string[] {
  return [browser.i18n.getUILanguage(), ...navigator.languages];
}

export async function cacheTexts(cached: CachedTexts): Promise<void> {
  const before = await cachedTexts();
  if (before?.language === cached.language && sameTexts(before.texts, cached.texts)) return;
  await browser.storage.local.set({ [TEXTS]: cached });
}

export async function cachedTexts(): Promise<CachedTexts | undefined> {
  const found = (await browser.storage.local.get(TEXTS))[TEXTS];
  return found as CachedTexts | undefined;
}

/** Called at every start of the service worker. `nearest` returns the texts for the first tag that it supports. */
export function cacheTextsOnInstall(nearest: (tags: readonly string[]) => Promise<CachedTexts>): void {
  browser.runtime.onInstalled.addListener(async () => {
    const chosen = await chosenLanguage();
    await cacheTexts(await nearest(chosen === undefined ? browserLanguages() : [chosen]));
  });
}

/** Calls `changed` when the language or the cached texts change. Returns an unsubscribe function. */
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
