/** Shows an error on the extension's icon, where no page of Linnet is open and none can be drawn on the web page. */
import { browser } from 'wxt/browser';
import { answerMessage } from './own-messages.ts';
import { AppError, toWire, type WireError } from '../../protocol/errors.ts';

/** Returns the error and its next step, in the interface language. */
export type Explain = (error: WireError) => Promise<string>;

const PAGE_HIDES = 'linnet:page-hides';

export async function showOnIcon(tabId: number, error: WireError, explain: Explain): Promise<void> {
  await browser.action.setBadgeText({ tabId, text: '!' });
  await browser.action.setTitle({ tabId, title: `Linnet: ${await explain(error)}` });
}

/** Called in a content script whose elements the page removes or changes again and again. */
export async function reportHidingPage(): Promise<void> {
  await browser.runtime.sendMessage(PAGE_HIDES);
}

/** Called in the service worker. */
export function answerHidingPages(explain: Explain): void {
  answerMessage(PAGE_HIDES, ['web-page'], async ({ tab }) => {
    const error = new AppError('page-hides', {
      who: 'page',
      message: 'the page removes or blocks the elements of Linnet',
    });
    if (tab?.id !== undefined) await showOnIcon(tab.id, toWire(error), explain);
  });
}
