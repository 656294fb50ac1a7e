/**
 * Translations requested outside Linnet's pages: from the context menu or by a shortcut (browsers on phones have
 * neither). Both count as using Linnet on that page, so the browser grants `activeTab`.
 *
 * The manifest requests the permission `contextMenus`, since people look for a translation of a selection there. It shows
 * no warning and gives access to no page. Everything else works without it.
 */
import { browser } from 'wxt/browser';
import { toWire } from '../protocol/errors.ts';
import { type Explain, showOnIcon } from './messages/icon-error.ts';
import { askPage } from './messages/ask-page.ts';

const ENTRIES = ['translate-selection', 'translate-written', 'translate-page'] as const;
type TranslateEntry = (typeof ENTRIES)[number];

/** Name of the shortcut in the manifest. */
const COMMAND = 'translate';

interface ClickedTab {
  readonly id?: number;
}

/** What the browser reports about a click on a menu entry. */
interface Clicked {
  readonly menuItemId: string | number;
  readonly selectionText?: string;
  /** 0 for the page itself. */
  readonly frameId?: number;
  /** Whether the click was in a field or in editable text. */
  readonly editable?: boolean;
}

/** Called at every start of the service worker. */
export function handleTranslateCommands(explain: Explain): void {
  browser.commands?.onCommand?.addListener((name: string, tab?: ClickedTab) => {
    if (name === COMMAND) void begin(tab, (id) => askPage(id, 'translate-this', {}), explain);
  });
  browser.contextMenus?.onClicked.addListener((info: Clicked, tab?: ClickedTab) => {
    const entry = ENTRIES.find((one) => one === info.menuItemId);
    if (entry !== undefined) void begin(tab, (id) => ask(id, entry, info), explain);
  });
}

/**
 * Text in a field of a frame can be changed only within that frame, if the browser grants access to it. Everything else
 * goes to the top page, which has more room for a bubble.
 */
async function ask(
  tab: number,
  entry: TranslateEntry,
  { selectionText: text, frameId = 0, editable }: Clicked,
) {
  const facts = { text, inFrame: frameId !== 0 };
  if (frameId !== 0 && editable === true) {
    const refused = await askPage(tab, entry, {}, frameId).catch((error: unknown) => error);
    if (refused === null) return null;
    if (entry !== 'translate-selection' || text === undefined) throw refused;
  }
  return askPage(tab, entry, facts);
}

/** Shows an error on the extension's icon, since no page of Linnet is open. */
async function begin(
  given: ClickedTab | undefined,
  work: (tab: number) => Promise<unknown>,
  explain: Explain,
): Promise<void> {
  const tab = given ?? (await browser.tabs.query({ active: true, lastFocusedWindow: true }))[0];
  if (tab?.id === undefined) return;
  const tabId = tab.id;
  try {
    await work(tabId);
    await browser.action.setBadgeText({ tabId, text: '' });
  } catch (error) {
    await showOnIcon(tabId, toWire(error), explain);
  }
}
