/**
 * The texts of the interface for content scripts, by a message to the service worker. A content script shares its process
 * with its page, so it may not open the extension's storage: there a page could change the texts of other pages, and
 * fill the disk.
 */
import { browser } from 'wxt/browser';
import { answerMessage } from './own-messages.ts';
import { type CachedTexts, cachedTexts } from '../ui-language.ts';

const TEXTS = 'linnet:texts';

/** Undefined if there are none yet, or if the extension was updated or removed meanwhile. */
export async function requestTexts(): Promise<CachedTexts | undefined> {
  const answer: unknown = await browser.runtime.sendMessage(TEXTS).catch(() => undefined);
  return typeof answer === 'object' && answer !== null ? (answer as CachedTexts) : undefined;
}

/** Called at every start of the service worker. */
export function answerTextRequests(): void {
  answerMessage(TEXTS, ['own-page', 'web-page'], cachedTexts);
}

/** Closes the extension's storage to content scripts, in browsers that can; called at every start of the service worker. */
export async function closeStorageToPages(): Promise<void> {
  const { local } = browser.storage as unknown as { readonly local: RestrictedStorage };
  await local.setAccessLevel?.({ accessLevel: 'TRUSTED_CONTEXTS' });
}

interface RestrictedStorage {
  setAccessLevel?(options: { readonly accessLevel: 'TRUSTED_CONTEXTS' }): Promise<void>;
}
