/**
 * Tells the worker when the last private window was closed, so that it forgets what came from one. Tabs are asked and not
 * windows, which browsers on phones do not have. Without the person's leave for private windows, the browser reports
 * nothing of them, and nothing comes from them.
 */
import { browser } from 'wxt/browser';

/** Called at every start of the service worker. `forget` may find no worker: then there is nothing to forget. */
export function watchPrivateWindows(forget: () => Promise<unknown>): void {
  // The service worker may have ended while a private window was open.
  let maybeOpen = true;
  const check = async (closed?: number): Promise<void> => {
    if (!maybeOpen) return;
    // A tab may be listed for a moment after it was closed.
    const tabs = (await browser.tabs.query({})).filter(({ id }) => id !== closed);
    if (tabs.some(({ incognito }) => incognito)) return;
    maybeOpen = false;
    await forget().catch(() => {});
  };
  browser.tabs.onCreated.addListener(({ incognito }: { incognito: boolean }) => {
    if (incognito) maybeOpen = true;
  });
  browser.tabs.onRemoved.addListener((closed: number) => void check(closed));
  browser.windows?.onRemoved.addListener(() => void check());
  void check();
}
