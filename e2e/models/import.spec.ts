/** Models come from a local folder, stay on the device over a restart, and go when they are deleted. */
import { article, expect, picture, test } from '../harness/index.ts';
import {
  ask,
  Bubble,
  callLinnet,
  card,
  importStories,
  say,
  select,
  stopAfterSomeWords,
  words,
} from '../story.ts';

test('imports a model from a folder, and has it after a restart of the browser', {
  tag: '@phone-rare',
}, async ({ linnet }) => {
  const models = await importStories(linnet, 'anew');
  await expect(card(models, 'stories260K-hf-f32')).toContainText('512 tokens');
  const importedAt = async (page: typeof models) =>
    (await ask(page, 'diagnostics', {})).models.find(({ name }) => name === 'stories260K-hf-f32')?.importedAt;
  const before = await importedAt(models);

  await linnet.restart();
  const again = await linnet.open('models.html');
  await expect(card(again, 'stories260K-hf-f32')).toBeVisible();
  expect(await importedAt(again)).toBe(before);
  expect(linnet.pageErrors).toEqual([]);
});

test('deletes a model, after asking', { tag: '@rare' }, async ({ linnet }) => {
  const models = await importStories(linnet);
  const stories = card(models, 'stories260K-hf-f32');
  await expect(stories.getByText('In use')).toBeVisible();
  await stories.getByRole('button', { name: 'Delete' }).click();
  await expect(stories.getByRole('button', { name: 'Keep' })).toBeFocused();
  // The focus stays on the other button when an update of the models arrives.
  await models.keyboard.press('Shift+Tab');
  const [demo] = (await ask(models, 'diagnostics', {})).models.filter((model) =>
    model.traits?.includes('practice'),
  );
  await ask(models, 'set-settings', { settings: { model: demo!.id } });
  await expect(stories.getByText('In use')).toHaveCount(0);
  await expect(stories.getByRole('button', { name: 'Delete' })).toBeFocused();
  await models.keyboard.press('Enter');
  await expect(stories).toHaveCount(0);
});

test('freeing the memory waits for the answer under way, and says so', { tag: '@rare' }, async ({
  linnet,
}) => {
  const models = await importStories(linnet);
  const tab = await linnet.open('chat.html');
  await linnet.slowGpu(200);
  await say(tab, 'Once upon a time');
  await expect(tab.getByRole('article').last().locator('.prose')).not.toBeEmpty();
  await models.bringToFront();
  await models.getByRole('button', { name: 'Free the graphics memory' }).click();
  await expect(models.getByText('One moment: the current answer is finished first.')).toBeVisible();
  await expect(models.getByRole('button', { name: 'Free the graphics memory' })).toBeDisabled();
  await tab.bringToFront();
  await tab.getByRole('button', { name: 'Stop' }).click();
  await models.bringToFront();
  await expect(models.getByText('stories260K-hf-f32 is ready to load')).toBeVisible();
});

test('another model translates than the one that answers', { tag: ['@rare', '@phone-rare'] }, async ({
  linnet,
  site,
}) => {
  const models = await importStories(linnet);
  await expect(card(models, 'Linnet demo')).toBeVisible();
  await models.getByLabel(/^Translations/).selectOption('Linnet demo');
  // The first paragraph alone would be too little for a page that can be summarised.
  const paragraphs = ['Iris met Max, a doctor.', 'The day was long and the sun was up. '.repeat(6)];
  const page = await linnet.open(site.page('/', article('A day', paragraphs)));
  await callLinnet(linnet, page);
  await ask(models, 'set-settings', { settings: { language: 'de' } });
  await select(page, 'article p');
  const bubble = new Bubble(page);
  await bubble.press('Translate');
  await expect.poll(() => bubble.text('actions')).toContain('Replace');
  expect(words((await bubble.text('text')) ?? '')).toBe('Iris traf Max, einen Arzt.');

  const popup = await linnet.openPopup(page);
  await say(popup, 'Once upon a time');
  await stopAfterSomeWords(popup);
  await expect(popup.getByRole('button', { name: /stories260K-hf-f32/ })).toBeVisible();
  await expect(card(models, 'stories260K-hf-f32')).toContainText('Loaded');
  await models.getByRole('heading', { name: 'Which model for which task' }).scrollIntoViewIfNeeded();
  await picture(models, 'models-tasks');
});
