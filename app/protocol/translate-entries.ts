/**
 * Ways to a translation outside Linnet's own pages: the context menu and a shortcut, where the browser has them
 * (browsers on phones have neither). Both count as calling Linnet on that page, so `activeTab` lets it in.
 *
 * Why the permission `contextMenus` is asked for: it shows no warning and gives access to no page, and a menu entry is
 * where people look for a translation of what they selected. All else works without it.
 */
import { browser } from 'wxt/browser';
import { toWire, type WireError } from '../../engine/index.ts';
import { askPage } from './page-line.ts';

const ENTRIES = ['translate-selection', 'translate-written', 'translate-page'] as const;
type Entry = (typeof ENTRIES)[number];

/** Name of the shortcut in the manifest. */
const COMMAND = 'translate';

/** What went wrong and what to do about it, in the reader's language. */
type Explain = (error: WireError) => Promise<string>;

interface Tab {
  readonly id?: number;
}

/** Called at every start of the service worker. */
export function offerTranslation(explain: Explain): void {
  browser.commands?.onCommand?.addListener((name: string, tab?: Tab) => {
    if (name === COMMAND) void ask(tab, 'translate-this', explain);
  });
  browser.contextMenus?.onClicked.addListener((info: { menuItemId: string | number }, tab?: Tab) => {
    const entry = ENTRIES.find((one) => one === info.menuItemId);
    if (entry !== undefined) void ask(tab, entry, explain);
  });
}

/** There is no page of Linnet to say what went wrong, so its icon does. */
async function ask(given: Tab | undefined, kind: Entry | 'translate-this', explain: Explain): Promise<void> {
  const tab = given ?? (await browser.tabs.query({ active: true, lastFocusedWindow: true }))[0];
  if (tab?.id === undefined) return;
  const tabId = tab.id;
  try {
    await askPage(tabId, kind, {});
    await browser.action.setBadgeText({ tabId, text: '' });
  } catch (error) {
    await browser.action.setBadgeText({ tabId, text: '!' });
    await browser.action.setTitle({ tabId, title: `Linnet: ${await explain(toWire(error))}` });
  }
}
