/** Two windows, a popup, a side panel and a chat tab at once, which together send 30 requests at the same moment. */
import type { Page } from 'playwright/test';
import type { RequestKind, Send } from '../../../app/protocol/requests.ts';
import type { Driver } from '../driver.ts';
import { type InPage, installClient, type Outcome } from '../in-page.ts';
import { assess } from './kills.ts';
import { jobKey } from '../listing.ts';
import type { FaultOutcome, Step } from '../step.ts';

const PAGES = ['chat.html', 'sidepanel.html', 'popup.html', 'glossary.html', 'chat.html'] as const;
const REQUESTS = 30;

async function opened(driver: Driver): Promise<Page[]> {
  const pages: Page[] = [];
  for (const [i, path] of PAGES.entries()) {
    const appears = driver.linnet.context.waitForEvent('page');
    const url = driver.linnet.url(path);
    // The last page is in a window of its own.
    await driver.linnet.cdp.send('Target.createTarget', { url, newWindow: i === PAGES.length - 1 });
    const page = await appears;
    await page.waitForLoadState();
    await page.evaluate(installClient);
    pages.push(page);
  }
  return pages;
}

async function together(driver: Driver): Promise<FaultOutcome> {
  const before = driver.ledger.acknowledged;
  const pages = await opened(driver);
  const ask = <K extends RequestKind>(n: number, kind: K, send: Send<K>) =>
    pages[n % pages.length]!.evaluate(
      (request) => (globalThis as unknown as { faults: InPage }).faults.ask(request),
      { kind, ...send },
    ) as Promise<Outcome<{ job: string; conversation?: string }>>;
  const jobs: string[] = [];
  const one = async (n: number) => {
    if (n % 3 === 0) {
      const text = `Who found hen ${n}?`;
      const outcome = await ask(n, 'chat', { request: { kind: 'chat', text }, target: {} });
      if (outcome.kind !== 'acknowledged') throw new Error(`question ${n}: ${JSON.stringify(outcome)}`);
      const { job, conversation = '' } = outcome.value;
      jobs.push(job);
      driver.ledger.acknowledge({
        [`conversation/${conversation}`]: 'listed',
        [jobKey(conversation, job)]: text,
      });
      return;
    }
    const entry = { from: 'en', to: 'fr', term: `gate ${n}`, translation: `porte ${n}` };
    const outcome = await ask(n, 'put-terms', { entries: [entry] });
    if (outcome.kind !== 'acknowledged') throw new Error(`term ${n}: ${JSON.stringify(outcome)}`);
    driver.ledger.acknowledge({ [`term/en>fr/${entry.term}`]: entry.translation });
  };
  await Promise.all(Array.from({ length: REQUESTS }, (_, n) => one(n)));
  const outcome = await assess(driver, before, jobs);
  await Promise.all(pages.map((page) => page.close()));
  return outcome;
}

export const windowSteps = (): Step[] =>
  [1, 2].map((time) => ({
    section: 'windows',
    fault: '30 requests at once from five pages in two windows',
    detail: `time ${time}`,
    run: ({ driver }) => together(driver),
  }));
