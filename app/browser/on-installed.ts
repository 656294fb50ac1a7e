/**
 * The first run opens by itself, once, after Linnet was installed. Not for an extension that was loaded from a folder:
 * who does that is developing it, and does it many times a day.
 */
import { browser } from 'wxt/browser';
import { openPage } from './tabs.ts';

/** Called at every start of the service worker. */
export function welcomeAfterInstall(): void {
  browser.runtime.onInstalled.addListener(async ({ reason }: { reason: string }) => {
    if (reason !== 'install') return;
    // Needs no permission: an extension may always ask about itself.
    const self = await browser.management?.getSelf();
    if (self?.installType !== 'development') await openPage('models.html');
  });
}
