/** Summaries: passages, copying, further questions, types, and instructions in the page that must not be followed. */
import { article, expect, type LinnetBrowser, type Page, picture, test } from '../harness/index.ts';
import { injected, type Story, stories } from '../demo-world.ts';
import type { PageText } from '../../app/protocol/types.ts';
import { ask, demoModel, firstTurn, lastPrompt, openInTab, words } from '../story.ts';

/** Space above, so that the page can scroll. */
const pageOf = ([title, ...paragraphs]: Story) =>
  article(title, paragraphs).replace('<main>', '<style>main { padding-block: 150vh }</style><main>');

const zoo = stories.find((story) => story.join().includes('zoo'))!;
const answer = (popup: Page) => popup.getByRole('article').last();
const points = (popup: Page) => answer(popup).locator('button.point');

async function summarised(popup: Page): Promise<void> {
  await popup.getByRole('button', { name: 'Summarise this page' }).click();
  await finished(popup);
}

async function finished(popup: Page): Promise<void> {
  await expect(answer(popup)).toHaveAttribute('aria-busy', 'false');
}

/** The text that is marked on a page. */
const marked = (page: Page): Promise<string> =>
  page.evaluate(() => [...(CSS.highlights.get('linnet-passage') ?? [])].map(String).join(''));

const inView = (page: Page): Promise<boolean> =>
  page.evaluate(() => {
    const [range] = [...(CSS.highlights.get('linnet-passage') ?? [])] as Range[];
    const { top, bottom } = range?.getBoundingClientRect() ?? { top: -1, bottom: -1 };
    return top >= 0 && bottom <= innerHeight;
  });

async function showsPassage(popup: Page, page: Page, index: number): Promise<void> {
  const passage = await points(popup).nth(index).getAttribute('title');
  await points(popup).nth(index).click();
  await expect.poll(() => marked(page)).toBe(passage);
  expect(await inView(page)).toBe(true);
}

/** The text that the next click on a copy button puts on the clipboard. */
async function copied(popup: Page, name: string): Promise<string> {
  const text = popup.evaluate(
    () =>
      new Promise<string>((resolve) => {
        navigator.clipboard.writeText = async (said) => resolve(said);
      }),
  );
  await answer(popup).getByRole('button', { name, exact: true }).click();
  return text;
}

test('key points lead to their passages, also later and from a tab; they are copied and asked about', {
  tag: '@phone-rare',
}, async ({ linnet, site }) => {
  const page = await linnet.open(site.page('/zoo', pageOf(zoo)));
  const popup = await linnet.openPopup(page);
  await summarised(popup);
  await expect(points(popup).nth(2)).toBeVisible();
  await showsPassage(popup, page, 0);
  await popup.close();

  const again = await linnet.openPopup(page);
  await showsPassage(again, page, 2);
  await picture(again, 'popup-points');
  await picture(again, 'popup-points', { dark: true });

  const text = await copied(again, 'Copy');
  expect(text.split('\n')).toEqual((await points(again).allInnerTexts()).map((point) => `• ${point.trim()}`));
  const markdown = await copied(again, 'Copy as Markdown');
  expect(markdown).toBe(`## ${zoo[0]}\n\n${text.replaceAll('• ', '- ')}\n\n[${zoo[0]}](${site.url('/zoo')})`);

  const asked = firstTurn(await lastPrompt(again));
  await again.getByRole('button', { name: 'Ask about this page' }).click();
  await expect(again.getByRole('textbox')).toBeFocused();
  await again.keyboard.type('Who was the first visitor?');
  await again.keyboard.press('Enter');
  await expect(again.getByRole('article')).toHaveCount(2);
  await finished(again);
  // The page is read once: in the prompt the summary precedes the question.
  const messages = await lastPrompt(again);
  expect(messages.map(({ role }) => role)).toEqual(['system', 'user', 'assistant', 'user']);
  expect(firstTurn(messages)).toBe(asked);

  const tab = await openInTab(again);
  await expect(tab.getByRole('article').first()).toBeVisible();
  await picture(tab, 'tab-points', { phone: true });
  await picture(tab, 'tab-points', { phone: true, rtl: true });
  await tab.locator('button.point').nth(1).click();
  await expect.poll(() => page.evaluate(() => document.visibilityState)).toBe('visible');
  await page.goto(site.page('/other', pageOf(stories[1]!)));
  await tab.bringToFront();
  await tab.locator('button.point').nth(1).click();
  await expect(tab.getByRole('alert')).toContainText('This tab shows another page now');
  expect(linnet.pageErrors).toEqual([]);
});

