/** The side panel: opened from the popup; it follows the tab in front. */
import { article, expect, picture, test } from '../harness/index.ts';
import { inEveryLook } from '../looks.ts';
import { choose, endAnswer, importStories, say } from '../story.ts';

test('opens beside the page and follows the tab in front', async ({ linnet, site }) => {
  const first = await linnet.open(site.page('/one', article('First page', ['One. '.repeat(30)])));
  const popup = await linnet.openPopup(first);
  const opened = linnet.context.waitForEvent('page', (page) => page.url() === linnet.url('sidepanel.html'));
  await choose(popup, 'More', 'Open in the side panel');
  const panel = await opened;
  await expect(panel.getByText('First page').first()).toBeVisible();
  await expect.poll(() => popup.isClosed()).toBe(true);
  // Playwright gives every page the viewport of a tab; a panel is narrower.
  await panel.setViewportSize({ width: 360, height: 660 });
  await expect(panel.getByRole('button', { name: 'Translate this page' })).toBeVisible();
  await picture(panel, 'side-panel');

  const second = await linnet.open(site.page('/two', article('Second page', ['Two. '.repeat(30)])));
  // Linnet was not invoked on that page: the browser gives it no access, and the panel says so.
  await expect(panel.getByRole('alert')).toContainText('Click the icon of Linnet');
  await linnet.openPopup(second);
  await panel.evaluate(() => dispatchEvent(new Event('focus')));
  await expect(panel.getByText('Second page').first()).toBeVisible();
});

test('a conversation about another page says so, and a new one begins with the page in front', {
  tag: '@rare',
}, async ({ linnet, site }) => {
  await importStories(linnet);
  const first = await linnet.open(site.page('/one', article('First page', ['One. '.repeat(30)])));
  const popup = await linnet.openPopup(first);
  await say(popup, 'How many?');
  await endAnswer(popup);
  const opened = linnet.context.waitForEvent('page', (page) => page.url() === linnet.url('sidepanel.html'));
  await choose(popup, 'More', 'Open in the side panel');
  const panel = await opened;
  await panel.setViewportSize({ width: 360, height: 660 });
  await expect(panel.getByText('About this page')).toBeVisible();

  const second = await linnet.open(site.page('/two', article('Second page', ['Two. '.repeat(30)])));
  await linnet.openPopup(second);
  await panel.evaluate(() => dispatchEvent(new Event('focus')));
  await expect(panel.getByText('About:')).toBeVisible();
  await expect(panel.getByText('About this page')).toBeHidden();
  await picture(panel, 'side-panel-other');
  await picture(panel, 'side-panel-other', { dark: true, rtl: true });
  await panel.getByRole('button', { name: 'New chat about the current page' }).click();
  await expect(panel.getByText('Second page').first()).toBeVisible();
  await expect(panel.getByText('About this page')).toBeVisible();
});

test('its page passes the checks in every look', { tag: '@rare' }, async ({ linnet }) => {
  const page = await linnet.open('sidepanel.html');
  await expect(page.getByRole('textbox').last()).toBeVisible();
  await inEveryLook(page, 'side panel');
});
