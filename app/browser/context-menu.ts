/**
 * Adds Linnet's entries to the context menu, in the interface language. The browser keeps entries over restarts, so they
 * are created once, and updated when the person chooses another language in Settings.
 *
 * Right after an install no texts are cached yet (ui-language.ts). The titles then come from `_locales`, which has the
 * same texts (`app/i18n/locales.test.ts`). Browsers on phones have no context menu.
 *
 * Not here: what an entry does (pending-summary.ts, translate-commands.ts).
 */
import { browser } from 'wxt/browser';
import { onTextsCached } from './ui-language.ts';

/** Contexts in which each entry is shown. The text in `_locales` has the entry's name, with _ for -. */
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

/** Called at every start of the service worker. `titles` resolves to undefined if no texts are cached yet. */
export function createContextMenu(titles: () => Promise<MenuTitles | undefined>): void {
  if (browser.contextMenus === undefined) return;
  const current = async () => (await titles()) ?? ofBrowser();
  browser.runtime.onInstalled.addListener(async () => {
    const now = await current();
    for (const id of ENTRIES)
      browser.contextMenus.create({ id, title: now[id], contexts: [...CONTEXTS[id]] });
  });
  onTextsCached(async () => {
    const now = await current();
    for (const id of ENTRIES) await browser.contextMenus.update(id, { title: now[id] });
  });
}

function ofBrowser(): MenuTitles {
  // WXT generates the types of message names, and not every check has the generated files.
  const i18n = browser.i18n as unknown as { getMessage(name: string): string };
  const all = ENTRIES.map((id) => [id, i18n.getMessage(id.replaceAll('-', '_'))]);
  return Object.fromEntries(all) as MenuTitles;
}
