/** What a person types in their language goes into the page's: one press puts it in place, one takes it back. */
import { expect, type LinnetBrowser, type Page, picture, type Site, test } from '../harness/index.ts';
import { Bubble, callLinnet, demoModel } from '../story.ts';

const german = 'Sie kam um 5 Uhr nach Hause.';
const english = "She came home at 5 o'clock.";
const html = `<!doctype html><html lang="de"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Schreiben</title>
<style>body { font: 16px sans-serif; margin: 2em } textarea, input, [contenteditable] { display: block; width: 20em; margin: 1em 0; padding: .5em; border: 1px solid #888 }</style></head>
<body><h1>Schreiben Sie uns</h1><p>${'Was haben Sie gesehen, und wo war das, was Sie gesehen haben? '.repeat(4)}</p>
<textarea id="area" rows="3">${english}</textarea><input id="line" value="${english}" size="40">
<div id="plain" contenteditable="plaintext-only">${english}</div>
<div id="box" role="textbox" contenteditable><p>${english}</p></div></body></html>`;

const shown = (page: Page, id: string) =>
  page.locator(`#${id}`).evaluate((element) => (element as HTMLTextAreaElement).value ?? element.textContent);

/** Writes in German what is in each of these fields, and takes it back. */
async function writeIn(linnet: LinnetBrowser, site: Site, ids: readonly string[]) {
  // The demo model writes German and French.
  await demoModel(linnet, 'en');
  const page = await linnet.open(site.page('/write', html));
  await callLinnet(linnet, page);
  const bubble = new Bubble(page);
  for (const id of ids) {
    await page.locator(`#${id}`).focus();
    await page.keyboard.press('Control+A');
    await expect.poll(() => bubble.text('offers'), { message: id }).toContain('Write in German');
    if (id === 'area') await picture(page, 'field-offer', { dark: true, rtl: true });
    await bubble.press('Write in German');
    await expect.poll(() => shown(page, id), { message: `${id} has the translation` }).toBe(german);
    await expect.poll(() => bubble.text('actions')).toContain('Undo');
    if (id === 'area') await picture(page, 'field-written', { dark: true, rtl: true });
    await bubble.press('Undo');
    await expect.poll(() => shown(page, id)).toBe(english);
    await bubble.press('Close');
  }
  return { page, bubble };
}

test('a text area and a rich field offer both directions', { tag: '@phone-rare' }, async ({
  linnet,
  site,
}) => {
  const { page, bubble } = await writeIn(linnet, site, ['area', 'box']);
  // The other direction replaces nothing by itself.
  await page.locator('#area').focus();
  await page.keyboard.press('Control+A');
  await bubble.press('Translate');
  await expect.poll(() => bubble.text('text')).toBe(german);
  await bubble.press('For me: English');
  await expect.poll(() => bubble.chosen('Into')).toBe('en');
  expect(await shown(page, 'area')).toBe(english);
  expect(linnet.pageErrors).toEqual([]);
});

test('a line and plain editable text offer to be written too', { tag: ['@rare', '@phone-rare'] }, async ({
  linnet,
  site,
}) => {
  await writeIn(linnet, site, ['line', 'plain']);
  expect(linnet.pageErrors).toEqual([]);
});
