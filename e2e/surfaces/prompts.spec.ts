/** Prompts: what the model is asked is read, changed and set back; an own prompt has a button in the popup. */
import { article, expect, picture, test } from '../harness/index.ts';
import { inEveryLook } from '../looks.ts';
import { endAnswer, importStories, lastPrompt } from '../story.ts';

test('a prompt is changed and goes back; an own prompt is asked from the popup with the page in its place', {
  tag: '@rare',
}, async ({ linnet, site }) => {
  await importStories(linnet);
  const settings = await linnet.open('options.html');
  await settings.getByText('Show all prompts').click();
  const edit = settings.getByRole('button', { name: 'Edit the prompt: In brief · Short' });
  await edit.click();
  await settings.getByRole('textbox', { name: 'In brief · Short' }).fill('Say it in one sentence.');
  await settings.getByRole('button', { name: 'Save' }).click();
  await expect(settings.getByText('Changed by you')).toBeVisible();
  await settings.getByText('What the model is asked').scrollIntoViewIfNeeded();
  await picture(settings, 'settings-prompts');
  await picture(settings, 'settings-prompts', { dark: true });
  await picture(settings, 'settings-prompts', { rtl: true });
  await picture(settings, 'settings-prompts', { phone: true });
  await inEveryLook(settings, 'prompts in Settings');
  await settings.getByRole('button', { name: 'Back to the original prompt: In brief · Short' }).click();
  await expect(settings.getByText('Changed by you')).toHaveCount(0);

  await settings.getByRole('button', { name: 'Add a question' }).click();
  await settings.getByRole('textbox', { name: /^Name/ }).fill('for a child');
  await settings.getByRole('textbox', { name: /^Question/ }).fill('Tell it to a child: {page}');
  await settings.getByRole('checkbox', { name: /Show as a button/ }).check();
  await picture(settings, 'settings-own-prompt');
  await settings.getByRole('button', { name: 'Save' }).click();

  const page = await linnet.open(site.page('/tom', article('Tom', ['Tom had a dog. '.repeat(20)])));
  const popup = await linnet.openPopup(page);
  const own = popup.getByRole('button', { name: 'for a child' });
  await expect(own).toBeVisible();
  await picture(popup, 'popup-own-prompt');
  await picture(popup, 'popup-own-prompt', { dark: true });
  await own.click();
  // The story waits for the first words only: this model writes until its limit.
  await expect(popup.getByRole('article').last().locator('.prose')).not.toBeEmpty();
  const asked = (await lastPrompt(popup)).at(-1)!.content;
  expect(asked).toContain('Tell it to a child: Tom\n\nTom had a dog.');
  await endAnswer(popup);
  expect(linnet.pageErrors).toEqual([]);
});
