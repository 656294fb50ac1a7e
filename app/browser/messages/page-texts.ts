/**
 * The texts of the interface for content scripts, by a message to the service worker. A content script shares its process
 * with its page, so it may not open the extension's storage: there a page could change the texts of other pages, and
 * fill the disk.
 */
import { browser } from 'wxt/browser';
import { answerMessage } from './own-messages.ts';
import { type CachedTexts, cachedTexts } from '../ui-language.ts';

const TEXTS = 'linnet:texts';

/** Milliseconds for which texts are not asked for again; a person may choose another language meanwhile. */
const FRESH_MS = 5000;

/** Undefined if there are none yet, or if the extension was updated or removed meanwhile. */
async function requestTexts(): Promise<CachedTexts | undefined> {
  try {
    const answer: unknown = await browser.runtime.sendMessage(TEXTS);
    return typeof answer === 'object' && answer !== null ? (answer as CachedTexts) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Returns a function that requests the texts and hands them to `use`. Calls within a few seconds wait for the same answer.
 * `now` returns milliseconds.
 */
export function createTextLoader(
  use: (texts: CachedTexts) => void,
  now: () => number = () => performance.now(),
): () => Promise<void> {
  let askedAt = Number.NEGATIVE_INFINITY;
  let loading = Promise.resolve();
  return () => {
    if (now() - askedAt >= FRESH_MS) {
      askedAt = now();
      loading = requestTexts().then((found) => {
        if (found !== undefined) use(found);
      });
    }
    return loading;
  };
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