/** Stores a summary in another language than the page's, as a larger model would write it; the demo model cannot. */
async function putSummary(models: Page, page: PageText, text: string): Promise<void> {
  const now = Date.now();
  const [id, job] = ['conversation', 'summary'];
  const style = { type: 'key-points', length: 'short' } as const;
  const passages = text.split('\n').map(() => null);
  const records = {
    conversations: { id, title: page.title, jobs: [job], createdAt: now, updatedAt: now, page },
    materials: page,
    jobs: {
      id: job,
      kind: 'summary',
      request: { kind: 'summary', style, language: 'en' },
      progress: { phase: 'done' },
      text,
      passages,
      conversation: id,
      pageLanguage: page.lang,
      createdAt: now,
      updatedAt: now,
    },
  };
  await models.evaluate(
    ({ records, id }) =>
      new Promise<void>((resolve, reject) => {
        const open = indexedDB.open('linnet');
        open.onerror = () => reject(open.error);
        open.onsuccess = () => {
          const transaction = open.result.transaction(Object.keys(records), 'readwrite');
          for (const [name, record] of Object.entries(records))
            transaction.objectStore(name).put(record, ...(name === 'materials' ? [id] : []));
          transaction.oncomplete = () => resolve();
          transaction.onabort = () => reject(transaction.error);
        };
      }),
    { records, id },
  );
}

test('a summary in another language than its page: the passage of a point is looked up on request', {
  tag: ['@phone-rare', '@rare'],
}, async ({ linnet, site }) => {
  const models = await demoModel(linnet);
  const said = ['Iris arbeitet als Musikerin.', 'Sie kam um 5 Uhr nach Hause.'];
  const html = article('Ein Tag in Ashdale', said, 'de');
  const url = site.page('/tag', html.replace('<main>', '<style>main { padding-block: 150vh }</style><main>'));
  await putSummary(
    models,
    {
      url,
      title: 'Ein Tag in Ashdale',
      lang: 'de',
      dir: 'ltr',
      text: said.join('\n\n'),
      source: 'readability',
    },
    "- Iris works as a musician.\n- She came home at 5 o'clock.\n- The hen is called Coco.",
  );
  const page = await linnet.open(url);
  const popup = await linnet.openPopup(page);
  await expect(points(popup)).toHaveCount(3);
  await expect(popup.getByText('The page is in another language.')).toBeVisible();
  await picture(popup, 'popup-points-other-language');
  await picture(popup, 'popup-points-other-language', { dark: true });

  await linnet.slowGpu(400);
  await points(popup).nth(1).click();
  await expect(popup.getByText('Searching…')).toBeVisible();
  await linnet.slowGpu(0);
  await expect.poll(() => marked(page)).toBe(said[1]);
  expect(await inView(page)).toBe(true);
  await points(popup).nth(2).click();
  await expect(popup.getByText('No passage found')).toBeVisible();
  await popup.close();

  // The found passage is kept.
  const again = await linnet.openPopup(page);
  await expect(again.getByText('No passage found')).toBeVisible();
  await expect(again.getByText('Find it on the page')).toHaveCount(1);
  await showsPassage(again, page, 1);
  const tab = await openInTab(again);
  await expect(tab.getByText('No passage found')).toBeVisible();
  await picture(tab, 'tab-points-other-language', { phone: true });
  await picture(tab, 'tab-points-other-language', { phone: true, rtl: true });
  expect(linnet.pageErrors).toEqual([]);
});

