/**
 * Opens the Models page from a web page: a content script may not open a tab, so it asks the service worker.
 * Pages of Linnet open it themselves (tabs.ts).
 */
import { browser } from 'wxt/browser';
import { answerMessage } from './messages/own-messages.ts';
import { showPage } from './tabs.ts';

const OPEN_MODELS = 'linnet:open-models';

export async function requestModelsPage(): Promise<void> {
  await browser.runtime.sendMessage(OPEN_MODELS);
}

/** Called in the service worker. A tab that nobody looks at opens nothing, and one page is enough. */
export function answerModelsRequests(): void {
  answerMessage(OPEN_MODELS, ['own-page', 'web-page'], async ({ tab }) => {
    if (tab?.active !== false) await showPage('models.html');
  });
}
