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

/** Called at every start of the service worker. `titles` are what the entries of the menu say. */
export function offerTranslation(titles: Readonly<Record<Entry, string>>): void {
  const { commands, contextMenus } = browser as Partial<Pick<typeof browser, 'commands' | 'contextMenus'>>;
  commands?.onCommand?.addListener((name, tab) => {
    if (name === COMMAND && tab?.id !== undefined) void ask(tab.id, 'translate-this');
  });
  if (contextMenus === undefined) return;
  contextMenus.onClicked.addListener(({ menuItemId }, tab) => {
    if (tab?.id !== undefined && menuItemId in PLACES) void ask(tab.id, menuItemId as Entry);
  });
  // Entries outlive the service worker; made anew, they speak the language of now.
  void contextMenus.removeAll().then(() => {
    for (const [id, contexts] of Object.entries(PLACES)) {
      contextMenus.create({ id, title: titles[id as Entry], contexts: [...contexts] });
    }
  });
}

/** There is no page of Linnet to say what went wrong, so its icon does. */
async function ask(tab: number, kind: Entry | 'translate-this'): Promise<void> {
  try {
    await askPage(tab, kind, {});
    await browser.action.setBadgeText({ tabId: tab, text: '' });
  } catch (error) {
    const { message, next } = toWire(error);
    await browser.action.setBadgeText({ tabId: tab, text: '!' });
    await browser.action.setTitle({ tabId: tab, title: `Linnet: ${message}. ${next}` });
  }
}
