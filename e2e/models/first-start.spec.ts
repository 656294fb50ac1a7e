/** The first start: the demo model comes with the extension, and the page describes it as a demo. */
import { article, expect, picture, test } from '../harness/index.ts';
import { Bubble, card, select } from '../story.ts';

test.use({ firstStart: true });

test('imports the demo model, labels it as a demo, and does not import it again after it was deleted', {
  tag: '@phone-rare',
}, async ({ linnet, site }) => {
  const page = await linnet.open(site.page('/', article('Birds', ['A bird sat in a tree. '.repeat(8)])));
  const popup = await linnet.openPopup(page);
  await expect(popup.getByText('The demo model is tiny: it knows only short made-up stories.')).toBeVisible();
  await popup.getByRole('button', { name: 'Summarise this page' }).click();
  await expect(popup.getByRole('article').locator('.prose')).not.toBeEmpty();
  await popup
    .getByRole('button', { name: 'Stop' })
    .click({ timeout: 2000 })
    .catch(() => {});
  await popup.close();

  const models = await linnet.open('models.html');
  const demo = card(models, 'Linnet demo');
  await expect(demo.getByText('demo model', { exact: true })).toBeVisible();
  await demo.getByRole('button', { name: 'Delete' }).click();
  await demo.getByRole('button', { name: 'Delete' }).click();
  await expect(demo).toHaveCount(0);

  await linnet.restart();
  const again = await linnet.open('models.html');
  await expect(again.getByText('No models yet.')).toBeVisible();
  // An open one would be shown again.
  await again.close();
  const front = await linnet.open(site.url('/'));
  const without = await linnet.openPopup(front);
  await expect(without.getByText('There is no model on this device yet.')).toBeVisible();
  await expect(without.getByRole('button', { name: 'Choose a model' })).toBeVisible();
  await without.close();
  // The bubble also says what to do about it.
  await select(front, 'p');
  const bubble = new Bubble(front);
  await bubble.press('Translate');
  await bubble.choose('Into', 'de');
  await expect.poll(() => bubble.text('error')).toMatch(/no model on this device yet.*Open Models and/);
  await picture(front, 'bubble-error');
  const opened = linnet.context.waitForEvent('page');
  await bubble.press('Models');
  await expect(await opened).toHaveURL(linnet.url('models.html'));
  expect(linnet.pageErrors).toEqual([]);
});
