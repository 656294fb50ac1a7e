/** The bubble on all sites, once it is turned on, without calling Linnet on each page. */
import { article, expect, test } from '../harness/index.ts';
import { Bubble, select } from '../story.ts';

test.use({ onEveryPage: true, touch: true });

test('turned on, it offers itself on a page where Linnet was never called; turned off, it does not', async ({
  linnet,
  site,
}) => {
  const address = site.page('/day', article('A day in Ashdale', ['Iris works as a musician.']));
  const before = await linnet.open(address);
  const settings = await linnet.open('options.html');
  const box = settings.getByLabel('Offer to translate selections on every page');
  await expect(box).not.toBeChecked();
  await box.click();
  await expect(box).toBeChecked();
  await select(before, 'p');
  await expect.poll(() => new Bubble(before).text('offer')).toBe('Translate');

  const page = await linnet.open(address);
  await select(page, 'p');
  await expect.poll(() => new Bubble(page).text('offer')).toBe('Translate');

  await linnet.restart();
  const later = await linnet.open(address);
  await select(later, 'p');
  await expect.poll(() => new Bubble(later).text('offer')).toBe('Translate');
  const again = await linnet.open('options.html');
  const stillOn = again.getByLabel('Offer to translate selections on every page');
  await expect(stillOn).toBeChecked();
  await stillOn.click();
  await expect(stillOn).not.toBeChecked();
  const other = await linnet.open(address);
  await select(other, 'p');
  await other.waitForTimeout(800);
  expect(await new Bubble(other).text('offer')).toBeUndefined();
});
