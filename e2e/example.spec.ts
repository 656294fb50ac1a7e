/** The example page, with the engine as npm packs it and nothing of the extension, streams an answer in a plain Chromium. */
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { chromium, type Page } from 'playwright/test';
import { findChromium } from '../scripts/setup/chromium.mjs';
import { isRoot } from '../scripts/setup/machine.mjs';
import { installPackedEngine } from '../scripts/testing/packed-engine.ts';
import { assets, expect, type Site, test, weights } from './harness/index.ts';
import { STORIES } from './story.ts';

/** Opens the example page, with the packed engine beside it, in a browser without the extension. */
async function withExample(site: Site, use: (page: Page) => Promise<void>): Promise<void> {
  const folder = installPackedEngine();
  const executablePath = findChromium();
  const browser = await chromium.launch({
    ...(executablePath === undefined ? {} : { executablePath }),
    args: ['--enable-unsafe-webgpu'],
    chromiumSandbox: !isRoot,
  });
  try {
    const page = await browser.newPage();
    const errors: string[] = [];
    page.on('pageerror', (error) => errors.push(String(error)));
    const base = site.folder('/example', folder);
    // The page resolves the packages beside itself.
    site.folder('/example/page/node_modules', `${folder}/node_modules`);
    await page.goto(`${base}/page/index.html`);
    await use(page);
    expect(errors).toEqual([]);
  } finally {
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

test('imports the files of a folder, streams an answer, and has the model after a reload', async ({
  site,
}) => {
  // npm packs and installs first.
  test.slow();
  const model = assets(STORIES);
  await withExample(site, async (page) => {
    await page.getByLabel('or a folder').setInputFiles(model);
    const status = page.locator('#status');
    await expect(status).toContainText(' on ');
    const ask = async () => {
      await page.getByLabel('Question').fill('Once upon a time');
      await page.getByRole('button', { name: 'Ask' }).click();
      await expect(page.locator('#answer')).toContainText(/\w+ \w+ \w+/);
    };
    await ask();
    await page.reload();
    await expect(status).toContainText(' on ');
    await ask();
  });
});

test('Gemma 3 270M, imported by default, names the cities that its own values name', {
  tag: '@rare',
}, async ({ site }) => {
  // 240 MB, and a vocabulary of 262,144 for each token of a GPU in software.
  test.setTimeout(20 * test.info().timeout);
  const file = weights('gemma3-270m');
  const model = mkdtempSync(join(tmpdir(), 'gemma-'));
  copyFileSync(file, join(model, basename(file)));
  try {
    await withExample(site, async (page) => {
      await page.getByLabel('or a folder').setInputFiles(model);
      await expect(page.locator('#status')).toContainText(/gemma.* on /i, { timeout: test.info().timeout });
      const text = await page.evaluate(async () => {
        const name = 'transformer-lite-webgpu';
        const { listModels, loadModel, openGpu, openStore, opfsStorage } = await import(name);
        const store = openStore(await opfsStorage('example-models'));
        const [stored] = await listModels(store);
        const loaded = await loadModel(store, stored.id, await openGpu(navigator.gpu));
        const prompt = { kind: 'text', text: 'The three largest cities in Germany are' };
        return (await loaded.generate({ prompt, maxTokens: 8 })).text as string;
      });
      expect(text).toMatch(/^ ?Berlin, Munich,? and Frankfurt/);
    });
  } finally {
    rmSync(model, { recursive: true, force: true });
  }
});
