/**
 * Creates the page that hosts the engine's worker. Called by the service worker (in Firefox: the event page). The page
 * is an offscreen document if the browser has them: at most one per profile, created only by the service worker, and it
 * outlives the service worker. In other browsers, such as Firefox, it is the same page in a pinned background tab.
 */
import { browser } from 'wxt/browser';
import { ENSURE_OFFSCREEN } from './connect.ts';
import { answerMessage } from './messages/own-messages.ts';

const PATH = '/offscreen.html';
/** Message to the page in its tab, which answers if it is running. */
const ENGINE_PROBE = 'linnet:engine-there';
/** Lock of the page that runs the engine: a tab may be restored or duplicated, and two engines would write the same files. */
const LOCK = 'linnet:engine';

/** Requests that come while the page is being created share one creation. */
let creating: Promise<void> | undefined;

export function ensureOffscreenPage(): Promise<void> {
  creating ??= (hasOffscreen() ? createOffscreen() : createTab()).finally(() => {
    creating = undefined;
  });
  return creating;
}

const hasOffscreen = (): boolean => (browser as { offscreen?: unknown }).offscreen !== undefined;

async function createOffscreen(): Promise<void> {
  const open = await browser.runtime.getContexts({ contextTypes: ['OFFSCREEN_DOCUMENT'] });
  if (open.length > 0) return;
  await browser.offscreen.createDocument({
    url: PATH,
    reasons: ['WORKERS'],
    justification:
      'A worker computes the answers of the language model, also while no page of Linnet is open.',
  });
}

/** Milliseconds between probes, and their number: a phone may need seconds to open a page. */
const ASK_MS = 100;
const ASKS = 150;
/** Milliseconds without an answer after which the page counts as frozen. It only relays messages, so it answers at once. */
const FROZEN_MS = 3000;

async function createTab(): Promise<void> {
  if (await engineResponds()) return;
  await openTab(new URL(PATH, self.location.origin).href);
  // Wait until it answers, so that a later call does not open a second one.
  for (let asks = 0; asks < ASKS; asks++) {
    if (await engineResponds()) return;
    await new Promise((resolve) => setTimeout(resolve, ASK_MS));
  }
  throw new Error('the tab of the engine did not open');
}

/** Opens the tab. Reloads an existing one that was unloaded to save memory, or restored but not loaded yet, as on phones. */
async function openTab(url: string): Promise<void> {
  const [existing, ...duplicates] = (await browser.tabs.query({})).filter((tab) => tab.url === url);
  if (existing?.id !== undefined) {
    await browser.tabs.reload(existing.id);
    await browser.tabs.remove(duplicates.flatMap(({ id }) => id ?? []));
    return;
  }
  // Firefox for Android has no pinned tabs and rejects the option.
  const pinned = browser.tabs.create({ url, pinned: true, active: false });
  const { id } = await pinned.catch(() => browser.tabs.create({ url, active: false }));
  // Unloading the tab would end a running answer. Not every browser has this option.
  await browser.tabs.update(id!, { autoDiscardable: false }).catch(() => {});
}

/** A missing receiver is an error in some browsers and no answer in others; a frozen page does not answer. */
async function engineResponds(): Promise<boolean> {
  const asked = browser.runtime.sendMessage(ENGINE_PROBE).catch(() => false);
  const silence = new Promise((resolve) => setTimeout(resolve, FROZEN_MS));
  return (await Promise.race([asked, silence])) === true;
}

/**
 * Called in the page: calls `start` once no other page runs the engine. If one does now, calls `elsewhere` first. The
 * lock is held until the page ends.
 */
export async function holdEngine(start: () => void, elsewhere: () => void): Promise<void> {
  const { held = [] } = await navigator.locks.query();
  if (held.some(({ name }) => name === LOCK)) elsewhere();
  await navigator.locks.request(LOCK, () => {
    start();
    return new Promise(() => {});
  });
}

/** Called in the page if it is a tab: answers {@link engineResponds}. Offscreen documents are found without a message. */
export function answerEngineProbe(): void {
  answerMessage(ENGINE_PROBE, ['own-page'], () => true);
}

export function answerEnsureRequests(): void {
  answerMessage(ENSURE_OFFSCREEN, ['own-page', 'web-page'], () => ensureOffscreenPage().then(() => true));
}
