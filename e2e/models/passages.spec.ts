/** A published model that finds passages by meaning, all-MiniLM-L6-v2: from its folder to an answer in other words. */
import { dirname } from 'node:path';
import { assets, expect, picture, readPage, test, weights } from '../harness/index.ts';
import { inEveryLook } from '../looks.ts';
import { ask, card, importStories, say } from '../story.ts';

test('a model that finds passages is imported, and finds what a question asks in other words', {
  tag: '@rare',
}, async ({ linnet, site }) => {
  const folder = dirname(weights('all-minilm-l6-v2'));
  const source = readPage(`${assets('pages/readability')}/keep-images/source.html`);
  const models = await importStories(linnet);
  // It failed its trial, so the page answers.
  const { abilities } = await ask(models, 'settings', {});
  const failed = Object.entries(abilities ?? {}).map(([id, found]) => [id, { ...found, repeats: true }]);
  await ask(models, 'set-settings', { settings: { abilities: Object.fromEntries(failed) } });
  await models.locator('input[data-pick="folder"]').setInputFiles(folder);
  const stored = card(models, 'all-MiniLM-L6-v2').first();
  await expect(stored.getByText('finds passages', { exact: true })).toBeVisible();
  await expect(stored.getByText('In use')).toBeVisible();
  await picture(models, 'models-passages');

  const page = await linnet.open(site.page('/lab', source));
  const popup = await linnet.openPopup(page);
  await expect(async () => {
    // On a slow device the vectors of a page are made over several questions, or while its popup is open.
    await say(popup, 'What is the price of an analysis?');
    const answer = popup.getByRole('article').last();
    await expect(answer.getByText('The tests cost 50 Euro per sample.')).toBeVisible({ timeout: 20_000 });
  }).toPass({ timeout: 300_000 });
  await picture(popup, 'popup-passage-by-meaning');
  expect(linnet.pageErrors).toEqual([]);
});

test('the list is grouped by what models are best at, in every look', { tag: '@rare' }, async ({
  linnet,
}) => {
  const models = await linnet.open('models.html');
  await expect(card(models, 'Linnet demo')).toBeVisible();
  const groups = models.locator('#catalogue .group');
  await expect(groups.first()).toBeVisible();
  await expect(groups.getByRole('heading', { level: 3 })).toHaveText([
    'Fastest on a phone',
    'Summaries and questions',
    'Long pages',
    'Translation',
    'Reasoning',
    'Passages by meaning',
  ]);
  await inEveryLook(models, 'Models, the list');
  await models.getByRole('link', { name: 'Passages by meaning' }).click();
  await expect(models.getByRole('heading', { name: 'all-MiniLM-L6-v2' })).toBeInViewport();
  expect(linnet.pageErrors).toEqual([]);
});
