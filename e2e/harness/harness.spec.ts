/**
 * The harness tested on an extension of ten lines: the claims about the popup and activeTab in `browser.ts` must hold
 * for the installed Chromium, or every story would fail for a reason that is not Linnet's.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { article, expect, picture, test } from './index.ts';

const extension = mkdtempSync(join(tmpdir(), 'linnet-tiny-'));
const files = {
  'manifest.json': JSON.stringify({
    manifest_version: 3,
    name: 'Tiny',
    version: '1',
    permissions: ['activeTab', 'scripting', 'offscreen'],
    action: { default_popup: 'popup.html' },
    background: { service_worker: 'background.js' },
  }),
  'background.js': `chrome.runtime.onMessage.addListener((_, __, answer) => {
    chrome.offscreen.createDocument({ url: 'offscreen.html', reasons: ['WORKERS'], justification: 'test' }).then(answer);
    return true;
  });`,
  'offscreen.html': '<!doctype html><title>offscreen</title>',
  'popup.html':
    '<!doctype html><meta name="viewport" content="width=device-width"><html style="color-scheme:light dark"><body style="width:320px;height:200px;margin:0;border:4px solid green;box-sizing:border-box"><button>read</button><output></output><script src="popup.js"></script>',
  'popup.js': `document.querySelector('button').onclick = async () => {
    const output = document.querySelector('output');
    const [tab] = await chrome.tabs.query({ active: true, lastFocusedWindow: true });
    const run = { target: { tabId: tab.id }, func: () => document.title };
    output.textContent = await chrome.scripting.executeScript(run).then(([r]) => r.result, (e) => 'no: ' + e.message);
  };`,
};

test.use({ extension });

test.beforeAll(() => {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(extension, name), text);
});

test.afterAll(() => rmSync(extension, { recursive: true, force: true }));

test('the action opens the popup and grants activeTab for that tab alone', async ({ linnet, site }) => {
  const first = await linnet.open(site.page('/one', article('First page', ['One.'])));
  const second = await linnet.open(site.page('/two', article('Second page', ['Two.'])));
  const popup = await linnet.openPopup(first);
  await popup.getByRole('button').click();
  await expect(popup.locator('output')).toHaveText('First page');
  await popup.close();
  // Without the gesture the same code has no right to the page.
  const tab = await linnet.open('popup.html');
  const refused = await tab.evaluate(`chrome.tabs.query({}).then((all) => Promise.all(all.map(({ id }) =>
    chrome.scripting.executeScript({ target: { tabId: id }, func: () => document.title })
      .then(([result]) => result.result, () => 'refused'))))`);
  expect(refused).toContain('First page');
  expect(refused).not.toContain('Second page');
  const again = await linnet.openPopup(second);
  await again.getByRole('button').click();
  await expect(again.locator('output')).toHaveText('Second page');
});

test('the popup closes by a click into the page, opens again, and can be pictured', { tag: '@rare' }, async ({
  linnet,
  site,
}) => {
  const page = await linnet.open(site.page('/', article('Page', ['Text.'])));
  // Two tabs with one address: the popup must belong to the one in front.
  await linnet.open(site.url('/'));
  const popup = await linnet.openPopup(page);
  await picture(popup, 'harness-popup', { dark: true }, extension);
  await page.mouse.click(300, 300);
  await expect.poll(() => popup.isClosed()).toBe(true);
  const again = await linnet.openPopup(page);
  await expect(again.getByRole('button')).toBeVisible();
});

test('the service worker stops and comes back, and the offscreen document outlives it', {
  tag: '@rare',
}, async ({ linnet }) => {
  const tab = await linnet.open('popup.html');
  await tab.evaluate("chrome.runtime.sendMessage('offscreen')");
  expect(await linnet.offscreenRuns()).toBe(true);
  await linnet.stopServiceWorker();
  await expect.poll(() => linnet.serviceWorkerRuns()).toBe(false);
  expect(await linnet.offscreenRuns()).toBe(true);
});

test('a restart keeps the profile and the extension its id', { tag: '@rare' }, async ({ linnet }) => {
  const id = linnet.extensionId;
  const tab = await linnet.open('popup.html');
  await tab.evaluate(() => localStorage.setItem('kept', 'yes'));
  await linnet.restart();
  expect(linnet.extensionId).toBe(id);
  const after = await linnet.open('popup.html');
  expect(await after.evaluate(() => localStorage.getItem('kept'))).toBe('yes');
});

test('WebGPU is there', { tag: '@rare' }, async ({ linnet }) => {
  const tab = await linnet.open('popup.html');
  const adapter = await tab.evaluate(
    async () => (await navigator.gpu?.requestAdapter())?.info.vendor ?? 'none',
  );
  expect(adapter).not.toBe('none');
});

test.describe('without WebGPU', () => {
  test.use({ webgpu: false });
  test('there is no adapter', { tag: '@rare' }, async ({ linnet }) => {
    const tab = await linnet.open('popup.html');
    expect(await tab.evaluate(async () => (await navigator.gpu?.requestAdapter()) ?? null)).toBe(null);
  });
});

test('a phone has its size, touch and right-to-left', { tag: '@rare' }, async ({ linnet }) => {
  const tab = await linnet.open('popup.html');
  const file = await picture(tab, 'harness-page', { phone: true, rtl: true }, extension);
  expect(file).toMatch(/harness-page-rtl-phone\.png$/);
  expect(await tab.evaluate(() => document.documentElement.dir)).toBe('');
});

test('a site answers byte ranges', { tag: '@rare' }, async ({ site }) => {
  const folder = mkdtempSync(join(tmpdir(), 'linnet-site-'));
  writeFileSync(join(folder, 'a.bin'), 'abcdef');
  const address = site.folder('/m', folder);
  const response = await fetch(`${address}/a.bin`, { headers: { range: 'bytes=2-3' } });
  expect([response.status, await response.text()]).toEqual([206, 'cd']);
  expect((await fetch(`${address}/../x`)).status).toBe(404);
  rmSync(folder, { recursive: true });
});
