/**
 * The main job with the packaged model: checks not only that text appears, but that it is right. The expected text is in
 * `assets/demo/article.json`; PyTorch made it with the same model.
 */
import { articlePage, type Check, startArticle } from '../../scripts/start/article.ts';
import { expect, type Page, picture, pictureTogether, test } from '../harness/index.ts';
import { ask, Bubble, demoModel, openInTab, words } from '../story.ts';

const NOT_SAID = 'The text does not say.';
const start = startArticle();
const { checks } = start;
const pick = (task: Check['task'], wanted: Partial<Check> = {}): Check =>
  checks.find(
    (check) =>
      check.task === task &&
      Object.entries(wanted).every(([key, value]) => check[key as keyof Check] === value),
  )!;

/** The last answer in the popup, once it is complete. */
async function answer(popup: Page): Promise<string> {
  const last = popup.getByRole('article').last();
  await expect(last.locator('.prose')).not.toBeEmpty();
  await expect(last).toHaveAttribute('aria-busy', 'false');
  return words(await last.locator('.prose').innerText());
}

const withoutBullets = (text: string) => words(text.replaceAll(/^- /gm, ''));

test.beforeEach(({ site }) => void site.page('/', articlePage(start)));

test('a summary says what the page says', async ({ linnet, site }) => {
  const page = await linnet.open(site.url('/'));
  const popup = await linnet.openPopup(page);
  await popup.getByRole('button', { name: 'Summarise this page' }).click();
  expect(await answer(popup)).toBe(
    withoutBullets(pick('summarise', { type: 'key-points', length: 'medium' }).answer),
  );
  await pictureTogether(page, popup, 'summary', true);
});

test('prints the time to the first words with the model loaded', { tag: '@rare' }, async ({
  linnet,
  site,
}) => {
  const models = await demoModel(linnet);
  await ask(models, 'warm', {});
  const active = async () => (await ask(models, 'diagnostics', {})).active;
  await expect.poll(active).toBe('ready');
  const popup = await linnet.openPopup(await linnet.open(site.url('/')));
  const button = popup.getByRole('button', { name: 'Summarise this page' });
  await expect(button).toBeEnabled();
  const from = performance.now();
  await button.click();
  await expect(popup.getByRole('article').last().locator('.prose')).not.toBeEmpty();
  console.log(`first words ${((performance.now() - from) / 1000).toFixed(1)} s after the click`);
});

test('an answer says what the page says, and reports what it does not say', { tag: '@rare' }, async ({
  linnet,
  site,
}) => {
  const page = await linnet.open(site.url('/'));
  const popup = await linnet.openPopup(page);
  const input = popup.getByRole('textbox').last();
  for (const asked of [
    checks.find((check) => check.task === 'question' && check.answer !== NOT_SAID)!,
    pick('question', { answer: NOT_SAID }),
  ]) {
    const before = await popup.getByRole('article').count();
    await input.fill(asked.question!);
    await input.press('Enter');
    await expect(popup.getByRole('article')).toHaveCount(before + 1);
    expect(await answer(popup)).toBe(asked.answer);
  }
  await picture(popup, 'chat');
  await picture(popup, 'chat', { dark: true });

  const tab = await openInTab(popup);
  await expect(tab.getByRole('article')).toHaveCount(2);
  await picture(tab, 'chat', { phone: true });
});

test('a translation says what the sentence says', { tag: '@rare' }, async ({ linnet, site }) => {
  const { text, answer: right } = pick('translate', { language: 'French' });
  await ask(await linnet.open('models.html'), 'set-settings', { settings: { language: 'fr' } });
  const page = await linnet.open(site.url('/'));
  const popup = await linnet.openPopup(page);
  await expect(popup.getByRole('button', { name: 'Summarise this page' })).toBeEnabled();
  await expect(popup.getByText(start.title).first()).toBeVisible();
  await popup.close();
  await selectText(page, text!);
  const bubble = new Bubble(page);
  await bubble.press('Translate');
  await expect.poll(() => bubble.text('actions')).toContain('Replace');
  expect(words((await bubble.text('text')) ?? '')).toBe(right);
  await picture(page, 'bubble');
  await picture(page, 'bubble', { dark: true });
  await picture(page, 'bubble', { phone: true });
});

/** Selects a sentence within its paragraph. */
async function selectText(page: Page, text: string): Promise<void> {
  await page.evaluate((wanted) => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
      const from = node.nodeValue!.indexOf(wanted);
      if (from < 0) continue;
      getSelection()!.setBaseAndExtent(node, from, node, from + wanted.length);
      return;
    }
    throw new Error(`the page has no text ${wanted}`);
  }, text);
}
