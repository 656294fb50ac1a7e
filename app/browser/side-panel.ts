/**
 * The panel beside the page: Chromium's side panel or Firefox's sidebar; phones have neither. Both open only while a
 * click is being handled, so call the opener before any `await`.
 */
import { browser } from 'wxt/browser';

interface PanelApis {
  readonly sidePanel?: { open?(options: { tabId: number }): Promise<void> };
  readonly sidebarAction?: { open?(): Promise<void> };
}

/** Returns a function that opens the panel beside this tab; undefined if the browser has none. */
export function sidePanelOpener(tab: number | undefined): (() => Promise<void>) | undefined {
  const { sidePanel, sidebarAction } = browser as unknown as PanelApis;
  const { open } = sidePanel ?? {};
  if (open !== undefined && tab !== undefined) return () => open.call(sidePanel, { tabId: tab });
  const { open: openSidebar } = sidebarAction ?? {};
  return openSidebar === undefined ? undefined : () => openSidebar.call(sidebarAction);
}
