/**
 * A page is read while the popup is open beside it, and a selection while the bubble offers to translate it, before anyone
 * asks; not where the person turned that off, and not by a script of the page.
 */
import { article, expect, test } from '../harness/index.ts';
import { stories } from '../demo-world.ts';
import { ask, Bubble, callLinnet, demoModel, dispatchesOf, select } from '../story.ts';

const news = article('News of the week', stories.slice(0, 6).flat());

test('reads the page before a tap, unless that is turned off', async ({ linnet, site }) => {
  const models = await demoModel(linnet);
  await ask(models, 'warm', {});
  await expect.poll(async () => (await ask(models, 'diagnostics', {})).active).toBe('ready');
  const page = await linnet.open(site.page('/news', news));
  const dispatches = await dispatchesOf(linnet);

  await ask(models, 'set-settings', { settings: { readAhead: 'never' } });
  const idle = await linnet.openPopup(page);
  await expect(idle.getByRole('button', { name: 'Summarise this page' })).toBeEnabled();
  await idle.waitForTimeout(1000);
  expect(await dispatches()).toBe(0);
  await idle.close();

  await ask(models, 'set-settings', { settings: { readAhead: 'always' } });
  const popup = await linnet.openPopup(page);
  await expect.poll(dispatches).toBeGreaterThan(0);
  // A summary takes over, and ends as ever.
  await popup.getByRole('button', { name: 'Summarise this page' }).click();
  await expect(popup.getByRole('article').last()).toHaveAttribute('aria-busy', 'false');
  expect(linnet.pageErrors).toEqual([]);
});

test('reads what a person selects before they press the bubble, and not what a script selects', async ({
  linnet,
  site,
}) => {
  const models = await demoModel(linnet);
  await ask(models, 'set-settings', { settings: { readAhead: 'never' } });
  await ask(models, 'warm', {});
  await expect.poll(async () => (await ask(models, 'diagnostics', {})).active).toBe('ready');
  const page = await linnet.open(site.page('/news', news));
  await callLinnet(linnet, page);
  await ask(models, 'set-settings', { settings: { readAhead: 'always' } });
  const dispatches = await dispatchesOf(linnet);
  const bubble = new Bubble(page);

  await select(page, 'article p');
  await expect.poll(() => bubble.frame()).toBeDefined();
  await page.waitForTimeout(1500);
  expect(await dispatches()).toBe(0);

  await page.locator('article p').first().click({ clickCount: 3 });
  await expect.poll(dispatches).toBeGreaterThan(0);
  await bubble.press('Translate');
  await bubble.translated();
  expect(linnet.pageErrors).toEqual([]);
});
