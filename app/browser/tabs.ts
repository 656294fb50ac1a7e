/**
 * Which tab a page of Linnet is about. As a popup that is the tab in front; on phones, and when opened as a tab
 * itself, it is the one that was in front before: the service worker remembers it.
 */
import { browser } from 'wxt/browser';
import { serial } from '../../engine/index.ts';

export interface PageTab {
  readonly id: number;
  /** Known where the browser lets Linnet see it. */
  readonly url?: string;
  readonly title?: string;
}

/** In `storage.session`: ids of the last active tabs, newest first. */
const KEY = 'activeTabs';
const REMEMBERED = 5;

export function rememberTabs(): void {
  // One after the other: two tabs may come to the front while the first is being written down.
  const inTurn = serial();
  browser.tabs.onActivated.addListener(({ tabId }) => {
    inTurn(() => remember(tabId)).catch(() => {});
  });
}

async function remember(tabId: number): Promise<void> {
  const before = await rememberedTabs();
  const ids = [tabId, ...before.filter((id) => id !== tabId)].slice(0, REMEMBERED);
  await browser.storage.session.set({ [KEY]: ids });
}

async function rememberedTabs(): Promise<number[]> {
  const found = (await browser.storage.session.get(KEY))[KEY];
  return Array.isArray(found) ? (found as number[]) : [];
}

/** `wanted` is from the address of the page (`?tab=ID`). */
export async function pageTab(wanted: number | undefined): Promise<PageTab | undefined> {
  if (wanted !== undefined) return describe(wanted);
  const own = (await browser.tabs.getCurrent())?.id;
  const [front] = await browser.tabs.query({ active: true, lastFocusedWindow: true });
  if (front?.id !== undefined && front.id !== own) {
    // The service worker may not have been awake when this tab came to the front.
    void remember(front.id).catch(() => {});
    return describe(front.id);
  }
  for (const id of await rememberedTabs()) {
    const tab = id === own ? undefined : await describe(id);
    // Other pages of Linnet are not what one wants to read.
    if (tab !== undefined && tab.url?.startsWith(`${self.location.origin}/`) !== true) return tab;
  }
  return undefined;
}

async function describe(id: number): Promise<PageTab | undefined> {
  const tab = await browser.tabs.get(id).catch(() => undefined);
  if (tab === undefined) return undefined;
  return { id, url: tab.url || undefined, title: tab.title || undefined };
}

/** Brings a tab to the front. */
export async function goToTab(id: number): Promise<void> {
  await browser.tabs.update(id, { active: true });
}

/** Whether this page of Linnet is a tab, and not a popup or a panel. */
export async function isTab(): Promise<boolean> {
  return (await browser.tabs.getCurrent()) !== undefined;
}

/** Tells when another tab comes to the front, or the one in front shows another page. For panels beside the page. */
export function watchFront(changed: () => void): void {
  browser.tabs.onActivated.addListener(changed);
  browser.tabs.onUpdated.addListener((_, { status }, { active }) => {
    if (active && status === 'complete') changed();
  });
}

export type LinnetPage =
  | 'models.html'
  | 'options.html'
  | 'glossary.html'
  | `${'chat' | 'popup'}.html?${string}`;

/** Opens a page of Linnet in a tab of its own. Not by `openOptionsPage`, which does nothing on phones. */
export async function openPage(path: LinnetPage): Promise<void> {
  const url = new URL(`/${path}`, self.location.origin).href;
  await browser.tabs.create({ url });
}
