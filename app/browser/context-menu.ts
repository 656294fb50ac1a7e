/**
 * What Linnet adds to the menu of a right click, in the language that Linnet speaks. The browser keeps entries over
 * restarts, so they are made once, and said anew when the person chooses another language in Settings.
 *
 * In the first moment after an install no texts are kept yet (ui-language.ts); then the browser's own are taken from
 * `_locales`, which are the same (`app/i18n/locales.test.ts`). Browsers on phones have no such menu.
 * What an entry does is for pending-summary.ts and translate-commands.ts.
 */
import { browser } from 'wxt/browser';
import { onTextsCached } from './ui-language.ts';

/** Where each is shown; the name is that of its text in `_locales`, with _ for -. */
const CONTEXTS = {
  'summarise-page': ['page', 'frame', 'link', 'image'],
  'summarise-selection': ['selection'],
  'translate-selection': ['selection'],
  'translate-written': ['editable'],
  'translate-page': ['page', 'frame', 'link', 'image'],
} as const;

export type MenuEntry = keyof typeof CONTEXTS;
export type MenuTitles = Readonly<Record<MenuEntry, string>>;

const ENTRIES = Object.keys(CONTEXTS) as MenuEntry[];

/** Called at every start of the service worker. `titles` gives undefined where no language was loaded yet. */
export function createContextMenu(titles: () => Promise<MenuTitles | undefined>): void {
  if (browser.contextMenus === undefined) return;
  const said = async () => (await titles()) ?? ofBrowser();
  browser.runtime.onInstalled.addListener(async () => {
    const now = await said();
    for (const id of ENTRIES)
      browser.contextMenus.create({ id, title: now[id], contexts: [...CONTEXTS[id]] });
  });
  onTextsCached(async () => {
    const now = await said();
    for (const id of ENTRIES) await browser.contextMenus.update(id, { title: now[id] });
  });
}

function ofBrowser(): MenuTitles {
  // WXT knows the names of messages in what it generates, which not every check has at hand.
  const i18n = browser.i18n as unknown as { getMessage(name: string): string };
  const all = ENTRIES.map((id) => [id, i18n.getMessage(id.replaceAll('-', '_'))]);
  return Object.fromEntries(all) as MenuTitles;
}
