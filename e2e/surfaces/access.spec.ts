/** Accessibility: no serious issue by axe in light, dark, right to left and at 320 px; no sideways scrolling; phones. */
import { article, expect, picture, test } from '../harness/index.ts';
import { inEveryLook } from '../looks.ts';
import { ask, importStories, openInTab } from '../story.ts';

const html = article('The linnet', [
  'A linnet is a small finch of the heath. It sings from a bush. '.repeat(4),
]);

test('the Models page', async ({ linnet }) => {
  const models = await importStories(linnet);
  await picture(models, 'models');
  await picture(models, 'models', { dark: true });
  await picture(models, 'models', { phone: true });
  await inEveryLook(models, 'Models');
});

test('the popup, as a tab about another tab, which has called Linnet before', async ({ linnet, site }) => {
  await importStories(linnet);
  const page = await linnet.open(site.page('/linnet', html));
  const popup = await linnet.openPopup(page);
  await popup.getByRole('button', { name: 'Summarise this page' }).click();
  await expect(popup.getByRole('article').locator('.prose')).not.toBeEmpty();
  await popup
    .getByRole('button', { name: 'Stop' })
    .click({ timeout: 2000 })
    .catch(() => {});
  const tab = await openInTab(popup);
  // The same conversation, since it is about the same tab.
  await expect(tab.getByRole('article').locator('.prose')).not.toBeEmpty();
  await picture(tab, 'tab-summary', { phone: true });
  await inEveryLook(tab, 'conversation');
  await tab.getByRole('button', { name: 'Back' }).click();
  await expect(tab.getByRole('button', { name: 'Summarise this page' })).toBeEnabled();
  await inEveryLook(tab, 'start');
});

test('the list of conversations with a menu, saved questions, a tab without a page', {
  tag: '@rare',
}, async ({ linnet }) => {
  const tab = await linnet.open('popup.html');
  await expect(tab.getByText('To summarise a page')).toBeVisible();
  const { job } = await ask(tab, 'chat', {
    request: { kind: 'chat', text: 'Which birds sing in winter?' },
    target: {},
  });
  await ask(tab, 'stop', { job });
  await tab.getByRole('textbox').last().fill('/');
  await expect(tab.getByRole('listbox')).toBeVisible();
  await inEveryLook(tab, 'saved questions');
  await tab.getByRole('textbox').last().fill('');
  await tab.getByRole('button', { name: 'Conversations' }).click();
  await tab.getByRole('button', { name: /^More for/ }).click();
  await expect(tab.getByRole('menu', { name: /^More for/ })).toBeVisible();
  await inEveryLook(tab, 'list with a menu');
});

test('a popup in a tab remembers the page that was in front', { tag: '@rare' }, async ({ linnet, site }) => {
  const page = await linnet.open(site.page('/linnet', html));
  const popup = await linnet.openPopup(page);
  await expect(popup.getByText('The linnet').first()).toBeVisible();
  await popup.close();
  const tab = await linnet.open('popup.html');
  await expect(tab.getByText('The linnet').first()).toBeVisible();
});

test('the keyboard alone suffices', async ({ linnet, site }) => {
  await importStories(linnet);
  const popup = await linnet.openPopup(await linnet.open(site.page('/linnet', html)));
  const button = popup.getByRole('button', { name: 'Summarise this page' });
  await expect(button).toBeEnabled();
  for (let i = 0; i < 12 && !(await button.evaluate((element) => element === document.activeElement)); i++) {
    await popup.keyboard.press('Tab');
  }
  await popup.keyboard.press('Enter');
  await expect(popup.getByRole('article').locator('.prose')).not.toBeEmpty();
  // The button is gone; the focus must not return to the top of the page, for people with a screen reader.
  expect(await popup.evaluate(() => document.activeElement === document.body)).toBe(false);
});
