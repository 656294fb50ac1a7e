/**
 * Summaries that are begun outside the popup: by a shortcut, or by the menu of a right click. Both count as using
 * Linnet on that page, so the browser grants `activeTab`. The service worker leaves a word of it in
 * `storage.session` and opens the popup, which takes the word and begins.
 *
 * Browsers on phones have neither commands nor menus; there the popup's button is the way.
 */
import { browser } from 'wxt/browser';
import { openPage } from './tabs.ts';

/** Name of the command in the manifest. */
const COMMAND = 'summarise';
const KEY = 'start';
/** Milliseconds; a popup that was never opened must not surprise anybody later. */
const FRESH = 30_000;

export interface PendingSummary {
  readonly tab: number;
  readonly what: 'page' | 'selection';
  /** A shortcut may be meant to open the popup only; who chose it from the menu wants a summary. */
  readonly by: 'shortcut' | 'menu';
}

interface CommandTab {
  readonly id?: number;
  readonly windowId?: number;
}

export function answerStartCommands(): void {
  browser.commands?.onCommand.addListener((command: string, tab?: CommandTab) => {
    if (command === COMMAND) void begin(tab, 'page', 'shortcut');
  });
  browser.contextMenus?.onClicked.addListener((info: { menuItemId: string | number }, tab?: CommandTab) => {
    if (info.menuItemId === 'summarise-page') void begin(tab, 'page', 'menu');
    if (info.menuItemId === 'summarise-selection') void begin(tab, 'selection', 'menu');
  });
}

async function begin(
  given: CommandTab | undefined,
  what: PendingSummary['what'],
  by: PendingSummary['by'],
): Promise<void> {
  const tab = given ?? (await browser.tabs.query({ active: true, lastFocusedWindow: true }))[0];
  if (tab?.id === undefined) return;
  const start: PendingSummary = { tab: tab.id, what, by };
  await browser.storage.session.set({ [KEY]: { ...start, at: Date.now() } });
  try {
    await browser.action.openPopup(tab.windowId === undefined ? {} : { windowId: tab.windowId });
  } catch {
    // Before Chromium 127 only the user can open a popup.
    await openPage(`popup.html?tab=${tab.id}`);
  }
}

/** What the popup of this tab was opened for, once. */
export async function takeStart(tab: number): Promise<PendingSummary | undefined> {
  const found = (await browser.storage.session.get(KEY))[KEY] as
    | (PendingSummary & { at: number })
    | undefined;
  if (found?.tab !== tab) return undefined;
  await browser.storage.session.remove(KEY);
  return Date.now() - found.at < FRESH ? found : undefined;
}

/** The keys that summarise, as the person set them; undefined where there are none. */
export async function startShortcut(): Promise<string | undefined> {
  const all = (await browser.commands?.getAll()) ?? [];
  return all.find(({ name }) => name === COMMAND)?.shortcut || undefined;
}
