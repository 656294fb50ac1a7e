/**
 * Ways to a translation outside Linnet's own pages: the context menu and a shortcut, where the browser has them
 * (browsers on phones have neither). Both count as calling Linnet on that page, so `activeTab` lets it in.
 *
 * Why the permission `contextMenus` is asked for: it shows no warning and gives access to no page, and a menu entry is
 * where people look for a translation of what they selected. All else works without it.
 */
import { browser } from 'wxt/browser';
import { toWire } from '../../engine/index.ts';
import { askPage } from './page-line.ts';

type Entry = 'translate-selection' | 'translate-written' | 'translate-page';

/** Name of the shortcut in the manifest. */
const COMMAND = 'translate';
const PLACES = {
  'translate-selection': ['selection'],
  'translate-written': ['editable'],
  'translate-page': ['page', 'frame', 'link', 'image'],
} as const;

interface Tab {
  readonly id?: number;
}

/** Called at every start of the service worker. `titles` are what the entries of the menu say. */
export function offerTranslation(titles: Readonly<Record<Entry, string>>): void {
  browser.commands?.onCommand?.addListener((name: string, tab?: Tab) => {
    if (name === COMMAND) void ask(tab, 'translate-this');
  });
  if (browser.contextMenus === undefined) return;
  browser.contextMenus.onClicked.addListener((info: { menuItemId: string | number }, tab?: Tab) => {
    if (info.menuItemId in PLACES) void ask(tab, info.menuItemId as Entry);
  });
  // Entries outlive the service worker.
  browser.runtime.onInstalled.addListener(() => {
    for (const [id, contexts] of Object.entries(PLACES)) {
      browser.contextMenus.create({ id, title: titles[id as Entry], contexts: [...contexts] });
    }
  });
}

/** There is no page of Linnet to say what went wrong, so its icon does. */
async function ask(given: Tab | undefined, kind: Entry | 'translate-this'): Promise<void> {
  const tab = given ?? (await browser.tabs.query({ active: true, lastFocusedWindow: true }))[0];
  if (tab?.id === undefined) return;
  const tabId = tab.id;
  try {
    await askPage(tabId, kind, {});
    await browser.action.setBadgeText({ tabId, text: '' });
  } catch (error) {
    const { message, next } = toWire(error);
    await browser.action.setBadgeText({ tabId, text: '!' });
    await browser.action.setTitle({ tabId, title: `Linnet: ${message}. ${next}` });
  }
}
