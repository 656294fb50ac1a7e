/** Words: kept in a list that exports, with where they were read; and paragraphs translated by pointing at them. */
import { readFile } from 'node:fs/promises';
import { article, expect, picture, test } from '../harness/index.ts';
import { ask, Bubble, callLinnet, demoModel } from '../story.ts';

const html = article('A day in Ashdale', ['Iris works as a musician. It rained.', 'Iris met Max, a doctor.']);

test('a word is kept with its sentence, found in the list, exported, removed and brought back', {
  tag: '@phone-rare',
}, async ({ linnet, site }) => {
  const models = await demoModel(linnet);
  const address = site.page('/day', html);
  const page = await linnet.open(address);
  await callLinnet(linnet, page);
  await page.evaluate(() => {
    const text = document.querySelector('p')!.firstChild as Text;
    const at = text.data.indexOf('musician');
    getSelection()!.setBaseAndExtent(text, at, text, at + 'musician'.length);
  });
  const bubble = new Bubble(page);
  await expect.poll(() => bubble.text('offer')).toBe('Translate');
  await bubble.pressIfThere('Translate');
  await bubble.translated();
  const translation = (await bubble.text('text'))!;
  await bubble.press('Keep in word list');
  await expect.poll(async () => (await ask(models, 'words', {})).length).toBe(1);
  await picture(page, 'word-kept', { dark: true, rtl: true });
  const [kept] = await ask(models, 'words', {});
  expect(kept).toMatchObject({
    word: 'musician',
    translation,
    sentence: 'Iris works as a musician.',
    from: 'en',
    to: 'de',
    url: address,
  });
  // Pressed again it is taken back.
  await bubble.press('In your word list');
  await expect.poll(async () => (await ask(models, 'words', {})).length).toBe(0);
  await bubble.press('Keep in word list');
  await expect.poll(async () => (await ask(models, 'words', {})).length).toBe(1);

  const words = await linnet.open('words.html');
  await expect(words.getByRole('listitem')).toHaveCount(1);
  await picture(words, 'words', { dark: true, rtl: true });
  await picture(words, 'words', { phone: true });
  await words.getByRole('searchbox').fill('gorse');
  await expect(words.getByText('No word matches.')).toBeVisible();
  await words.getByRole('searchbox').fill('MUSICIAN works');
  await expect(words.getByRole('listitem')).toHaveCount(1);
  for (const [button, begins] of [
    ['Export CSV', 'word,translation,'],
    ['Export for Anki', '#separator:tab\n'],
  ] as const) {
    const saved = words.waitForEvent('download');
    await words.getByRole('button', { name: button }).click();
    const text = await readFile(await (await saved).path(), 'utf8');
    expect(text.startsWith(begins)).toBe(true);
    expect(text).toContain('Iris works as a musician.');
  }
  await words.getByRole('button', { name: 'Remove “musician”' }).click();
  await expect(words.getByText('No words yet.')).toBeVisible();
  await words.getByRole('button', { name: 'Undo' }).click();
  await expect(words.getByRole('listitem')).toHaveCount(1);
  await ask(models, 'erase', { models: true });
  await expect(words.getByRole('listitem')).toHaveCount(0);
  expect(linnet.pageErrors).toEqual([]);
});

test('pointing at a paragraph with a key held shows its translation beside it, once asked for', {
  tag: '@rare',
}, async ({ linnet, site }) => {
  const models = await demoModel(linnet);
  await ask(models, 'set-settings', { settings: { hoverKey: 'shift' } });
  const page = await linnet.open(site.page('/day', html));
  // What the page hears is what it would hear without Linnet.
  await page.evaluate(() => {
    const heard: string[] = [];
    Object.assign(window, { heard });
    for (const name of ['keydown', 'keyup'])
      addEventListener(name, (event) => heard.push(`${name} ${(event as KeyboardEvent).key}`));
  });
  await callLinnet(linnet, page);
  const hover = () => page.frames().find((frame) => frame.url().includes('/on-page.html#hover.'));
  const text = () =>
    hover()
      ?.locator('.text')
      .innerText({ timeout: 1000 })
      .catch(() => undefined);
  const second = (await page.locator('p').nth(1).boundingBox())!;
  await page.bringToFront();
  await page.mouse.move(second.x + 20, second.y + second.height / 2);
  await page.waitForTimeout(600);
  expect(hover()).toBeUndefined();
  await page.keyboard.down('Shift');
  await page.mouse.move(second.x + 24, second.y + second.height / 2);
  await expect.poll(text).toBe('Iris traf Max, einen Arzt.');
  await page.keyboard.up('Shift');
  await picture(page, 'hover', { dark: true, rtl: false });
  // It stays while the pointer is on the paragraph, and goes with it.
  await page.mouse.move(second.x + 30, second.y + second.height / 2);
  expect(await text()).toBe('Iris traf Max, einen Arzt.');
  await page.mouse.move(second.x + 30, second.y + 300);
  await expect.poll(() => hover()).toBeUndefined();
  expect(await page.evaluate(() => (window as unknown as { heard: string[] }).heard)).toEqual([
    'keydown Shift',
    'keyup Shift',
  ]);
  expect(linnet.pageErrors).toEqual([]);
});
