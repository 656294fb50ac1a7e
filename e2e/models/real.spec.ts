/** A published model, SmolLM2 135M, as a person uses it: from the file to answers about a real page, and after a restart. */
import { assets, expect, type Page, picture, readPage, test, weights } from '../harness/index.ts';
import { ask, card, say, stopAfterSomeWords } from '../story.ts';

const NAME = 'SmolLM2-135M-Instruct.Q4_1';

/** How often a word of the page with at least five letters occurs in a text. */
function wordsOf(page: string, text: string): number {
  const known = new Set(page.toLowerCase().match(/\p{L}{5,}/gu));
  return (text.toLowerCase().match(/\p{L}{5,}/gu) ?? []).filter((word) => known.has(word)).length;
}

async function importedAt(models: Page): Promise<number | undefined> {
  return (await ask(models, 'diagnostics', {})).models.find(({ name }) => name === NAME)?.importedAt;
}

test('a published model is imported from its file, summarises a page, answers, and is there after a restart', {
  tag: '@rare',
}, async ({ linnet, site }) => {
  const file = weights('smollm2-135m-instruct');
  const source = readPage(`${assets('pages/readability')}/mozilla-1/source.html`);
  const models = await linnet.open('models.html');
  // Each heading that appears while the file is read, with or without progress.
  await models.evaluate(() => {
    const seen = new Set<string>();
    new MutationObserver(() => {
      for (const heading of document.querySelectorAll('h3')) seen.add(heading.textContent);
      document.body.dataset.seen = [...seen].join('\n');
    }).observe(document.body, { childList: true, subtree: true, characterData: true });
  });
  await expect(card(models, 'Linnet demo')).toBeVisible();
  await models.locator('input[data-pick="files"]').setInputFiles(file);
  await expect(card(models, NAME)).toBeVisible();
  const seen = (await models.evaluate(() => document.body.dataset.seen)) ?? '';
  expect(seen).toContain(`Importing ${NAME}`);
  await picture(models, 'models-published');

  const page = await linnet.open(site.page('/mozilla', source));
  const popup = await linnet.openPopup(page);
  await popup.getByRole('button', { name: 'Summarise this page' }).click();
  // A model of this size is asked for key points only if the person insists.
  await popup.getByRole('button', { name: 'Summarise with a model' }).click();
  const summary = await stopAfterSomeWords(popup);
  await say(popup, 'Which browser is this page about?');
  // Nor is it asked questions: passages of the page stand there.
  const quoting = popup.getByRole('article').last();
  await expect(quoting.getByText(`${NAME} was not asked`)).toBeVisible();
  await expect(quoting.locator('q').first()).toBeVisible();
  await picture(popup, 'popup-question-by-page');
  await popup.getByRole('button', { name: 'Ask it anyway' }).click();
  const answer = await stopAfterSomeWords(popup);
  await popup.close();
  expect(wordsOf(source, `${summary} ${answer}`)).toBeGreaterThan(0);

  const before = await importedAt(models);
  await linnet.restart();
  const again = await linnet.open('models.html');
  await expect(card(again, NAME)).toBeVisible();
  expect(await importedAt(again)).toBe(before);
  const chat = await linnet.open('chat.html');
  await say(chat, 'What is the capital of France?');
  await expect(chat.getByRole('article').last().locator('.prose')).toContainText('Paris');
  expect(linnet.pageErrors).toEqual([]);
});
