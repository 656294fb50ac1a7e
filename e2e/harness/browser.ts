/**
 * A Chromium with the built extension in it, as a story sees it.
 *
 * ## How the popup is opened, and why it counts
 *
 * Linnet reads a page by `activeTab`, which the browser grants only when the user invokes the extension.
 * Measured on Chromium 156, headless and headed, with an extension that asks for nothing but activeTab:
 *
 * - CDP `Extensions.triggerAction {id, targetId}` on the browser's session IS such a gesture: it opens the real
 *   popup and grants activeTab for that tab; `scripting.executeScript` then works there, and in another tab
 *   still fails with "Cannot access contents of the page". So no story needs a host permission.
 * - It needs `--enable-unsafe-extension-debugging`, and Playwright's default pipe transport. `targetId` is that of the
 *   target of type `tab` (`Target.getTargets` with `filter: [{}]`), not of the page inside it.
 * - The popup is a target of type `other` at first, which Playwright lets go, unless the environment has
 *   PW_CHROMIUM_ATTACH_TO_OTHER: then it is an ordinary Page. Closing it, `window.close()` in it, a click into the page
 *   beneath (which closes it, as for a user) and opening it again all behave.
 * - The popup has the size of its content; it refuses a viewport and emulated devices, but not `emulateMedia`
 *   (dark). Pictures of a phone are taken of the popup's page in a tab.
 *
 * LINNET_CHROMIUM chooses the browser; `.cache/lavapipe/chromium/chromium` (set up by `npm test -- gpu`) has a WebGPU with
 * f16, where the ordinary one in software has none. LINNET_HEADED=1 shows the windows.
 *
 * Linnet's own words and buttons are not here: they belong to the stories.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type BrowserContext, type CDPSession, chromium, type Page, type Worker } from 'playwright/test';
import { findChromium } from '../../scripts/setup/chromium.mjs';
import { isRoot } from '../../scripts/setup/machine.mjs';
import { raiseShaderCache } from '../../scripts/setup/shader-cache.mjs';
import { givenSlowness } from '../../scripts/testing/speed.mjs';
import { beLate, refuseStoring, slowDown } from './injected.ts';
import { browserFlags, type LaunchOptions } from './launch-options.ts';
import { asPhone } from './pictures.ts';
import { eraseExtension, keepModel, restoreModels } from './stored-data.ts';

// Read by Playwright when a target appears; see above.
process.env.PW_CHROMIUM_ATTACH_TO_OTHER = '1';

export class LinnetBrowser {
  readonly profile: string;
  private readonly keepsProfile: boolean;
  readonly options: LaunchOptions;
  /** Errors thrown in any page, popup or tab; a story that expects none can look here. */
  readonly pageErrors: string[] = [];
  private lastId: string | undefined;
  private running: { context: BrowserContext; cdp: CDPSession; id: string } | undefined;

  /** `profile`: a folder that stays; without it the browser has a new one and removes it. */
  constructor(options: LaunchOptions, profile?: string) {
    this.options = options;
    this.profile = profile ?? mkdtempSync(join(tmpdir(), 'linnet-e2e-'));
    this.keepsProfile = profile !== undefined;
  }

  async launch(): Promise<void> {
    const executablePath = findChromium();
    if (executablePath === undefined) throw new Error('no Chromium: `npm test -- e2e` installs one');
    const context = await chromium.launchPersistentContext(this.profile, {
      executablePath,
      headless: this.options.headless,
      chromiumSandbox: !isRoot,
      handleSIGINT: this.options.outlivesInterrupt !== true,
      ignoreDefaultArgs: ['--disable-extensions'],
      args: browserFlags(this.options),
      slowMo: Number(process.env.LINNET_SLOW_HAND ?? 0),
      viewport: { width: 1280, height: 800 },
    });
    const late = Number(process.env.LINNET_LATE ?? 0);
    if (late > 0) await context.addInitScript(beLate, late);
    context.on('weberror', (error) => this.pageErrors.push(error.error().message));
    const cdp = await context.browser()!.newBrowserCDPSession();
    const worker = context.serviceWorkers()[0] ?? (await context.waitForEvent('serviceworker'));
    this.lastId = new URL(worker.url()).host;
    this.running = { context, cdp, id: this.lastId };
    const timer = setInterval(() => void this.keepShaders(), 1000);
    context.on('close', () => clearInterval(timer));
  }

  private async keepShaders(): Promise<void> {
    // A browser that is closing answers no more.
    const all = await this.running?.cdp.send('SystemInfo.getProcessInfo').catch(() => undefined);
    for (const { type, id } of all?.processInfo ?? []) if (type === 'GPU') raiseShaderCache(id);
  }

  get context(): BrowserContext {
    return this.now.context;
  }

  /** The browser's own CDP session. */
  get cdp(): CDPSession {
    return this.now.cdp;
  }

  get extensionId(): string {
    return this.now.id;
  }

  /** `popup.html` to `chrome-extension://…/popup.html`. */
  url(path: string): string {
    return `chrome-extension://${this.extensionId}/${path}`;
  }

  /** Opens an address, or a page of the extension (`models.html`), in a new tab. */
  async open(address: string): Promise<Page> {
    const page = await this.context.newPage();
    if (this.options.small) await asPhone(page);
    await page.goto(/^[a-z-]+:/.test(address) ? address : this.url(address));
    return page;
  }

  /** Opens an address in a private window of the browser's own; see {@link allowPrivateWindows}. */
  async openPrivate(address: string): Promise<Page> {
    const own = await this.open('manifest.json');
    const opened = this.context.waitForEvent('page', { predicate: (page) => page.url() === address });
    await own.evaluate(
      (url) =>
        (
          globalThis as unknown as { chrome: { windows: { create(options: object): Promise<object> } } }
        ).chrome.windows.create({ incognito: true, url }),
      address,
    );
    const page = await opened;
    await page.waitForLoadState();
    await own.close();
    return page;
  }

  /** Turns "Allow in Incognito" on, as a person does on the browser's page of extensions, and starts the browser again. */
  async allowPrivateWindows(): Promise<void> {
    await this.restart(() => {
      const file = join(this.profile, 'Default/Preferences');
      const preferences = JSON.parse(readFileSync(file, 'utf8'));
      preferences.extensions.settings[this.lastId!].incognito = true;
      writeFileSync(file, JSON.stringify(preferences));
    });
  }

  /**
   * Clicks the extension's button in the toolbar while `page` is in front: opens the real popup and grants
   * activeTab for that page.
   */
  async openPopup(page: Page): Promise<Page> {
    await page.bringToFront();
    // A welcome page or another tab may open at the same moment.
    const popupUrl = this.url(this.popupPath());
    const predicate = async (opened: Page) => {
      await opened.waitForLoadState();
      return opened.url().startsWith(popupUrl);
    };
    const opened = this.context.waitForEvent('page', { predicate, timeout: 60_000 * givenSlowness() });
    await this.cdp.send('Extensions.triggerAction', {
      id: this.extensionId,
      targetId: await this.tabOf(page),
    });
    const popup = await opened;
    await popup.waitForLoadState();
    return popup;
  }

  /** From the manifest of the built extension. */
  private popupPath(): string {
    const manifest = JSON.parse(readFileSync(join(this.options.extension, 'manifest.json'), 'utf8'));
    if (manifest.action?.default_popup === undefined) throw new Error('the extension has no popup');
    return manifest.action.default_popup;
  }

  /** Ends the service worker, as the browser does after 30 idle seconds. The next event starts it again. */
  async stopServiceWorker(): Promise<void> {
    const page = this.context.pages()[0] ?? (await this.context.newPage());
    const session = await this.context.newCDPSession(page);
    await session.send('ServiceWorker.enable');
    await session.send('ServiceWorker.stopAllWorkers');
    await session.detach();
  }

  /** Whether the extension's service worker runs now. */
  async serviceWorkerRuns(): Promise<boolean> {
    return (await this.targets()).some(
      ({ type, url }) => type === 'service_worker' && url.startsWith(this.url('')),
    );
  }

  serviceWorker(): Worker | undefined {
    return this.context.serviceWorkers().find((worker) => worker.url().startsWith(this.url('')));
  }

  /** Whether the offscreen document lives, with its worker and engine. */
  async offscreenRuns(path = 'offscreen.html'): Promise<boolean> {
    return (await this.targets()).some(({ url }) => url === this.url(path));
  }

  /** Each open page as a picture; a page that cannot be drawn has none. */
  async photograph(place: (name: string) => string): Promise<void> {
    const pages = this.running?.context.pages() ?? [];
    for (const [i, page] of pages.entries()) {
      await page.screenshot({ path: place(`failed-${i}.png`), timeout: 5000 }).catch(() => undefined);
    }
  }

  /** Takes the GPU away: every device is lost. */
  async crashGpu(): Promise<void> {
    await this.cdp.send('Browser.crashGpuProcess').catch(() => undefined);
  }

  /**
   * Makes each wait of the engine for its GPU last `ms` longer, so that a story can act in the midst of an answer,
   * however fast the adapter is. 0 ends it; so does the end of the engine's worker.
   */
  async slowGpu(ms: number): Promise<void> {
    await this.runIn(await this.engineWorker(), `(${slowDown})(${ms})`);
  }

  /** Evaluates an expression in the engine's worker. */
  async inEngine(expression: string): Promise<void> {
    await this.runIn(await this.engineWorker(), expression);
  }

  /** Loads the extension's files again, as an update or a person's Reload does; resolves once its service worker runs. */
  async reloadExtension(): Promise<void> {
    const restarted = this.context.waitForEvent('serviceworker');
    await this.cdp.send('Extensions.loadUnpacked', { path: this.options.extension });
    await restarted;
  }

  /** Makes the browser's storage refuse every write, as on a full disk, or accept writes again. */
  async fillDisk(full: boolean): Promise<void> {
    await this.runIn(await this.engineWorker(), `(${refuseStoring})(${full})`);
  }

  /** The worker that holds the engine, as a target; waits until there is one. Playwright's own list misses it at times. */
  private async engineWorker(): Promise<string> {
    for (const end = Date.now() + 30_000 * givenSlowness(); Date.now() < end; await delay(50)) {
      const found = (await this.targets()).find(
        ({ type, url }) => type === 'worker' && url.includes('/engine.worker'),
      );
      if (found !== undefined) return found.targetId;
    }
    const there = (await this.targets()).map(({ type, url }) => `${type} ${url}`);
    throw new Error(`no engine runs; what runs: ${there.join(', ')}`);
  }

  /** Evaluates an expression in a target that is no page of Playwright's. */
  private async runIn(targetId: string, expression: string): Promise<void> {
    const { cdp } = this;
    const { sessionId } = await cdp.send('Target.attachToTarget', { targetId, flatten: false });
    const answered = new Promise<void>((resolve, reject) => {
      const end = (settle: () => void) => (event: { sessionId?: string }) => {
        if (event.sessionId !== sessionId) return;
        cdp.off('Target.receivedMessageFromTarget', told);
        cdp.off('Target.detachedFromTarget', gone);
        this.context.off('close', died);
        settle();
      };
      const told = end(resolve);
      const died = () => reject(new Error('the target ended'));
      const gone = end(died);
      cdp.on('Target.receivedMessageFromTarget', told);
      cdp.on('Target.detachedFromTarget', gone);
      this.context.once('close', died);
    });
    // It is awaited below, once the message is sent.
    answered.catch(() => undefined);
    const message = JSON.stringify({ id: 1, method: 'Runtime.evaluate', params: { expression } });
    await cdp.send('Target.sendMessageToTarget', { sessionId, message });
    await answered;
    await cdp.send('Target.detachFromTarget', { sessionId });
  }

  /**
   * Makes the running browser as good as a new one for the next story: closes all pages, erases all storage, and reloads
   * the extension, which revokes its access to tabs. Much cheaper than a start. `models`: those stored again, if a story
   * before kept them. Throws if something cannot be erased.
   */
  async reset(models: readonly string[]): Promise<void> {
    const { context } = this;
    const blank = await context.newPage();
    await Promise.all(context.pages().map((page) => (page === blank ? undefined : page.close())));
    await context.clearCookies();
    await context.clearPermissions();
    await context.unrouteAll();
    await context.setOffline(false);
    // The manifest as a document has the extension's origin and APIs, and starts none of its code.
    await blank.goto(this.url('manifest.json'));
    await blank.evaluate(eraseExtension);
    await blank.evaluate(restoreModels, models);
    await this.reloadExtension();
    await Promise.all(context.pages().map((page) => page.close()));
    this.pageErrors.length = 0;
  }

  /** Keeps a copy of an imported model for the stories after this one; it must not be in use. */
  async keepModel(page: Page, id: string): Promise<void> {
    await page.evaluate(keepModel, id);
  }

  /** Stores the copy of a model, if an earlier story of this browser kept one and nothing of the extension runs yet. */
  async restoreModel(id: string): Promise<boolean> {
    if (await this.offscreenRuns()) return false;
    const blank = await this.open('manifest.json');
    const restored = await blank.evaluate(restoreModels, [id]);
    await blank.close();
    return restored;
  }

  get isRunning(): boolean {
    return this.running?.context.browser()?.isConnected() === true;
  }

  /**
   * Quits the browser and starts it on the same profile; pages and CDP sessions from before are gone. `meanwhile` is called
   * while it does not run.
   */
  async restart(meanwhile: () => void = () => {}): Promise<void> {
    await this.quit();
    meanwhile();
    await this.launch();
  }

  async close(): Promise<void> {
    await this.quit();
    if (!this.keepsProfile) rmSync(this.profile, { recursive: true, force: true, maxRetries: 5 });
  }

  private async quit(): Promise<void> {
    await this.running?.context.close();
    this.running = undefined;
    this.forgetPinnedTabs();
  }

  /**
   * The browser would open them again before the extension, which comes by the command line, is there: as a page of an
   * error, for which Playwright waits for ever. Extensions from a store are there in time.
   */
  private forgetPinnedTabs(): void {
    const file = join(this.profile, 'Default/Preferences');
    // A browser that was killed soon after its start has not written it.
    if (!existsSync(file)) return;
    const { pinned_tabs: _, ...preferences } = JSON.parse(readFileSync(file, 'utf8'));
    writeFileSync(file, JSON.stringify(preferences));
  }

  private get now() {
    if (this.running === undefined) throw new Error('the browser is closed');
    return this.running;
  }

  private async targets() {
    return (await this.cdp.send('Target.getTargets', { filter: [{}] })).targetInfos;
  }

  /**
   * The `tab` target around a page. CDP does not link the two: they are matched by the address, and if two tabs
   * show the same one, by a title that the page gets for a moment.
   */
  private async tabOf(page: Page): Promise<string> {
    const session = await this.context.newCDPSession(page);
    const { targetInfo } = await session.send('Target.getTargetInfo');
    await session.detach();
    const tabs = (await this.targets()).filter(({ type, url }) => type === 'tab' && url === targetInfo.url);
    if (tabs.length === 1) return tabs[0]!.targetId;
    const name = `linnet-${Date.now()}`;
    const title = await page.title();
    await page.evaluate((to) => (document.title = to), name);
    const found = (await this.targets()).find((target) => target.type === 'tab' && target.title === name);
    await page.evaluate((to) => (document.title = to), title);
    if (found === undefined) throw new Error(`no tab shows ${targetInfo.url}`);
    return found.targetId;
  }
}
