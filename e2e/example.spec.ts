/** The example page, with the engine as npm packs it and nothing of the extension, streams an answer in a plain Chromium. */
import { rmSync } from 'node:fs';
import { chromium } from 'playwright/test';
import { findChromium } from '../scripts/setup/chromium.mjs';
import { isRoot } from '../scripts/setup/machine.mjs';
import { installPackedEngine } from '../scripts/testing/packed-engine.ts';
import { assets, expect, test } from './harness/index.ts';
import { STORIES } from './story.ts';

test('imports the files of a folder, streams an answer, and has the model after a reload', async ({
  site,
}) => {
  // npm packs and installs first.
  test.slow();
  const model = assets(STORIES);
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
    await page.getByLabel('or a folder').setInputFiles(model);
    const status = page.locator('#status');
    await expect(status).toContainText(' on ', { timeout: 100_000 });
    const ask = async () => {
      await page.getByLabel('Question').fill('Once upon a time');
      await page.getByRole('button', { name: 'Ask' }).click();
      await expect(page.locator('#answer')).toContainText(/\w+ \w+ \w+/);
    };
    await ask();
    await page.reload();
    await expect(status).toContainText(' on ', { timeout: 100_000 });
    await ask();
    expect(errors).toEqual([]);
  } finally {
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  }
});
