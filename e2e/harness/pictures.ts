/**
 * Pictures for the README and the docs, and a phone that is not there.
 * They go to `test-results/pictures`, and with LINNET_PICTURES=1 to `docs/screenshots`, where they are kept.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import type { BrowserContext, Page } from 'playwright/test';
import { at } from '../../scripts/setup/machine.mjs';

export const picturesFolder =
  process.env.LINNET_PICTURES === '1' ? at('docs/screenshots') : at('test-results/pictures');

export interface Look {
  readonly dark?: boolean;
  readonly rtl?: boolean;
  /** 412×915 with touch; not for the real popup, which refuses emulation: open its page in a tab. */
  readonly phone?: boolean;
}

/** Puts a page into a look, takes `NAME[-dark][-rtl][-phone].png`, and puts it back. Gives the file. */
export async function picture(
  page: Page,
  name: string,
  look: Look = {},
  folder = picturesFolder,
): Promise<string> {
  const { dark = false, rtl = false, phone = false } = look;
  const undo: (() => Promise<unknown>)[] = [];
  await page.emulateMedia({ colorScheme: dark ? 'dark' : 'light' });
  undo.push(() => page.emulateMedia({ colorScheme: null }));
  if (rtl) {
    const before = await page.evaluate(() => document.documentElement.dir);
    await page.evaluate(() => (document.documentElement.dir = 'rtl'));
    undo.push(() => page.evaluate((dir) => (document.documentElement.dir = dir), before));
  }
  if (phone) undo.push(await asPhone(page));
  mkdirSync(folder, { recursive: true });
  const ending = [dark ? '-dark' : '', rtl ? '-rtl' : '', phone ? '-phone' : ''].join('');
  const path = `${folder}/${name}${ending}.png`;
  // Not `page.screenshot`: it cuts by a viewport of its own, which neither the popup nor the phone has.
  const session = await page.context().newCDPSession(page);
  const { data } = await session.send('Page.captureScreenshot', { format: 'png' });
  writeFileSync(path, Buffer.from(data, 'base64'));
  await session.detach();
  for (const back of undo.reverse()) await back();
  return path;
}

/** Makes a page believe in a phone: size, touch, user agent. Gives the way back. */
export async function asPhone(page: Page): Promise<() => Promise<void>> {
  const session = await page.context().newCDPSession(page);
  const version = page.context().browser()?.version() ?? '121.0.0.0';
  await session.send('Emulation.setDeviceMetricsOverride', {
    width: 412,
    height: 915,
    deviceScaleFactor: 2,
    mobile: true,
  });
  await session.send('Emulation.setTouchEmulationEnabled', { enabled: true, maxTouchPoints: 5 });
  await session.send('Emulation.setUserAgentOverride', {
    userAgent: `Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${version} Mobile Safari/537.36`,
    platform: 'Linux armv8l',
  });
  return async () => {
    await session.send('Emulation.clearDeviceMetricsOverride');
    await session.send('Emulation.setTouchEmulationEnabled', { enabled: false });
    await session.send('Emulation.setUserAgentOverride', { userAgent: '' });
    await session.detach();
  };
}

/**
 * Takes extension APIs away before any script of a page runs, as browsers on phones lack them.
 * @param names for example `contextMenus`, `sidePanel`, `commands`
 */
export async function withoutApis(context: BrowserContext, names: readonly string[]): Promise<void> {
  await context.addInitScript((missing) => {
    const scope = globalThis as unknown as Record<string, Record<string, unknown> | undefined>;
    for (const api of [scope.chrome, scope.browser]) {
      for (const name of missing) {
        if (api !== undefined) Object.defineProperty(api, name, { value: undefined, configurable: true });
      }
    }
  }, names);
}
