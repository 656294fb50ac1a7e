/**
 * Renders `assets/icon.svg` in the sizes that browsers need, into `assets/public/icons`. Run it after a
 * change of the drawing (`npm run icons`). The PNGs are in the repository, so a build needs no browser.
 */
import { mkdirSync, readFileSync } from 'node:fs';
import { chromium } from 'playwright/test';
import { ensureChromium } from './setup/chromium.mjs';
import { at, isRoot } from './setup/machine.mjs';

const drawing = readFileSync(at('assets/icon.svg'), 'utf8');
mkdirSync(at('assets/public/icons'), { recursive: true });
const browser = await chromium.launch({ executablePath: await ensureChromium(), chromiumSandbox: !isRoot });
const page = await browser.newPage();
for (const size of [16, 32, 48, 128]) {
  await page.setViewportSize({ width: size, height: size });
  await page.setContent(
    `<style>body{margin:0}svg{display:block;width:${size}px;height:${size}px}</style>${drawing}`,
  );
  await page.screenshot({ path: at(`assets/public/icons/${size}.png`), omitBackground: true });
}
await browser.close();
