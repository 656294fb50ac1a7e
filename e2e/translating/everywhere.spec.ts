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

test('turned on, it is also in frames of other sites, and once in those of the same', {
  tag: '@rare',
}, async ({ linnet, site }) => {
  const settings = await linnet.open('options.html');
  await settings.getByLabel('Offer to translate selections on every page').click();
  const inner = site.page('/inner', article('A frame', ['She wanted to find a new job.']));
  const frames = [inner.replace('127.0.0.1', 'localhost'), inner].map(
    (address) => `<iframe src="${address}" style="width:80%;height:300px"></iframe>`,
  );
  const page = await linnet.open(
    site.page('/outer', `<!doctype html><html lang="en">${frames.join('')}</html>`),
  );
  const offers = () => page.frames().filter((frame) => frame.url().includes('/on-page.html#bubble.'));
  for (const host of ['localhost', '127.0.0.1']) {
    const frame = page
      .frames()
      .find((one) => one.url().includes(`${host}:`) && one.url().endsWith('/inner'))!;
    await frame.evaluate(() => getSelection()!.selectAllChildren(document.querySelector('p')!));
    await expect.poll(() => new Bubble(page).text('offer')).toBe('Translate');
    await page.waitForTimeout(800);
    expect(offers().map((one) => one.parentFrame() === frame)).toEqual([host === 'localhost']);
    await frame.evaluate(() => getSelection()!.removeAllRanges());
    await expect.poll(() => offers().length).toBe(0);
  }
});
