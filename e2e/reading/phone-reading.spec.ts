/**
 * Reading on a phone: the same tasks as on a desktop, in a browser without offscreen documents, side panel, menus,
 * shortcuts and windows; on 412×915 by touch. Stories for phones only are in phone.spec.ts.
 */
import { articlePage, startArticle } from '../../scripts/start/article.ts';
import { assets, expect, type LinnetBrowser, type Page, picture, tap, test } from '../harness/index.ts';
import { inEveryLook, largeTargets } from '../looks.ts';
import { ask, Bubble, callLinnet, card, demoModel, importStories, select, STORIES } from '../story.ts';

test.use({ onPhone: true });

const start = startArticle();
/** The sentence that the article begins with, in German, and a word of it with an unlikely translation. */
const first = start.checks.find(
  ({ task, language, text }) =>
    task === 'translate' && language === 'German' && start.paragraphs[0]!.startsWith(text!),
)!;
const term = { word: /(\w+)\W*$/.exec(first.text!)![1]!, translation: 'Kuckucksuhr' };

/** An article for which the popup was opened once; later the popup is a tab. */
async function reading(linnet: LinnetBrowser, address: string): Promise<{ page: Page; tab: Page }> {
  const page = await linnet.open(address);
  await callLinnet(linnet, page);
  const tab = await linnet.open('popup.html');
  return { page, tab };
}

const isSeen = (page: Page) => page.evaluate(() => document.visibilityState === 'visible');
const marked = (page: Page): Promise<string> =>
  page.evaluate(() => [...(CSS.highlights.get('linnet-passage') ?? [])].map(String).join(''));

test('a summary leads to its passages; a selection and the whole page are translated with the person’s glossary', async ({
  linnet,
  site,
}) => {
  const models = await demoModel(linnet);
  await ask(models, 'set-settings', { settings: { style: { type: 'key-points', length: 'short' } } });
  const { page, tab } = await reading(linnet, site.page('/', articlePage(start)));
  await tab.getByRole('button', { name: 'Summarise this page' }).click();
  await expect(tab.getByRole('article')).toHaveAttribute('aria-busy', 'false');
  await largeTargets(tab, 'summary');
  await picture(tab, 'phone-summary');
  const point = tab.locator('button.point').first();
  const passage = await point.getAttribute('title');
  await tap(point);
  // The page comes to the front: a phone shows one tab at a time.
  await expect.poll(() => isSeen(page)).toBe(true);
  await expect.poll(() => marked(page)).toBe(passage);
  await picture(page, 'phone-passage');

  const glossary = await linnet.open('glossary.html');
  await glossary.getByLabel('Term', { exact: true }).fill(term.word);
  await glossary.getByLabel('Translation', { exact: true }).fill(term.translation);
  await glossary.getByLabel('Into').selectOption('de');
  await tap(glossary.getByRole('button', { name: 'Add' }));
  await expect(glossary.getByRole('listitem')).toHaveCount(1);
  await largeTargets(glossary, 'glossary');
  await picture(glossary, 'phone-glossary');

  await page.bringToFront();
  await select(page, 'article p', 'article p');
  const bubble = new Bubble(page);
  await bubble.press('Translate');
  await bubble.translated();
  expect(await bubble.text('text')).toContain(first.answer);
  expect(await bubble.text('missed')).toContain(term.word);
  await picture(page, 'phone-bubble');
  await bubble.press('Close');

  // By the popup, which is a tab: the page that is translated comes to the front.
  await tab.bringToFront();
  await tab.getByRole('button', { name: 'Back' }).click();
  await tab.getByRole('button', { name: 'Translate this page' }).click();
  await expect.poll(() => isSeen(page)).toBe(true);
  const control = new Bubble(page, 'bar');
  await expect(page.locator('linnet-translation').first()).not.toBeEmpty();
  await picture(page, 'phone-page-translation');
  await control.press('Show the original page');
  await expect(page.locator('linnet-translation')).toHaveCount(0);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(412);
  expect(linnet.pageErrors).toEqual([]);
});

test('models are imported from a folder; settings are saved; features that phones lack are not offered', async ({
  linnet,
}) => {
  const models = await linnet.open('models.html');
  await expect(models.getByRole('heading', { name: /three steps/ })).toBeVisible();
  await largeTargets(models, 'Models, first run');
  await models.locator('input[data-pick="folder"]').setInputFiles(assets(STORIES));
  await expect(card(models, 'stories260K-hf-f32')).toBeVisible();
  // No shortcut is shown where there are no keys.
  await expect(models.getByText('Alt+')).toHaveCount(0);
  await picture(models, 'phone-models');

  const settings = await linnet.open('options.html');
  await tap(settings.getByRole('radio', { name: /^Polite/ }));
  await expect(settings.getByText('Start right away')).toHaveCount(0);
  await largeTargets(settings, 'Settings');
  await picture(settings, 'phone-settings');
  // No restart here: Playwright sometimes misses its first page when Linnet opens a tab at once, as on phones.
  await settings.close();
  const again = await linnet.open('options.html');
  await expect(again.getByRole('radio', { name: /^Polite/ })).toBeChecked();
  await expect(card(await linnet.open('models.html'), 'stories260K-hf-f32')).toBeVisible();
});

test('the pinned tab of the engine passes the checks in every look', { tag: '@rare' }, async ({ linnet }) => {
  await importStories(linnet);
  const engine = linnet.context.pages().find((page) => page.url() === linnet.url('offscreen.html'))!;
  await picture(engine, 'phone-engine', { phone: true });
  await inEveryLook(engine, 'engine in a tab');
});
