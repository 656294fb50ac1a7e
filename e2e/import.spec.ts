/** Models come from a local folder, stay on the device over a restart, and go when they are deleted. */
import { expect, test } from './harness/index.ts';
import { ask, card, importStories } from './story.ts';

test('imports a model from a folder, and has it after a restart of the browser', async ({ linnet }) => {
  const models = await importStories(linnet);
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

test('deletes a model, after asking', async ({ linnet }) => {
  const models = await importStories(linnet);
  const stories = card(models, 'stories260K-hf-f32');
  await stories.getByRole('button', { name: 'Delete' }).click();
  await expect(stories.getByRole('button', { name: 'Keep' })).toBeFocused();
  await stories.getByRole('button', { name: 'Delete' }).click();
  await expect(stories).toHaveCount(0);
});
