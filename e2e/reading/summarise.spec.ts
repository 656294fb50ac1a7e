/** The main job: the popup summarises the page in front, by the engine, and nothing is lost when it closes. */
import { readdirSync } from 'node:fs';
import { MOST_SENTENCES } from '../../app/worker/summary/summary-limits.ts';
import { sentences } from '../../app/text/sentences.ts';
import { article, assets, expect, type Page, picture, readPage, test } from '../harness/index.ts';
import { ask, importStories, firstTurn, lastPrompt, storedText, words } from '../story.ts';

const park = article('Tom and the dog', [
  'Once upon a time there was a little boy named Tom. He loved to play in the park near his house.',
  'One day Tom saw a big dog. The dog wanted to play with the ball, and Tom was happy to share it.',
]);

const answer = (popup: Page) => popup.getByRole('article').last();

async function finished(popup: Page): Promise<void> {
  await expect(answer(popup)).toHaveAttribute('aria-busy', 'false');
}

test('summarises the page, in the form that was asked for', { tag: '@phone' }, async ({ linnet, site }) => {
  await importStories(linnet);
  const page = await linnet.open(site.page('/tom', park));
  const popup = await linnet.openPopup(page);
  await expect(popup.getByText('Tom and the dog').first()).toBeVisible();
  await popup.getByRole('button', { name: 'Summarise this page' }).click();
  await finished(popup);
  const messages = await lastPrompt(popup);
  expect(firstTurn(messages)).toContain('The dog wanted to play with the ball');
  const shown = words(await answer(popup).locator('.prose').innerText());
  expect(shown.length).toBeGreaterThan(20);
  expect(sentences(shown).length).toBeLessThanOrEqual(MOST_SENTENCES.medium);
  await answer(popup).getByText('Details').click();
  await expect(answer(popup).getByText('A token is')).toBeVisible();
  await picture(popup, 'popup-summary');
  await picture(popup, 'popup-summary', { dark: true });
  expect(linnet.pageErrors).toEqual([]);
});

test('closing the popup stops nothing: opened again, it shows the text so far and continues; a button stops it', {
  tag: '@phone-rare',
}, async ({ linnet, site }) => {
  await importStories(linnet);
  await linnet.slowGpu(200);
  const page = await linnet.open(site.page('/tom', park));
  const popup = await linnet.openPopup(page);
  await popup.getByRole('button', { name: 'Summarise this page' }).click();
  await expect(answer(popup).locator('.prose')).not.toBeEmpty();
  await expect(answer(popup)).toHaveAttribute('aria-busy', 'true');
  const before = words(await answer(popup).locator('.prose').innerText());
  await popup.close();

  const again = await linnet.openPopup(page);
  await expect(answer(again).locator('.prose')).toContainText(before.slice(0, 20));
  await linnet.slowGpu(0);
  await finished(again);
  const after = words(await answer(again).locator('.prose').innerText());
  expect(after.length).toBeGreaterThan(before.length);
  expect(after.startsWith(before.slice(0, 20))).toBe(true);

  await linnet.slowGpu(200);
  await again.getByRole('button', { name: 'Try again' }).click();
  await expect(answer(again)).toHaveAttribute('aria-busy', 'true');
  await expect(answer(again).locator('.prose')).not.toBeEmpty();
  await again.getByRole('button', { name: 'Stop' }).click();
  await finished(again);
  await expect(answer(again)).toContainText('Stopped');
});

test('the service worker may be stopped while an answer is written', { tag: '@rare' }, async ({
  linnet,
  site,
}) => {
  await importStories(linnet);
  await linnet.slowGpu(200);
  const page = await linnet.open(site.page('/tom', park));
  const popup = await linnet.openPopup(page);
  await popup.getByRole('button', { name: 'Summarise this page' }).click();
  await expect(answer(popup).locator('.prose')).not.toBeEmpty();
  await linnet.stopServiceWorker();
  await expect(answer(popup)).toHaveAttribute('aria-busy', 'true');
  await linnet.slowGpu(0);
  await finished(popup);
  await popup.close();
  // The next popup finds the offscreen document without the service worker's help.
  const again = await linnet.openPopup(page);
  await expect(answer(again).locator('.prose')).not.toBeEmpty();
});

test('an answer survives the end of the browser, marked as interrupted', {
  tag: ['@rare', '@phone-rare'],
}, async ({ linnet, site }) => {
  const models = await importStories(linnet);
  await linnet.slowGpu(200);
  const address = site.page('/tom', park);
  const popup = await linnet.openPopup(await linnet.open(address));
  await popup.getByRole('button', { name: 'Summarise this page' }).click();
  await expect.poll(() => storedText(models), { intervals: [50] }).not.toBe('');
  await linnet.restart();
  const again = await linnet.openPopup(await linnet.open(address));
  await expect(answer(again)).toContainText('Interrupted');
  await expect(answer(again).locator('.prose')).not.toBeEmpty();
});

test('a page that has changed since it was read is reported, and summarised again', { tag: '@rare' }, async ({
  linnet,
  site,
}) => {
  await importStories(linnet);
  const page = await linnet.open(site.page('/tom', park));
  const popup = await linnet.openPopup(page);
  await popup.getByRole('button', { name: 'Summarise this page' }).click();
  await finished(popup);
  await popup.close();

  // Another fragment of the same page.
  await page.goto(site.url('/tom#end'));
  const placed = await linnet.openPopup(page);
  await expect(answer(placed)).toBeVisible();
  await expect(placed.getByText('The page has changed')).toBeHidden();
  await placed.close();

  site.page(
    '/tom',
    article('Tom and the dog', [
      'Today the dog is ill. Tom stays with it the whole day long, and in the evening he gives it some water.',
    ]),
  );
  await page.goto(site.url('/tom'));
  await page.reload();
  const again = await linnet.openPopup(page);
  await expect(again.getByText('The page has changed')).toBeVisible();
  // The popup is as large as the screen allows, and its content no larger.
  const fits = () => again.evaluate(() => document.documentElement.scrollHeight <= innerHeight);
  await expect.poll(fits).toBe(true);
  await picture(again, 'popup-page-changed');
  await picture(again, 'popup-page-changed', { dark: true });
  await again.getByRole('button', { name: 'Summarise again' }).click();
  await expect(again.getByText('The page has changed')).toBeHidden();
  await finished(again);
  expect(firstTurn(await lastPrompt(again))).toContain('Today the dog is ill');
});

test('reads all of a real long page, part by part', { tag: '@rare' }, async ({ linnet, site }) => {
  const folder = assets('pages/readability');
  const name = readdirSync(folder).find((entry) => entry === 'bbc-1') ?? '001';
  await importStories(linnet);
  // A part must last until the story has seen it.
  await linnet.slowGpu(20);
  const page = await linnet.open(site.page('/long', readPage(`${folder}/${name}/source.html`)));
  const popup = await linnet.openPopup(page);
  await popup.getByRole('button', { name: 'Summarise this page' }).click();
  await expect(answer(popup)).toContainText(/Part 1 of (?:[3-9]|\d\d)/);
  await expect(answer(popup)).toContainText(/Part 3 of/);
  await expect(answer(popup)).not.toContainText('of the page was read');
  await popup.getByRole('button', { name: 'Stop' }).click();
  const [conversation] = await ask(popup, 'conversations', { limit: 1 });
  expect(conversation?.page?.url).toBe(site.url('/long'));
});