test('types, lengths and language are chosen; only the selection is read; instructions in a page are ignored', {
  tag: ['@phone-rare', '@rare'],
}, async ({ linnet, site }) => {
  const [title, ...paragraphs] = injected;
  const page = await linnet.open(site.page('/injected', article(title, paragraphs)));
  const popup = await linnet.openPopup(page);
  await summarised(popup);
  const said = words(await answer(popup).locator('.prose').innerText());
  expect(said).toContain('hen');
  expect(said.toLowerCase()).not.toMatch(/\bhello\b/);

  await popup.getByRole('button', { name: 'Back' }).click();
  await popup.getByLabel('Kind of summary').selectOption('headline');
  await popup.getByText('Short', { exact: true }).click();
  await picture(popup, 'popup-start');
  await summarised(popup);
  const headline = words(await answer(popup).locator('.prose').innerText());
  expect(headline.split(' ').length).toBeLessThanOrEqual(12);
  expect(headline.toLowerCase()).not.toMatch(/\bhello\b/);
  await popup.close();

  await page.evaluate(() => getSelection()!.selectAllChildren(document.querySelector('article p')!));
  const selecting = await linnet.openPopup(page);
  await selecting.getByRole('button', { name: 'Back' }).click();
  await picture(selecting, 'popup-selection');
  await selecting.getByLabel('Summary language').selectOption('de');
  await selecting.getByLabel('Kind of summary').selectOption('teaser');
  await selecting.getByRole('button', { name: 'Summarise the selection' }).click();
  await expect(answer(selecting).locator('.prose')).not.toBeEmpty();
  await expect(selecting.getByRole('heading', { name: 'Teaser · Short · Deutsch' })).toBeVisible();
  const { content } = (await lastPrompt(selecting))[1]!;
  expect(content).toContain(`\n\n${paragraphs[0]}\n</page>\n`);
  expect(content).toMatch(/curious to read the page\. Write it in German\.$/);
});

test('the shortcut starts a summary at once, if set', { tag: '@rare' }, async ({ linnet, site }) => {
  const page = await linnet.open(site.page('/zoo', pageOf(zoo)));
  const popup = await linnet.openPopup(page);
  const wanted = popup.getByLabel('Start right away when opened with Alt+S');
  await expect(wanted).toBeChecked();
  await wanted.uncheck();
  await popup.close();

  const off = await byShortcut(linnet, page);
  await expect(off.getByRole('button', { name: 'Summarise this page' })).toBeEnabled();
  await off.getByLabel('Start right away').check();
  expect(await ask(off, 'conversations', { limit: 5 })).toEqual([]);
  await off.close();

  const on = await byShortcut(linnet, page);
  await expect(answer(on)).toBeVisible();
  await on.close();
  // There is a summary of this page already: it is shown, not made again.
  const shown = await byShortcut(linnet, page);
  await expect(answer(shown)).toBeVisible();
  expect(await ask(shown, 'conversations', { limit: 5 })).toHaveLength(1);
  await shown.close();

  // Chosen from the menu, it makes a new summary.
  const menu = await openedBy(linnet, page, (tab) =>
    chrome.contextMenus.onClicked.dispatch({ menuItemId: 'summarise-page' }, tab),
  );
  await expect.poll(async () => (await ask(menu, 'conversations', { limit: 5 })).length).toBe(2);
});

const byShortcut = (linnet: LinnetBrowser, page: Page): Promise<Page> =>
  openedBy(linnet, page, (tab) => chrome.commands.onCommand.dispatch('summarise', tab));

/**
 * No test can press an extension's shortcut or click in the browser's own menu, so the event is sent; the popup that
 * it opens is the real one.
 */
async function openedBy(linnet: LinnetBrowser, page: Page, event: (tab: unknown) => void): Promise<Page> {
  await page.bringToFront();
  const opened = linnet.context.waitForEvent('page', async (popup) => {
    await popup.waitForLoadState();
    return popup.url().startsWith(linnet.url('popup'));
  });
  const front = linnet
    .serviceWorker()!
    .evaluateHandle(() => chrome.tabs.query({ active: true, lastFocusedWindow: true }).then(([tab]) => tab));
  await (await front).evaluate(event);
  const popup = await opened;
  await popup.waitForLoadState();
  return popup;
}

declare const chrome: {
  readonly tabs: { query(wanted: object): Promise<unknown[]> };
  readonly contextMenus: { readonly onClicked: { dispatch(info: object, tab: unknown): void } };
  readonly commands: { readonly onCommand: { dispatch(command: string, tab: unknown): void } };
};
