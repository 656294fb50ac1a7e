/**
 * The life of the page that holds the engine's worker, seen from the service worker (in Firefox: the event page).
 * Where there are offscreen documents it is one: at most one per profile, made only by the service worker, outliving
 * it. Elsewhere, as in Firefox, it is the same page in a pinned tab that stays in the background.
 */
import { browser } from 'wxt/browser';
import { ENSURE_OFFSCREEN } from './connect.ts';

const PATH = '/offscreen.html';
/** Asked of the page in its tab, to learn whether it is there. */
const ENGINE_THERE = 'linnet:engine-there';
/** Held by the page whose worker is the engine: a tab may be restored or duplicated, and two engines would write the same files. */
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

/** Milliseconds between questions, and how many: a phone may need seconds to open a page. */
const ASK_MS = 100;
const ASKS = 150;
/** Its page only passes messages on, so it answers at once even while its worker has much to do. */
const FROZEN_MS = 3000;

async function createTab(): Promise<void> {
  if (await engineThere()) return;
  await openTab(new URL(PATH, self.location.origin).href);
  // Whoever asks meanwhile must not open a second one.
  for (let asks = 0; asks < ASKS; asks++) {
    if (await engineThere()) return;
    await new Promise((resolve) => setTimeout(resolve, ASK_MS));
  }
  throw new Error('the tab of the engine did not open');
}

/** One that was unloaded to save memory, or restored but not loaded yet, as phones do it, is loaded again in its place. */
async function openTab(url: string): Promise<void> {
  const [there, ...spare] = (await browser.tabs.query({})).filter((tab) => tab.url === url);
  if (there?.id !== undefined) {
    await browser.tabs.reload(there.id);
    await browser.tabs.remove(spare.flatMap(({ id }) => id ?? []));
    return;
  }
  // Firefox for Android knows no pinned tabs, and refuses the word.
  const pinned = browser.tabs.create({ url, pinned: true, active: false });
  const { id } = await pinned.catch(() => browser.tabs.create({ url, active: false }));
  // An answer that is being written must not end with it. Not every browser knows the word.
  await browser.tabs.update(id!, { autoDiscardable: false }).catch(() => {});
}

/** Nobody listening is an error in some browsers and no answer in others; a page that is frozen hears nothing. */
async function engineThere(): Promise<boolean> {
  const asked = browser.runtime.sendMessage(ENGINE_THERE).catch(() => false);
  const silence = new Promise((resolve) => setTimeout(resolve, FROZEN_MS));
  return (await Promise.race([asked, silence])) === true;
}

/**
 * The page itself: calls `start` once no other page holds the engine, and before it `elsewhere` where one does now. What
 * it holds ends with the page.
 */
export async function holdEngine(start: () => void, elsewhere: () => void): Promise<void> {
  const { held = [] } = await navigator.locks.query();
  if (held.some(({ name }) => name === LOCK)) elsewhere();
  await navigator.locks.request(LOCK, () => {
    start();
    return new Promise(() => {});
  });
}

/** The page itself, where it is a tab: says that it is there. Documents without tabs have nothing to answer. */
export function answerWhetherThere(): void {
  browser.runtime.onMessage.addListener(
    (message: unknown, _sender: unknown, answer: (value: unknown) => void) => {
      if (message !== ENGINE_THERE) return undefined;
      answer(true);
      return true;
    },
  );
}

export function answerEnsureRequests(): void {
  browser.runtime.onMessage.addListener(
    (message: unknown, _sender: unknown, answer: (value: unknown) => void) => {
      if (message !== ENSURE_OFFSCREEN) return undefined;
      ensureOffscreenPage().then(
        () => answer(true),
        (error: unknown) => answer(String(error)),
      );
      return true;
    },
  );
}
