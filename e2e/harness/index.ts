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
 * Every test finds a browser with nothing stored in it but perhaps the demo model, and its own site. The browser is shared by the stories of a worker
 * and reset between them (`pool.ts`); `test.use({ ownBrowser: true })` is for stories that change what a reset does not
 * undo. `test.use({ webgpu: false })` and the other {@link LaunchOptions} change how it is launched; a file in which
 * they change starts another browser at each change. How the popup is opened: `browser.ts`.
 *
 * Tags: `@phone` also runs the story in the project `phone`. `@rare` runs it on demand only (`npm test -- --all`), for a
 * case that few people meet, that component tests cover or that repeats another story; `@phone-rare` does so for its repetition on a phone.
 * With `@rare` and `@phone` the phone has it in every run, the desktop on demand. `@plain` repeats it on a GPU without f16.
 */
import { test as base } from 'playwright/test';
import type { LinnetBrowser } from './browser.ts';
import { agreedExtension, maskedExtension, PHONE_LACKS } from './copies.ts';
import { defaults, type LaunchOptions } from './launch-options.ts';
import { BrowserPool } from './pool.ts';
import { measureStory } from './processor-time.ts';
import { Site } from './site.ts';

export { expect, type Locator, type Page } from 'playwright/test';
export { assets, weights } from './test-data.ts';
export { LinnetBrowser } from './browser.ts';
export { bundle } from './bundle.ts';
export { asPhone, picture, pictureTogether, tap } from './pictures.ts';
export { article, readPage, Site } from './site.ts';

interface Options extends LaunchOptions {
  /** A browser without the APIs that browsers on phones lack, with a coarse pointer and small tabs. */
  readonly onPhone: boolean;
  /** A browser whose user has granted Linnet access to all sites. */
  readonly onEveryPage: boolean;
  /** For a story that changes what a reset does not undo: it gets a browser of its own. */
  readonly ownBrowser: boolean;
  /** For a story about the first start: the demo model is never there already, as it may be in a shared browser. */
  readonly firstStart: boolean;
}

interface Fixtures {
  /** Skips stories on demand, before a browser starts. */
  readonly onDemand: undefined;
  readonly linnet: LinnetBrowser;
  readonly site: Site;
}

interface WorkerFixtures {
  readonly pool: BrowserPool;
}

// Playwright reads from the first parameter which fixtures a fixture needs; it must be a pattern.
export const test = base.extend<Options & Fixtures, WorkerFixtures>({
  onPhone: [false, { option: true }],
  onEveryPage: [false, { option: true }],
  ownBrowser: [false, { option: true }],
  firstStart: [false, { option: true }],
  extension: async ({ onPhone, onEveryPage, pool }, use) => {
    const name = onEveryPage ? 'phone, every page' : 'phone';
    if (onPhone) await use(pool.copyOfExtension(name, () => maskedExtension(PHONE_LACKS, onEveryPage)));
    else if (onEveryPage) await use(pool.copyOfExtension('every page', agreedExtension));
    else await use(defaults.extension);
  },
  webgpu: [defaults.webgpu, { option: true }],
  touch: async ({ onPhone }, use) => use(onPhone || defaults.touch),
  small: async ({ onPhone }, use) => use(onPhone || defaults.small),
  flags: [defaults.flags as string[], { option: true }],
  headless: defaults.headless,

  pool: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads a fixture's dependencies from this pattern
    async ({}, use) => {
      const pool = new BrowserPool();
      await use(pool);
      await pool.close();
    },
    { scope: 'worker' },
  ],

  onDemand: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads a fixture's dependencies from this pattern
    async ({}, use, info) => {
      const rare = info.tags.includes(info.project.name === 'phone' ? '@phone-rare' : '@rare');
      info.skip(rare && process.env.LINNET_ALL !== '1', 'on demand: npm test -- --all');
      await use(undefined);
    },
    { auto: true },
  ],

  linnet: async (
    { pool, ownBrowser, firstStart, extension, webgpu, touch, small, flags, headless },
    use,
    info,
  ) => {
    const measured = measureStory(`${info.project.name} ${info.titlePath.join(' › ')}`);
    const options = { extension, webgpu, touch, small, flags, headless };
    const linnet = await pool.take(options, firstStart ? [] : ['demo']);
    await use(linnet);
    const failed = info.status !== info.expectedStatus;
    // Often the fault is seen at a glance.
    if (failed) await linnet.photograph((name) => info.outputPath(name));
    await pool.giveBack(linnet, !failed && !ownBrowser);
    measured();
  },

  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads a fixture's dependencies from this pattern
  site: async ({}, use) => {
    const site = new Site();
    await site.listen();
    await use(site);
    await site.close();
  },
});
