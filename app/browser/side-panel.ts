/**
 * The panel beside the page: Chromium's side panel, Firefox's sidebar, and neither on phones. Both open only while
 * a click is being handled, so nothing may be waited for before.
 */
import { browser } from 'wxt/browser';

interface PanelApis {
  readonly sidePanel?: { open?(options: { tabId: number }): Promise<void> };
  readonly sidebarAction?: { open?(): Promise<void> };
}

/** Opens the panel beside this tab; undefined where the browser has none. */
export function sidePanelOpener(tab: number | undefined): (() => Promise<void>) | undefined {
  const { sidePanel, sidebarAction } = browser as unknown as PanelApis;
  const { open } = sidePanel ?? {};
  if (open !== undefined && tab !== undefined) return () => open.call(sidePanel, { tabId: tab });
  const { open: openSidebar } = sidebarAction ?? {};
  return openSidebar === undefined ? undefined : () => openSidebar.call(sidebarAction);
}
