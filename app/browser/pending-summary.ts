/**
 * Summaries requested outside the popup: by a shortcut or the context menu. Both count as using Linnet on that page, so
 * the browser grants `activeTab`. The service worker stores the request in `storage.session` and opens the popup, which
 * takes the request and starts the summary.
 *
 * Browsers on phones have neither commands nor context menus; there the popup's button starts a summary.
 */
import { browser } from 'wxt/browser';
import { openPage } from './tabs.ts';

/** Name of the command in the manifest. */
const COMMAND = 'summarise';
const KEY = 'start';
/** Milliseconds after which a request expires, so that a popup opened later does not start an old summary. */
const FRESH = 30_000;

export interface PendingSummary {
  readonly tab: number;
  readonly what: 'page' | 'selection';
  /** A shortcut may only open the popup (setting `autoStart`); the menu entry always starts a summary. */
  readonly by: 'shortcut' | 'menu';
}

interface CommandTab {
  readonly id?: number;
  readonly windowId?: number;
}

export function handleSummaryCommands(): void {
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
    // Before Chromium 127 only a person can open a popup.
    await openPage(`popup.html?tab=${tab.id}`);
  }
}

/** Returns the pending request for this tab, and removes it. */
export async function takePendingSummary(tab: number): Promise<PendingSummary | undefined> {
  const found = (await browser.storage.session.get(KEY))[KEY] as
    | (PendingSummary & { at: number })
    | undefined;
  if (found?.tab !== tab) return undefined;
  await browser.storage.session.remove(KEY);
  return Date.now() - found.at < FRESH ? found : undefined;
}

/** The shortcut for a summary as the person set it; undefined if there is none. */
export async function summaryShortcut(): Promise<string | undefined> {
  const all = (await browser.commands?.getAll()) ?? [];
  return all.find(({ name }) => name === COMMAND)?.shortcut || undefined;
}
