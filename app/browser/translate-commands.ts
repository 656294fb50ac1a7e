/**
 * Ways to a translation outside Linnet's own pages: the context menu and a shortcut, where the browser has them
 * (browsers on phones have neither). Both count as calling Linnet on that page, so `activeTab` lets it in.
 *
 * Why the permission `contextMenus` is asked for: it shows no warning and gives access to no page, and a menu entry is
 * where people look for a translation of what they selected. All else works without it.
 */
import { browser } from 'wxt/browser';
import { toWire, type WireError } from '../protocol/errors.ts';
import { askPage } from './page-messages.ts';

const ENTRIES = ['translate-selection', 'translate-written', 'translate-page'] as const;
type TranslateEntry = (typeof ENTRIES)[number];

/** Name of the shortcut in the manifest. */
const COMMAND = 'translate';

/** What went wrong and what to do about it, in the reader's language. */
type Explain = (error: WireError) => Promise<string>;

interface ClickedTab {
  readonly id?: number;
}

/** What the browser says of the place of a right click. */
interface Clicked {
  readonly menuItemId: string | number;
  readonly selectionText?: string;
  /** 0 for the page itself. */
  readonly frameId?: number;
  /** In a field, or in text that is edited. */
  readonly editable?: boolean;
}

/** Called at every start of the service worker. */
export function offerTranslation(explain: Explain): void {
  browser.commands?.onCommand?.addListener((name: string, tab?: ClickedTab) => {
    if (name === COMMAND) void begin(tab, (id) => askPage(id, 'translate-this', {}), explain);
  });
  browser.contextMenus?.onClicked.addListener((info: Clicked, tab?: ClickedTab) => {
    const entry = ENTRIES.find((one) => one === info.menuItemId);
    if (entry !== undefined) void begin(tab, (id) => ask(id, entry, info), explain);
  });
}

/**
 * What is written in a frame can be changed there only, if the browser lets Linnet in. The rest is for the page itself,
 * which has more room for a bubble.
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

/** There is no page of Linnet to say what went wrong, so its icon does. */
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
    await browser.action.setBadgeText({ tabId, text: '!' });
    await browser.action.setTitle({ tabId, title: `Linnet: ${await explain(toWire(error))}` });
  }
}
