/** The bubble in difficult places: frames, other kinds of fields, PDF files, dialogs, pages with shortcuts. */
import { expect, type LinnetBrowser, type Page, picture, test } from '../harness/index.ts';
import { Bubble, callLinnet, demoModel } from '../story.ts';

const text = 'Iris works as a musician.';
const german = 'Iris arbeitet als Musikerin.';
const framed = `<!doctype html><html lang="en"><meta charset="utf-8"><body><p>${text}</p><div contenteditable="true" style="min-height:2em">She wanted to find a new job.</div></body></html>`;
const html = `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Places</title>
<style>body { font: 16px sans-serif; margin: 2em; min-height: 90vh } iframe { display: block; width: 32em; height: 20em }</style></head>
<body><h1>Places</h1><p>${'Iris met Max, a doctor, under a tree. '.repeat(4)}</p><input id="mail" type="email" value="iris@birds.test"><iframe src="/framed"></iframe>
<dialog style="width: 30em; height: 12em"><p id="inside">${text}</p></dialog>
<script>window.heard = []; document.addEventListener('keydown', ({ key }) => heard.push(key));</script></body></html>`;

const PDF = `%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]>>endobj
trailer<</Root 1 0 R>>`;

/** No test can click in the browser's own menu, so the event is sent. */
async function fromMenu(linnet: LinnetBrowser, page: Page, info: object): Promise<void> {
  await page.bringToFront();
  await linnet.serviceWorker()!.evaluate(async (clicked) => {
    const [tab] = await chrome.tabs.query({ active: true, lastFocusedWindow: true });
    chrome.contextMenus.onClicked.dispatch(clicked, tab);
  }, info);
}

const badge = (linnet: LinnetBrowser): Promise<string> =>
  linnet.serviceWorker()!.evaluate(async () => {
    const [tab] = await chrome.tabs.query({ active: true, lastFocusedWindow: true });
    return `${await chrome.action.getBadgeText({ tabId: tab!.id })} ${await chrome.action.getTitle({ tabId: tab!.id })}`;
  });

test('the menu translates what is selected in frames, fields for addresses and PDF files, or says why not', async ({
  linnet,
  site,
}) => {
  // Before any page of Linnet was opened, the bubble has its texts.
  const kept = () => linnet.serviceWorker()!.evaluate(() => chrome.storage.local.get('uiTexts'));
  await expect.poll(async () => (await kept()).uiTexts?.language).toBe('en');
  await linnet.serviceWorker()!.evaluate(async () => {
    await chrome.storage.local.set({ uiLanguage: 'ja' });
    chrome.runtime.onInstalled.dispatch({ reason: 'update' });
  });
  await expect.poll(async () => (await kept()).uiTexts?.texts.translate).toBe('翻訳');
  await linnet.serviceWorker()!.evaluate(() => chrome.storage.local.set({ uiLanguage: 'en' }));

  await demoModel(linnet);
  site.page('/framed', framed);
  const page = await linnet.open(site.page('/places', html));
  await callLinnet(linnet, page);
  const bubble = new Bubble(page);
  await fromMenu(linnet, page, { menuItemId: 'translate-selection', selectionText: text, frameId: 7 });
  await bubble.translated();
  expect(await bubble.text('text')).toBe(german);
  await picture(page, 'bubble-frame');
  await bubble.press('Close');

  await page.locator('#mail').focus();
  await fromMenu(linnet, page, { menuItemId: 'translate-written', editable: true, frameId: 0 });
  await expect.poll(() => badge(linnet)).toContain('! Linnet: There is nothing to translate here.');
  await fromMenu(linnet, page, {
    menuItemId: 'translate-selection',
    selectionText: text,
    editable: true,
    frameId: 0,
  });
  await bubble.translated();
  expect(await badge(linnet)).not.toContain('!');
  await bubble.press('Close');

  // Text that is edited in a frame is changed there.
  await page.frameLocator('iframe').locator('[contenteditable]').focus();
  const frame = await linnet.serviceWorker()!.evaluate(async () => {
    const [tab] = await chrome.tabs.query({ active: true, lastFocusedWindow: true });
    const run = { target: { tabId: tab!.id, allFrames: true }, func: () => location.pathname };
    const found = await chrome.scripting.executeScript(run);
    return found.find(({ result }) => result === '/framed')!.frameId;
  });
  await fromMenu(linnet, page, { menuItemId: 'translate-written', editable: true, frameId: frame });
  await bubble.translated();
  await bubble.press('Replace');
  await expect(page.frameLocator('iframe').locator('[contenteditable]')).toHaveText(
    'Sie wollte eine neue Arbeit finden.',
  );

  // The browser shows a PDF file in its own viewer; only the context menu knows the selection there.
  await page.route('**/file.pdf', (route) => route.fulfill({ contentType: 'application/pdf', body: PDF }));
  await page.goto(site.url('/file.pdf'));
  const popup = await linnet.openPopup(page);
  await expect(popup.getByText('Linnet cannot read PDF files yet.')).toBeVisible();
  await popup.close();
  await fromMenu(linnet, page, { menuItemId: 'translate-page', frameId: 0 });
  await expect.poll(() => badge(linnet)).toContain('! Linnet: Linnet cannot read PDF files yet.');
  await fromMenu(linnet, page, { menuItemId: 'translate-selection', selectionText: text, frameId: 9 });
  await bubble.translated();
  expect(await bubble.text('text')).toBe(german);
  await picture(page, 'bubble-pdf');
  expect(linnet.pageErrors).toEqual([]);
});

