/** Text that a person wrote in fields: translated, inserted with the events that the site listens to, and undone. */
import { expect, type LinnetBrowser, type Page, picture, type Site, test } from '../harness/index.ts';
import { Bubble, callLinnet, demoModel } from '../story.ts';

const text = "She came home at 5 o'clock.";
const german = 'Sie kam um 5 Uhr nach Hause.';
/** The site keeps the value that it got by events, as frameworks do. */
const html = `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Write</title>
<style>body { font: 16px sans-serif; margin: 2em } textarea, input, [contenteditable] { display: block; width: 20em; margin: 1em 0; padding: .5em; border: 1px solid #888 }</style></head>
<body><h1>Write to us</h1><p>${'Say what you saw, and where it was that you saw it. '.repeat(4)}</p>
<textarea id="area" rows="3"></textarea><input id="line" maxlength="28"><div id="rich" contenteditable="true"></div>
<div id="editor" contenteditable="true"></div>
<script>window.heard = {}; for (const id of ['area', 'line', 'rich', 'editor'])
  document.getElementById(id).addEventListener('input', ({ target }) => { heard[id] = target.value ?? target.textContent; });
// Like editors with their own document model, it renders its value again one frame later.
editor.addEventListener('input', () => requestAnimationFrame(() => {
  const line = document.createElement('p');
  line.append(Object.assign(document.createElement('span'), { textContent: editor.textContent }));
  editor.replaceChildren(line);
  getSelection().selectAllChildren(line);
  getSelection().collapseToEnd();
}));</script></body></html>`;

const heard = (page: Page, id: string) =>
  page.evaluate((of) => (window as unknown as { heard: Record<string, string> }).heard[of], id);
const shown = (page: Page, id: string) =>
  page.locator(`#${id}`).evaluate((element) => (element as HTMLTextAreaElement).value ?? element.textContent);

/** Types into each of these fields, translates what was written, and takes it back. */
async function translateIn(linnet: LinnetBrowser, site: Site, ids: readonly string[]) {
  await demoModel(linnet);
  const page = await linnet.open(site.page('/write', html));
  await callLinnet(linnet, page);
  const bubble = new Bubble(page);
  for (const id of ids) {
    await page.locator(`#${id}`).focus();
    await page.keyboard.type(text);
    const popup = await linnet.openPopup(page);
    await popup.getByRole('button', { name: 'Translate what I wrote' }).click();
    await expect.poll(() => popup.isClosed()).toBe(true);
    await expect.poll(() => bubble.text('actions')).toContain('Replace');
    expect(await bubble.text('text')).toBe(german);
    await bubble.press('Replace');
    await expect.poll(() => heard(page, id), { message: `the site heard of ${id}` }).toBe(german);
    expect(await shown(page, id)).toBe(german);
    await expect.poll(() => bubble.text('actions')).toContain('Undo');
    if (id === 'area') await picture(page, 'written');
    await bubble.press('Undo');
    await expect.poll(() => heard(page, id)).toBe(text);
    expect(await shown(page, id)).toBe(text);
    if (id !== ids.at(-1)) await bubble.press('Close');
  }
  return { page, bubble };
}

test('in a text area and an editor', { tag: ['@rare', '@phone-rare'] }, async ({ linnet, site }) => {
  const { page, bubble } = await translateIn(linnet, site, ['area', 'editor']);
  // Changes that the site made since stay, and the bubble says so.
  await bubble.press('Replace');
  await expect.poll(() => shown(page, 'editor')).toBe(german);
  await page.waitForTimeout(200);
  await page.evaluate(() => document.querySelector('#editor')!.append(' Sent from my phone.'));
  await bubble.press('Undo');
  await expect.poll(() => bubble.text('translation')).toContain('This cannot be undone here');
  await picture(page, 'written-stuck');
  expect(await shown(page, 'editor')).toBe(`${german} Sent from my phone.`);
  expect(linnet.pageErrors).toEqual([]);
});

test('in a line and editable text', { tag: ['@rare', '@phone-rare'] }, async ({ linnet, site }) => {
  await translateIn(linnet, site, ['line', 'rich']);
  expect(linnet.pageErrors).toEqual([]);
});

test('a selection in a field is offered, and only that is replaced', { tag: '@rare' }, async ({
  linnet,
  site,
}) => {
  await demoModel(linnet);
  const page = await linnet.open(site.page('/write', html));
  await callLinnet(linnet, page);
  await page.locator('#area').fill(`Hello! ${text} Bye!`);
  await page
    .locator('#area')
    .evaluate(
      (area: HTMLTextAreaElement, [from, to]) => area.setSelectionRange(from!, to!),
      [7, 7 + text.length],
    );
  const bubble = new Bubble(page);
  await bubble.press('Translate');
  await expect.poll(() => bubble.text('actions')).toContain('Replace');
  await bubble.press('Replace');
  await expect(page.locator('#area')).toHaveValue(`Hello! ${german} Bye!`);
  // The person continues to write; undo removes only the translation.
  await page.locator('#area').press('End');
  await page.keyboard.type(' See you.');
  await bubble.press('Undo');
  await expect(page.locator('#area')).toHaveValue(`Hello! ${text} Bye! See you.`);
});
