/**
 * A Chromium without network access and one page of a benchmark. A local server provides the page with the headers that
 * shared memory and exact clocks require.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright/test';
import { bundle } from '../../e2e/harness/bundle.ts';
import { Site } from '../../e2e/harness/site.ts';
import { lavapipeChromium } from '../../scripts/setup/adapter.mjs';
import { ensureChromium } from '../../scripts/setup/chromium.mjs';
import { isRoot } from '../../scripts/setup/machine.mjs';

export type BrowserAdapter = 'lavapipe' | 'swiftshader' | 'default';
export const ADAPTERS: readonly BrowserAdapter[] = ['lavapipe', 'swiftshader', 'default'];

const FLAGS: Readonly<Record<BrowserAdapter, readonly string[]>> = {
  lavapipe: [],
  swiftshader: ['--use-webgpu-adapter=swiftshader'],
  default: ['--ignore-gpu-blocklist', ...(process.platform === 'linux' ? ['--enable-features=Vulkan'] : [])],
};

/** A script of the page: a file of the checkout, bundled. */
export interface PageScript {
  readonly entry: string;
  readonly name: string;
  readonly format: 'es' | 'iife';
}

export interface BenchPage {
  readonly title: string;
  /** In the order in which the page loads them. */
  readonly scripts: readonly PageScript[];
  /** Folders by the path under which they are served. */
  readonly folders?: Readonly<Record<string, string>>;
}

export interface BenchBrowser {
  /** Opens a new page. Closing the previous page has freed its GPU memory. */
  open(): Promise<Page>;
  /** CPU seconds used so far by each renderer process, keyed by process id. */
  cpuSeconds(): Promise<ReadonlyMap<number, number>>;
  close(): Promise<void>;
}

export async function openBrowser(adapter: BrowserAdapter, bench: BenchPage): Promise<BenchBrowser> {
  const built = mkdtempSync(join(tmpdir(), `linnet-${bench.title}-page-`));
  for (const { entry, name, format } of bench.scripts) await bundle(entry, built, name, format);
  const site = new Site({
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-embedder-policy': 'require-corp',
    'cross-origin-resource-policy': 'same-origin',
  });
  await site.listen();
  for (const [path, folder] of Object.entries(bench.folders ?? {})) site.folder(path, folder);
  site.folder('/', built);
  const scripts = bench.scripts.map(
    ({ name, format }) => `<script${format === 'es' ? ' type="module"' : ''} src="/${name}"></script>`,
  );
  const html = `<!doctype html><title>${bench.title}</title><link rel="icon" href="data:,">${scripts.join('')}`;
  const address = site.page(`/${bench.title}`, html);
  const browser = await launch(adapter);
  const cdp = await browser.newBrowserCDPSession();
  return {
    async open() {
      const context = await browser.newContext();
      const page = await context.newPage();
      await page.goto(address);
      return page;
    },
    async cpuSeconds() {
      const { processInfo } = await cdp.send('SystemInfo.getProcessInfo');
      const pages = processInfo.filter(({ type }) => type === 'renderer');
      return new Map(pages.map(({ id, cpuTime }) => [id, cpuTime]));
    },
    async close() {
      await browser.close();
      await site.close();
      rmSync(built, { recursive: true, force: true });
    },
  };
}

async function launch(adapter: BrowserAdapter): Promise<Browser> {
  const executablePath = adapter === 'lavapipe' ? lavapipeChromium() : await ensureChromium();
  if (executablePath === undefined)
    throw new Error('lavapipe is not installed (`npm test -- gpu` sets it up): use --adapter swiftshader');
  return await chromium.launch({
    executablePath,
    chromiumSandbox: !isRoot,
    args: [
      '--enable-unsafe-webgpu',
      '--disable-background-networking',
      '--disable-component-update',
      // Only this machine can be reached.
      '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
      ...FLAGS[adapter],
    ],
  });
}
