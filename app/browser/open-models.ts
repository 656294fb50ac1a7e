/**
 * Opens the Models page from a web page: a content script may not open a tab, so it asks the service worker.
 * Pages of Linnet open it themselves (tabs.ts).
 */
import { browser } from 'wxt/browser';
import { openPage } from './tabs.ts';

const OPEN_MODELS = 'linnet:open-models';

export async function requestModelsPage(): Promise<void> {
  await browser.runtime.sendMessage(OPEN_MODELS);
}

/** Called in the service worker. */
export function answerModelsRequests(): void {
  browser.runtime.onMessage.addListener((message: unknown) => {
    if (message === OPEN_MODELS) void openPage('models.html');
  });
}
