/**
 * A Chromium without network access and the page that runs the engines. A local server provides the page with the
 * headers that shared memory requires. `counter.js` is loaded before all other scripts.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright/test';
import { bundle } from '../../e2e/harness/bundle.ts';
import { Site } from '../../e2e/harness/site.ts';
import { lavapipeChromium } from '../../scripts/setup/adapter.mjs';
import { ensureChromium } from '../../scripts/setup/chromium.mjs';
import { at, isRoot } from '../../scripts/setup/machine.mjs';

export type BrowserAdapter = 'lavapipe' | 'swiftshader' | 'default';
export const ADAPTERS: readonly BrowserAdapter[] = ['lavapipe', 'swiftshader', 'default'];

const HTML = `<!doctype html><title>peers</title><link rel="icon" href="data:,">
<script src="/counter.js"></script><script type="module" src="/page.js"></script>`;

const FLAGS: Readonly<Record<BrowserAdapter, readonly string[]>> = {
  lavapipe: [],
  swiftshader: ['--use-webgpu-adapter=swiftshader'],
  default: ['--ignore-gpu-blocklist', ...(process.platform === 'linux' ? ['--enable-features=Vulkan'] : [])],
};

export interface PeersBrowser {
  /** Opens a new page. Closing the previous page has freed its GPU memory. */
  open(): Promise<Page>;
  /** CPU seconds used so far by each renderer process, keyed by process id. */
  cpuSeconds(): Promise<ReadonlyMap<number, number>>;
  close(): Promise<void>;
}

/** `modelFolder` is served as `/model`, the packages of the peers as `/packages`. */
export async function openBrowser(adapter: BrowserAdapter, modelFolder: string): Promise<PeersBrowser> {
  const built = mkdtempSync(join(tmpdir(), 'linnet-peers-page-'));
  await bundle('bench/peers/page/counter.ts', built, 'counter.js', 'iife');
  await bundle('bench/peers/page/page.ts', built, 'page.js', 'es');
  const site = new Site({
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-embedder-policy': 'require-corp',
    'cross-origin-resource-policy': 'same-origin',
  });
  await site.listen();
  site.folder('/model', modelFolder);
  site.folder('/packages', at('bench/peers/node_modules'));
  site.folder('/', built);
  const address = site.page('/peers', HTML);
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
