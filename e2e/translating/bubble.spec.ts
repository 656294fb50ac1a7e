/** The bubble with the demo model: languages, markup, long selections, pinning, the keyboard, fingers. */
import { expect, type Page, picture, test } from '../harness/index.ts';
import { Bubble, callLinnet, demoModel, select } from '../story.ts';

const german = [
  'Iris arbeitet als Musikerin.',
  'Unter einem Baum fand Iris einen roten Stuhl.',
  'Sie kam um 5 Uhr nach Hause.',
];

const html = `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>A day</title><style>body { font: 18px/1.6 Georgia, serif; margin: 2em auto; max-width: 34em; padding: 0 1em } a { color: #0645ad }</style></head>
<body><main><article><h1>A day in Ashdale</h1>
<p id="one">Iris works as a musician.</p>
<p id="two">Under a tree <a href="/iris">Iris</a> found a <b>red chair</b>.</p>
<p id="three">She came home at 5 o'clock.</p></article></main></body></html>`;

async function open(
  linnet: Parameters<typeof demoModel>[0],
  address: string,
): Promise<{ page: Page; bubble: Bubble }> {
  const page = await linnet.open(address);
  await callLinnet(linnet, page);
  return { page, bubble: new Bubble(page) };
}

test('several paragraphs, one by one, with their markup, in place and back', { tag: '@phone' }, async ({
  linnet,
  site,
}) => {
  await demoModel(linnet);
  const { page, bubble } = await open(linnet, site.page('/day', html));
  const content = () => page.evaluate(() => document.body.innerHTML);
  const before = await content();
  await select(page, '#one', '#three');
  await linnet.slowGpu(400);
  await bubble.press('Translate');
  await expect.poll(() => bubble.text('progress')).toMatch(/Paragraph \d of 3/);
  await linnet.slowGpu(0);
  await bubble.translated();
  expect(await bubble.text('text')).toBe(german.join('\n\n'));
  expect([await bubble.chosen('From'), await bubble.chosen('Into')]).toEqual(['en', 'de']);
  for (const look of [{}, { dark: true }, { phone: true }, { rtl: true }])
    await picture(page, 'bubble-paragraphs', look);

  await bubble.press('Replace');
  await expect(page.locator('#two')).toHaveText(german[1]!);
  await expect(page.locator('#two a')).toHaveText('Iris');
  await picture(page, 'bubble-replaced');
  await bubble.press('Undo');
  await expect.poll(content).toBe(before);
  expect(linnet.pageErrors).toEqual([]);
});

test('languages: declared by the page, swapped, chosen, requested from the person, remembered', {
  tag: '@rare',
}, async ({ linnet, site }) => {
  await demoModel(linnet, 'en');
  const { page, bubble } = await open(linnet, site.page('/day', html));
  await select(page, '#one');
  await bubble.press('Translate');
  await expect.poll(() => bubble.text('translation')).toContain('This is in English already.');
  await picture(page, 'bubble-same');
  await bubble.choose('Into', 'de');
  await bubble.translated();
  expect(await bubble.text('text')).toBe(german[0]);

  await bubble.press('Swap languages');
  await expect.poll(() => bubble.chosen('Into')).toBe('en');
  expect(await bubble.text('given')).toContain(german[0]);
  await bubble.translated();
  await bubble.press('Swap languages');
  await expect.poll(() => bubble.text('text')).toBe(german[0]);
  expect(await bubble.text('given')).toBeUndefined();
});

test('a page that declares no language: the person is asked', { tag: '@rare' }, async ({ linnet, site }) => {
  await demoModel(linnet);
  const { page, bubble } = await open(
    linnet,
    site.page('/day', html.replace(' lang="en"', '').replaceAll('works as a musician', 'Max Emma')),
  );
  await select(page, '#one');
  await bubble.press('Translate');
  await bubble.translated();
  await expect.poll(() => bubble.text('translation')).toContain('not sure which language');
  await picture(page, 'bubble-ask');
  await bubble.choose('From', 'en');
  await expect.poll(() => bubble.chosen('From')).toBe('en');
});

test('pinned, it stays open, can be moved, and translates every selection', {
  tag: ['@rare', '@phone-rare'],
}, async ({ linnet, site, onPhone }) => {
  await demoModel(linnet);
  const { page, bubble } = await open(linnet, site.page('/day', html));
  await select(page, '#one');
  await bubble.press('Translate');
  await bubble.translated();
  await bubble.press('Keep open and translate every selection');
  const grip = (await bubble.box('Move: arrow keys'))!;
  await page.mouse.move(grip.x + 5, grip.y + 5);
  await page.mouse.down();
  await page.mouse.move(grip.x + 105, grip.y + 85, { steps: 4 });
  await page.mouse.up();
  const movedBy = async () => {
    const now = await bubble.box('Move: arrow keys');
    return now && [Math.round(now.x - grip.x), Math.round(now.y - grip.y)];
  };
  // On a phone it is as wide as the screen, which it never leaves.
  const sideways = onPhone ? 0 : 100;
  await expect.poll(movedBy).toEqual([sideways, 80]);
  await page.keyboard.press('ArrowUp');
  await expect.poll(movedBy).toEqual([sideways, 80 - 24]);

  await select(page, '#three');
  await expect.poll(() => bubble.text('text')).toBe(german[2]);
  expect(await movedBy()).toEqual([sideways, 80 - 24]);
  await bubble.escape();
});

test('the keyboard alone: translate, reach every button, close, and return the focus', async ({
  linnet,
  site,
}) => {
  await demoModel(linnet);
  const { page, bubble } = await open(linnet, site.page('/day', html));
  await page.locator('#two a').focus();
  await select(page, '#one');
  const popup = await linnet.openPopup(page);
  await popup.getByRole('button', { name: 'Translate the selection' }).focus();
  // The popup closes by the key, perhaps before it is up again.
  await popup.keyboard.press('Enter').catch(() => {});
  await expect.poll(() => popup.isClosed()).toBe(true);
  await bubble.translated();
  expect(await page.evaluate(() => document.activeElement?.nodeName)).toBe('DIV');
  await bubble.escape();
  expect(await page.evaluate(() => document.activeElement?.nodeName)).toBe('A');
});

test.describe('on a phone', () => {
  test.use({ touch: true });

  test('a selection by touch is offered beneath its handles, and read without scrolling sideways', async ({
    linnet,
    site,
  }) => {
    await demoModel(linnet);
    const { page, bubble } = await open(linnet, site.page('/day', html));
    await page.setViewportSize({ width: 412, height: 915 });
    await select(page, '#two');
    const text = (await page.locator('#two').boundingBox())!;
    await expect.poll(async () => (await bubble.box('Translate'))?.y ?? 0).toBeGreaterThan(text.y + 24);
    expect((await bubble.box('Translate'))!.height).toBeGreaterThanOrEqual(44);
    await picture(page, 'bubble-touch-offer');
    await bubble.press('Translate');
    await bubble.translated();
    expect(await bubble.text('text')).toBe(german[1]);
    for (const label of ['Swap languages', 'Close', 'Replace', 'Copy']) {
      expect((await bubble.box(label))!.height, label).toBeGreaterThanOrEqual(44);
    }
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(412);
    await picture(page, 'bubble-touch');
    await picture(page, 'bubble-touch', { dark: true });
  });
});
