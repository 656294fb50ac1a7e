/**
 * What a story imports:
 *
 *     import { article, expect, picture, test } from './harness/index.ts';
 *
 *     test('summarises the page', async ({ linnet, site }) => {
 *       const page = await linnet.open(site.page('/a', article('Wrens', ['A wren is a small bird.'])));
 *       const popup = await linnet.openPopup(page);          // the real one: activeTab is granted
 *       await popup.getByRole('button', { name: 'Summarise this page' }).click();
 *       await expect(popup.getByRole('article')).toContainText('wren');
 *       await picture(popup, 'popup', { dark: true });
 *     });
 *
 * Every test has its own browser on a fresh profile, and its own site. `test.use({ webgpu: false })` and the other
 * {@link LaunchOptions} change how it is launched. How the popup is opened: `browser.ts`.
 */
import { rmSync } from 'node:fs';
import { test as base } from 'playwright/test';
import { defaults, type LaunchOptions, LinnetBrowser } from './browser.ts';
import { agreedExtension, maskedExtension, PHONE_LACKS } from './copies.ts';
import { Site } from './site.ts';

export { expect, type Locator, type Page } from 'playwright/test';
export { assets } from './test-data.ts';
export { LinnetBrowser } from './browser.ts';
export { bundle } from './bundle.ts';
export { asPhone, picture, picturesFolder, pictureTogether, tap } from './pictures.ts';
export { article, readPage, Site } from './site.ts';

interface Options extends LaunchOptions {
  /** A browser that lacks what those on phones do, with a coarse pointer and small tabs. */
  readonly onPhone: boolean;
  /** A browser whose person has let Linnet onto every page. */
  readonly onEveryPage: boolean;
}

interface Fixtures {
  readonly linnet: LinnetBrowser;
  readonly site: Site;
}

export const test = base.extend<Options & Fixtures>({
  onPhone: [false, { option: true }],
  onEveryPage: [false, { option: true }],
  extension: async ({ onPhone, onEveryPage }, use) => {
    if (!onPhone && !onEveryPage) return await use(defaults.extension);
    const folder = onPhone ? maskedExtension(PHONE_LACKS) : agreedExtension();
    await use(folder);
    rmSync(folder, { recursive: true, force: true });
  },
  webgpu: [defaults.webgpu, { option: true }],
  touch: async ({ onPhone }, use) => use(onPhone || defaults.touch),
  small: async ({ onPhone }, use) => use(onPhone || defaults.small),
  flags: [defaults.flags as string[], { option: true }],
  headless: defaults.headless,

  linnet: async ({ extension, webgpu, touch, small, flags, headless }, use, told) => {
    const linnet = new LinnetBrowser({ extension, webgpu, touch, small, flags, headless });
    await linnet.launch();
    await use(linnet);
    // What was to be seen when a story failed: a bubble's shadow root is closed to everything but eyes.
    if (told.status !== told.expectedStatus) await linnet.photograph((name) => told.outputPath(name));
    await linnet.close();
  },

  // Playwright reads from the first parameter which fixtures this one needs; it must be a pattern.
  // biome-ignore lint/correctness/noEmptyPattern: see above
  site: async ({}, use) => {
    const site = new Site();
    await site.listen();
    await use(site);
    await site.close();
  },
});
