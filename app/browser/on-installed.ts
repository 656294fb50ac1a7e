/**
 * Opens the Models page for the first run, once, after Linnet was installed. Not for an extension loaded from a folder:
 * developers do that many times a day.
 */
import { browser } from 'wxt/browser';
import { openPage } from './tabs.ts';

/** Called at every start of the service worker. */
export function openModelsAfterInstall(): void {
  browser.runtime.onInstalled.addListener(async ({ reason }: { reason: string }) => {
    if (reason !== 'install') return;
    // `getSelf` needs no permission.
    const self = await browser.management?.getSelf();
    if (self?.installType !== 'development') await openPage('models.html');
  });
}
