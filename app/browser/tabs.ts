/**
 * Finds the tab that a page of Linnet is about. For a popup it is the active tab. On phones, and for a page in its own
 * tab, it is the tab that was active before, which the service worker remembers.
 */
import { browser } from 'wxt/browser';
import { serial } from '../../engine/index.ts';

export interface PageTab {
  readonly id: number;
  /** Absent if the browser does not let Linnet see it. */
  readonly url?: string;
  readonly title?: string;
  /** It is in a private window. */
  readonly incognito?: true;
}

/** In `storage.session`: ids of the last active tabs, newest first. */
const KEY = 'activeTabs';
const REMEMBERED = 5;

export function rememberTabs(): void {
  // One at a time: another tab may become active while the previous one is being stored.
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
    // The service worker may not have been running when this tab became active.
    void remember(front.id).catch(() => {});
    return describe(front.id);
  }
  for (const id of await rememberedTabs()) {
    const tab = id === own ? undefined : await describe(id);
    // Pages of Linnet are skipped.
    if (tab !== undefined && tab.url?.startsWith(`${self.location.origin}/`) !== true) return tab;
  }
  return undefined;
}

async function describe(id: number): Promise<PageTab | undefined> {
  const tab = await browser.tabs.get(id).catch(() => undefined);
  if (tab === undefined) return undefined;
  const { url, title, incognito } = tab;
  return { id, url: url || undefined, title: title || undefined, ...(incognito ? { incognito } : {}) };
}

/** Whether the window that this page of Linnet belongs to is private. Android has no windows; there the tab says it. */
export async function inPrivateWindow(): Promise<boolean> {
  const window = await browser.windows?.getCurrent().catch(() => undefined);
  return window?.incognito === true;
}

/** Brings a tab to the front, with its window; browsers on phones have no windows. */
export async function activateTab(id: number): Promise<void> {
  const tab = await browser.tabs.update(id, { active: true });
  if (tab?.windowId !== undefined) await browser.windows?.update(tab.windowId, { focused: true });
}

/** Whether this page of Linnet is a tab, and not a popup or a panel. */
export async function isTab(): Promise<boolean> {
  return (await browser.tabs.getCurrent()) !== undefined;
}

/** Calls `changed` when another tab becomes active or the active one shows another page. For the panel beside the page. */
export function onFrontTabChange(changed: () => void): void {
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

/** Opens a page of Linnet in a new tab. Does not use `openOptionsPage`, which does nothing on phones. */
export async function openPage(path: LinnetPage): Promise<void> {
  const url = new URL(`/${path}`, self.location.origin).href;
  await browser.tabs.create({ url });
}

/** Brings an open tab with this page to the front, else opens one. */
export async function showPage(path: LinnetPage): Promise<void> {
  const url = new URL(`/${path}`, self.location.origin).href;
  // Browsers without this method open another tab.
  const contexts = await browser.runtime.getContexts?.({ contextTypes: ['TAB'], documentUrls: [url] });
  const tab = contexts?.find(({ tabId }) => tabId >= 0)?.tabId;
  if (tab === undefined) await openPage(path);
  else await activateTab(tab);
}
