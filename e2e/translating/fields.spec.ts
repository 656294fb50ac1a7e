/** What a person types in their language goes into the page's: one press puts it in place, one takes it back. */
import { expect, type Page, picture, test } from '../harness/index.ts';
import { Bubble, callLinnet, demoModel } from '../story.ts';

const german = 'Sie kam um 5 Uhr nach Hause.';
const english = "She came home at 5 o'clock.";
const html = `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Write</title>
<style>body { font: 16px sans-serif; margin: 2em } textarea, input, [contenteditable] { display: block; width: 20em; margin: 1em 0; padding: .5em; border: 1px solid #888 }</style></head>
<body><h1>Write to us</h1><p>${'Say what you saw, and where it was that you saw it. '.repeat(4)}</p>
<textarea id="area" rows="3">${german}</textarea><input id="line" value="${german}" size="40">
<div id="plain" contenteditable="plaintext-only">${german}</div>
<div id="box" role="textbox" contenteditable><p>${german}</p></div></body></html>`;

const shown = (page: Page, id: string) =>
  page.locator(`#${id}`).evaluate((element) => (element as HTMLTextAreaElement).value ?? element.textContent);

test('each kind of field offers both directions', { tag: '@phone-rare' }, async ({ linnet, site }) => {
  await demoModel(linnet);
  const page = await linnet.open(site.page('/write', html));
  await callLinnet(linnet, page);
  const bubble = new Bubble(page);
  for (const id of ['area', 'line', 'plain', 'box']) {
    await page.locator(`#${id}`).focus();
    await page.keyboard.press('Control+A');
    await expect.poll(() => bubble.text('offers'), { message: id }).toContain('Write in English');
    if (id === 'area') await picture(page, 'field-offer', { dark: true, rtl: true });
    await bubble.press('Write in English');
    await expect.poll(() => shown(page, id), { message: `${id} has the translation` }).toBe(english);
    await expect.poll(() => bubble.text('actions')).toContain('Undo');
    if (id === 'area') await picture(page, 'field-written', { dark: true, rtl: true });
    await bubble.press('Undo');
    await expect.poll(() => shown(page, id)).toBe(german);
    await bubble.press('Close');
  }
  // The other direction: what is there, for the person.
  await page.locator('#area').fill(english);
  await page.locator('#area').focus();
  await page.keyboard.press('Control+A');
  await bubble.press('Translate');
  await expect.poll(() => bubble.text('text')).toBe(german);
  expect(await shown(page, 'area')).toBe(english);
  await bubble.press('For this page: English');
  await expect.poll(() => bubble.chosen('Into')).toBe('en');
  expect(linnet.pageErrors).toEqual([]);
});
