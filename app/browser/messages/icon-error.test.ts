import { beforeEach, expect, it, vi } from 'vitest';
import type { WireError } from '../../protocol/errors.ts';
import type { ReportedSender } from '../../protocol/sender.ts';
import { fake } from '../../testing/fake-browser.ts';

vi.mock('wxt/browser', () => import('../../testing/fake-browser.ts'));
const { answerHidingPages, reportHidingPage, showOnIcon } = await import('./icon-error.ts');

const explain = async ({ code }: WireError) => `${code}, in words`;
const origin = 'chrome-extension://linnet';
const web = { id: 'linnet', origin: 'https://example.org', url: 'https://example.org/', frameId: 0 };

type Listen = (message: unknown, sender: ReportedSender, answer: (value: unknown) => void) => unknown;
let listeners: Listen[];
let sent: unknown[];
let icon: unknown[];

beforeEach(() => {
  [listeners, sent, icon] = [[], [], []];
  fake.value = {
    runtime: {
      id: 'linnet',
      getURL: (path: string) => origin + path,
      onMessage: { addListener: (listen: Listen) => listeners.push(listen) },
      sendMessage: async (message: unknown) => void sent.push(message),
    },
    action: {
      setBadgeText: async (badge: object) => void icon.push(badge),
      setTitle: async (title: object) => void icon.push(title),
    },
  };
});

/** Delivers what the content script of a page reports. */
async function report(sender: ReportedSender): Promise<void> {
  await reportHidingPage();
  for (const message of sent) for (const listen of listeners) listen(message, sender, () => {});
  await new Promise((resolve) => setTimeout(resolve));
}

it('shows an error on the icon of one tab', async () => {
  await showOnIcon(3, { code: 'gpu-lost', who: 'gpu', message: 'it is gone' }, explain);
  expect(icon).toEqual([
    { tabId: 3, text: '!' },
    { tabId: 3, title: 'Linnet: gpu-lost, in words' },
  ]);
});

it('says on the icon of its tab that a page hides what Linnet shows', async () => {
  answerHidingPages(explain);
  await report({ ...web, tab: { id: 7 } });
  expect(icon).toEqual([
    { tabId: 7, text: '!' },
    { tabId: 7, title: 'Linnet: page-hides, in words' },
  ]);
});

it('hears of it from web pages only, and never for another tab than theirs', async () => {
  answerHidingPages(explain);
  await report({ id: 'linnet', origin, url: `${origin}/popup.html` });
  await report({ ...web, id: 'other', tab: { id: 7 } });
  await report(web);
  expect(icon).toEqual([]);
});