test('an open dialog leaves the bubble usable, and no key pressed in it reaches the page', {
  tag: '@rare',
}, async ({ linnet, site }) => {
  await demoModel(linnet);
  site.page('/framed', framed);
  const page = await linnet.open(site.page('/places', html));
  await callLinnet(linnet, page);
  const bubble = new Bubble(page);
  const dialog = page.locator('dialog');
  await dialog.evaluate((element: HTMLDialogElement) => element.showModal());
  await page.evaluate(() => getSelection()!.selectAllChildren(document.querySelector('#inside')!));
  await bubble.press('Translate');
  await bubble.translated();
  await bubble.press('Keep open and translate every selection');
  await picture(page, 'bubble-dialog');

  await page.keyboard.press('j');
  await page.keyboard.press('Tab');
  expect(await page.evaluate(() => (window as unknown as { heard: string[] }).heard)).toEqual([]);

  await dialog.evaluate((element: HTMLDialogElement) => element.close());
  await expect.poll(() => bubble.place()).toBe('HTML');
  await bubble.press('Keep open and translate every selection');
  // One that opens over an open bubble takes it in; Escape closes the bubble, not the dialog.
  await dialog.evaluate((element: HTMLDialogElement) => element.showModal());
  await expect.poll(() => bubble.place()).toBe('DIALOG');
  await bubble.escape();
  await expect(dialog).toBeVisible();
  expect(linnet.pageErrors).toEqual([]);
});

declare const chrome: {
  readonly tabs: { query(wanted: object): Promise<{ readonly id: number }[]> };
  readonly contextMenus: { readonly onClicked: { dispatch(info: object, tab: unknown): void } };
  readonly action: {
    getBadgeText(of: object): Promise<string>;
    getTitle(of: object): Promise<string>;
  };
  readonly scripting: {
    executeScript(run: object): Promise<{ readonly frameId: number; readonly result: unknown }[]>;
  };
  readonly storage: {
    readonly local: {
      get(key: string): Promise<{
        uiTexts?: { readonly language: string; readonly texts: Readonly<Record<string, string>> };
      }>;
      set(values: object): Promise<void>;
    };
  };
  readonly runtime: { readonly onInstalled: { dispatch(details: object): void } };
};
