/**
 * An unquantised model: its sizes before it is downloaded, and its improvement by calibration afterwards, with the browser
 * closed in the middle of it.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { ModelServer } from '../../scripts/testing/model-server.ts';
import { givenSlowness } from '../../scripts/testing/speed.mjs';
import { assets, expect, picture, test as base } from '../harness/index.ts';
import { inEveryLook, largeTargets } from '../looks.ts';
import { ask, card, STORIES } from '../story.ts';

const test = base.extend<{ hub: ModelServer }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the needed fixtures from the pattern
  hub: async ({}, use) => {
    const folder = assets(STORIES);
    const files = readdirSync(folder).map((name) => [name, readFileSync(`${folder}/${name}`)] as const);
    const hub = await new ModelServer(Object.fromEntries(files)).listen();
    await use(hub);
    hub.close();
  },
});

const LOOKS = [{}, { dark: true }, { phone: true }, { rtl: true }];

test('a model is downloaded in the size of choice, and improved while it can be used', {
  tag: ['@rare', '@phone-rare'],
}, async ({ linnet, hub }) => {
  test.setTimeout(900_000); // calibration, a trial and a comparison, all on a GPU in software
  const models = await linnet.open('models.html');
  await expect(card(models, 'Linnet demo')).toBeVisible();
  await models.getByLabel('Repository or address').fill(hub.url);
  await models.getByRole('button', { name: 'Look up' }).click();
  const sizes = models.getByRole('group', { name: 'Size on this device' });
  await expect(sizes.getByRole('radio', { name: /^Small/ })).toBeChecked();
  const shown = async () => (await sizes.getByRole('radio').count()) === 3;
  expect(await shown()).toBe(true);
  await sizes.getByRole('radio', { name: /^Balanced/ }).check();
  await sizes.scrollIntoViewIfNeeded();
  for (const look of LOOKS) await picture(models, 'models-sizes', look);
  await inEveryLook(models, 'Models page with sizes');
  if (test.info().project.name === 'phone') await largeTargets(models, 'sizes');
  await sizes.getByRole('radio', { name: /^Small/ }).check();
  await models.getByRole('button', { name: /^Download [\d.]+ (kB|MB)$/ }).click();

  const stored = card(models, 'main');
  await expect(stored).toBeVisible();
  await ask(models, 'set-settings', { settings: { welcomed: true } });
  await stored.getByText('This model can come closer to its original').click();
  await stored.scrollIntoViewIfNeeded();
  for (const look of LOOKS) await picture(models, 'models-improve', look);
  await stored.getByRole('button', { name: 'Improve main' }).click();
  await expect(models.getByText('Fitting the numbers to text')).toBeVisible();
  await expect(models.getByRole('heading', { name: 'Improving main' })).toBeVisible();
  await models.getByRole('heading', { name: 'Improving main' }).scrollIntoViewIfNeeded();
  for (const look of LOOKS) await picture(models, 'models-improving', look);
  const weights = async (page: typeof models) =>
    (await ask(page, 'diagnostics', {})).models.filter(({ id }) => id !== 'demo').map((one) => one.weights);
  expect(await weights(models)).toEqual(['m0e4+q8-head']);

  await linnet.restart();
  const again = await linnet.open('models.html');
  expect(await weights(again)).toEqual(['m0e4+q8-head']);
  await expect(card(again, 'main').getByText('Compressed with care')).toBeVisible({
    timeout: 240_000 * givenSlowness(),
  });
  expect(await weights(again)).toEqual(['calibrated']);
  await card(again, 'main').scrollIntoViewIfNeeded();
  await picture(again, 'models-improved');

  const improved = card(again, 'main');
  await improved.getByText('How close does it come to its original?').click();
  for (const look of LOOKS) await picture(again, 'models-loss-offer', look);
  await improved.getByRole('button', { name: 'Measure how close main comes to its original' }).click();
  await expect(improved.getByText('Comparing it with its original')).toBeVisible();
  for (const look of LOOKS) await picture(again, 'models-comparing', look);
  await expect(improved.getByText(/^Against the original: /)).toBeVisible({ timeout: 400_000 });
  await improved.getByText('How close each size comes').click();
  await improved.scrollIntoViewIfNeeded();
  for (const look of LOOKS) await picture(again, 'models-losses', look);
  await inEveryLook(again, 'Models page with losses');
  const [loss] = Object.values((await ask(again, 'settings', {})).losses ?? {});
  expect(loss!.sizes.map(({ weights }) => weights)).toEqual(['calibrated', 'u6+q8-head', 'q8']);
  const [small, balanced, closest] = loss!.sizes.map(({ divergence }) => divergence);
  expect(balanced).toBeLessThan(small! / 4);
  expect(closest).toBeLessThan(balanced!);
  await card(again, 'main').getByRole('button', { name: 'Check main' }).click();
  await expect(card(again, 'main').getByText(/Unchanged: all .* are exactly as imported/)).toBeVisible();
  expect(linnet.pageErrors).toEqual([]);
});
