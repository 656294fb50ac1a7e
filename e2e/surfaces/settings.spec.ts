/** Settings: the interface language, translations, the speed level, and deleting everything. */
import { article, expect, picture, test } from '../harness/index.ts';
import { inEveryLook, largeTargets } from '../looks.ts';
import { ask, Bubble, demoModel, importStories, say, words } from '../story.ts';

test('Linnet speaks German and Arabic, from right to left, on every page and in the bubble', async ({
  linnet,
  site,
}) => {
  const settings = await linnet.open('options.html');
  const language = settings.getByRole('combobox').first();
  await language.selectOption('de');
  await expect(settings.getByRole('heading', { level: 1 })).toHaveText('Einstellungen');
  expect(await settings.title()).toBe('Linnet – Einstellungen');
  const page = await linnet.open(site.page('/', article('Haus', ['Ein Haus am See. '.repeat(20)])));
  const popup = await linnet.openPopup(page);
  await expect(popup.getByRole('button', { name: 'Diese Seite zusammenfassen' })).toBeVisible();
  expect(await popup.evaluate(() => document.documentElement.lang)).toBe('de');
  await expect(popup.getByText('Haus').first()).toBeVisible();
  await popup.close();
  await page.evaluate(() => getSelection()?.selectAllChildren(document.querySelector('p')!));
  await expect.poll(() => new Bubble(page).text('offer')).toContain('Übersetzen');

  await settings.getByRole('combobox').first().selectOption('ar');
  await expect(settings.locator('html')).toHaveAttribute('dir', 'rtl');
  await expect(settings.getByRole('radio').first()).toBeVisible();
  await picture(settings, 'settings-arabic');
  await inEveryLook(settings, 'Settings in Arabic');
  const tab = await linnet.open('chat.html');
  await expect(tab.getByText('لخّص هذه الصفحة')).toBeVisible();
  await picture(tab, 'chat-arabic');
  await picture(tab, 'chat-arabic', { phone: true });
  await inEveryLook(tab, 'chat in Arabic');
  expect(linnet.pageErrors).toEqual([]);
});

test('speed and defaults are saved, and every page receives them', { tag: ['@rare', '@phone-rare'] }, async ({
  linnet,
  site,
  onPhone,
}) => {
  const settings = await linnet.open('options.html');
  await settings.getByRole('radio', { name: /^Polite/ }).check();
  await settings.getByRole('combobox', { name: 'Kind of summary' }).selectOption('headline');
  await picture(settings, 'settings');
  await picture(settings, 'settings', { dark: true });
  await picture(settings, 'settings', { phone: true });
  const tab = await linnet.open('chat.html');
  // There is no page yet: a hint how to open one replaces a button that would do nothing.
  const way = onPhone ? 'choose Linnet from the browser’s extensions menu' : 'press Alt+S';
  await expect(tab.getByText(`To summarise a page, open it and ${way}`)).toBeVisible();
  await expect(tab.getByRole('button', { name: 'Summarise this page' })).toHaveCount(0);
  await picture(tab, 'chat-without-page');
  const popup = await linnet.openPopup(
    await linnet.open(site.page('/', article('A', ['Text. '.repeat(40)]))),
  );
  await expect(popup.getByRole('combobox', { name: 'Kind of summary' })).toHaveValue('headline');
  await linnet.restart();
  const again = await linnet.open('options.html');
  await expect(again.getByRole('radio', { name: /^Polite/ })).toBeChecked();
  await inEveryLook(again, 'Settings');
});

test('the KV cache has 8 bits if that was chosen, and answers are made with it', { tag: '@rare' }, async ({
  linnet,
}) => {
  await demoModel(linnet);
  const settings = await linnet.open('options.html');
  const keptAs = async () => (await ask(settings, 'diagnostics', {})).cache;
  const tab = await linnet.open('chat.html');
  const answered = async (question: string) => {
    await say(tab, question);
    await expect(tab.getByRole('article').last()).toHaveAttribute('aria-busy', 'false');
    return words(await tab.getByRole('article').last().locator('.prose').innerText());
  };
  expect(await answered('Who are you?')).toContain('demo model of Linnet');
  expect(await keptAs()).toBe('plain');

  await settings.getByRole('radio', { name: /^8 bits/ }).check();
  await expect.poll(keptAs).toBeUndefined();
  expect(await answered('What can you do?')).toContain('summarise a short story');
  expect(await keptAs()).toBe('q8');
  await settings.getByRole('radio', { name: /^8 bits/ }).scrollIntoViewIfNeeded();
  await picture(settings, 'settings-cache');

  await linnet.restart();
  const again = await linnet.open('options.html');
  await expect(again.getByRole('radio', { name: /^8 bits/ })).toBeChecked();
  expect(linnet.pageErrors).toEqual([]);
});

test('everything can be deleted, models too', { tag: ['@rare', '@phone-rare'] }, async ({ linnet }) => {
  await importStories(linnet);
  const tab = await linnet.open('chat.html');
  await say(tab, 'Once upon a time');
  const settings = await linnet.open('options.html');
  await settings.getByRole('button', { name: 'Delete everything' }).click();
  await expect(settings.getByRole('alertdialog')).toContainText('cannot be undone');
  // The harmless button has the focus.
  await expect(settings.getByRole('button', { name: 'Keep' })).toBeFocused();
  await inEveryLook(settings, 'Settings, asking');
  await settings.getByRole('button', { name: 'Delete everything' }).click();
  // A model that is being loaded is loaded first.
  await expect(settings.getByText('Deleted.')).toBeVisible();
  expect(await ask(settings, 'conversations', { limit: 9 })).toEqual([]);
  expect((await ask(settings, 'diagnostics', {})).models).toEqual([]);
});

test.describe('with a finger', () => {
  test.use({ touch: true });

  test('everything on the Settings page is large enough', { tag: '@rare' }, async ({ linnet }) => {
    const settings = await linnet.open('options.html');
    await expect(settings.getByRole('radio').first()).toBeVisible();
    await largeTargets(settings, 'Settings');
  });
});
