/** A page of a site that a person summarises often is read when it has come to rest, until they forget that site. */
import { article, expect, picture, test } from '../harness/index.ts';
import { stories } from '../demo-world.ts';
import { ask, demoModel, dispatchesOf } from '../story.ts';

test.use({ onEveryPage: true });

const news = article('News of the week', stories.slice(0, 6).flat());

test('reads a page of such a site without a press, and not once the site is forgotten', {
  tag: '@rare',
}, async ({ linnet, site }) => {
  const models = await demoModel(linnet);
  await ask(models, 'set-settings', { settings: { readAhead: 'always' } });
  const settings = await linnet.open('options.html');
  const box = settings.getByLabel('Offer to translate selections on every page');
  await box.click();
  await expect(box).toBeChecked();
  const address = site.page('/news', news);
  const seen = (of: string, ...ids: readonly string[]) =>
    ids.map((conversation) => ({ site: of, conversation, at: Date.now() - 60_000 }));
  const summarised = [...seen(new URL(address).hostname, '1', '2', '3'), ...seen('blog.example', '4')];
  await ask(models, 'set-settings', { settings: { summarised } });
  const section = settings.getByRole('heading', { name: 'Sites you summarise often' });
  await section.scrollIntoViewIfNeeded();
  for (const look of [{}, { dark: true }, { phone: true }, { rtl: true }])
    await picture(settings, 'often-sites', look);

  await ask(models, 'warm', {});
  await expect.poll(async () => (await ask(models, 'diagnostics', {})).active).toBe('ready');
  const dispatches = await dispatchesOf(linnet);
  const page = await linnet.open(address);
  await expect.poll(dispatches).toBeGreaterThan(0);
  await page.close();

  await settings.bringToFront();
  await settings.getByRole('button', { name: 'Forget all of them' }).click();
  await expect(settings.getByText('No site is remembered.')).toBeVisible();
  const before = await dispatches();
  const again = await linnet.open(address);
  await again.waitForTimeout(6000);
  expect(await dispatches()).toBe(before);
  expect(linnet.pageErrors).toEqual([]);
});
