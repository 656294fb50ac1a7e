/**
 * A web page's way to the Models page of Linnet: a content script may open no tab, so it asks the service worker.
 * Pages of Linnet open it themselves (tabs.ts).
 */
import { browser } from 'wxt/browser';
import { openPage } from './tabs.ts';

const OPEN_MODELS = 'linnet:open-models';

export async function askForModels(): Promise<void> {
  await browser.runtime.sendMessage(OPEN_MODELS);
}

/** The service worker's half. */
export function answerModelsRequests(): void {
  browser.runtime.onMessage.addListener((message: unknown) => {
    if (message === OPEN_MODELS) void openPage('models.html');
  });
}
