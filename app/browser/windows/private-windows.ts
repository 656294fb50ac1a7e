/**
 * Tells the worker when the last private window was closed, so that it forgets what came from one. Tabs are asked and not
 * windows, which browsers on phones do not have. Without the person's leave for private windows, the browser reports
 * nothing of them, and nothing comes from them.
 */
import { browser } from 'wxt/browser';

/** Called at every start of the service worker. `forget` may find no worker: then there is nothing to forget. */
export function watchPrivateWindows(forget: () => Promise<unknown>): void {
  /** Private tabs so far. One more, since the service worker may have ended while a private window was open. */
  let opened = 1;
  /** As many of them are closed, and what came from them is forgotten. */
  let forgotten = 0;
  const check = async (closed?: number): Promise<void> => {
    const before = opened;
    if (before <= forgotten) return;
    // A tab may be listed for a moment after it was closed.
    const tabs = (await browser.tabs.query({})).filter(({ id }) => id !== closed);
    if (before <= forgotten || tabs.some(({ incognito }) => incognito)) return;
    // Not `opened`: another may have been opened meanwhile.
    forgotten = before;
    await forget().catch(() => {});
  };
  browser.tabs.onCreated.addListener(({ incognito }: { incognito: boolean }) => {
    if (incognito) opened++;
  });
  browser.tabs.onRemoved.addListener((closed: number) => void check(closed));
  browser.windows?.onRemoved.addListener(() => void check());
  void check();
}
