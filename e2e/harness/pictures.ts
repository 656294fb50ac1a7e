/**
 * Pictures for the README and the docs, and an emulated phone.
 * A run of all stories takes none (LINNET_PICTURES=0): each costs as much as a step of a story, and nobody looks at them.
 * Otherwise pictures go to `test-results/pictures`, and with LINNET_PICTURES=1 to `docs/screenshots`, where they are kept; those of
 * the project `phone`, whose stories run on the desktop too, always to `test-results/pictures/project-phone`.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { type Locator, type Page, test } from 'playwright/test';
import { at } from '../../scripts/setup/machine.mjs';

const picturesFolder =
  process.env.LINNET_PICTURES === '1' ? at('docs/screenshots') : at('test-results/pictures');

const NONE = process.env.LINNET_PICTURES === '0';

/** The file of a picture in the folder of its theme: `phone`, `dark` or `light`. */
function pictureFile(name: string): string {
  const phone = name.startsWith('phone-') || name.endsWith('-phone');
  const theme = phone ? 'phone' : name.endsWith('-dark') ? 'dark' : 'light';
  return `${picturesFolder}/${theme}/${name}.png`;
}

export interface PictureLook {
  readonly dark?: boolean;
  readonly rtl?: boolean;
  /** 412×915 with touch; not for the real popup, which refuses emulation: open its page in a tab. */
  readonly phone?: boolean;
}

/**
 * Puts a page into a look, takes `NAME[-dark][-rtl][-phone].png`, and undoes the look. Returns the file.
 * @param folder for the picture; that of the theme if absent
 */
export async function picture(
  page: Page,
  name: string,
  look: PictureLook = {},
  folder = test.info().project.name === 'phone' ? at('test-results/pictures/project-phone') : undefined,
): Promise<string> {
  const { dark = false, rtl = false, phone = false } = look;
  const full = [name, dark ? '-dark' : '', rtl ? '-rtl' : '', phone ? '-phone' : ''].join('');
  const path = folder === undefined ? pictureFile(full) : `${folder}/${full}.png`;
  if (NONE) return path;
  const undo: (() => Promise<unknown>)[] = [];
  // With motion, buttons would be caught between the colours of the two schemes.
  await page.emulateMedia({ colorScheme: dark ? 'dark' : 'light', reducedMotion: 'reduce' });
  undo.push(() => page.emulateMedia({ colorScheme: null, reducedMotion: null }));
  if (rtl) {
    const before = await page.evaluate(() => document.documentElement.dir);
    await page.evaluate(() => (document.documentElement.dir = 'rtl'));
    undo.push(() => page.evaluate((dir) => (document.documentElement.dir = dir), before));
  }
  if (phone) undo.push(await asPhone(page));
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, Buffer.from(await screen(page), 'base64'));
  for (const back of undo.reverse()) await back();
  return path;
}

/** A PNG of what a page shows, in base64. Not `page.screenshot`: that crops to Playwright's viewport, which neither the
 * popup nor the phone has. */
async function screen(page: Page): Promise<string> {
  const session = await page.context().newCDPSession(page);
  const { data } = await session.send('Page.captureScreenshot', { format: 'png' });
  await session.detach();
  return data;
}

/**
 * A picture shows one target at a time, so the popup's is drawn over the page's as in a window of 1280 px. This closes the
 * popup, as every new tab does. Writes `NAME.png`, and for `dark` `NAME-dark.png` too.
 */
export async function pictureTogether(page: Page, popup: Page, name: string, dark = false): Promise<void> {
  if (NONE) return popup.close();
  const sheets: [string, string][] = [];
  for (const colorScheme of dark ? (['light', 'dark'] as const) : (['light'] as const)) {
    const shots: string[] = [];
    for (const target of [page, popup]) {
      await target.emulateMedia({ colorScheme });
      shots.push(`data:image/png;base64,${await screen(target)}`);
      await target.emulateMedia({ colorScheme: null });
    }
    sheets.push([
      pictureFile(colorScheme === 'dark' ? `${name}-dark` : name),
      `<body style="margin:0"><img src="${shots[0]}" style="display:block;width:1280px">
       <img src="${shots[1]}" style="position:absolute;top:12px;right:12px;box-shadow:0 4px 24px #0006;border-radius:8px">`,
    ]);
  }
  const sheet = await page.context().newPage();
  await sheet.setViewportSize({ width: 1280, height: 620 });
  for (const [path, html] of sheets) {
    await sheet.setContent(html);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, await sheet.screenshot());
  }
  await sheet.close();
}

const phones = new WeakSet<Page>();

/** Emulates a phone: size, touch, user agent. Returns a function that undoes it; it does nothing if the page was a phone before. */
export async function asPhone(page: Page): Promise<() => Promise<void>> {
  if (phones.has(page)) return async () => {};
  phones.add(page);
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
    phones.delete(page);
    await session.send('Emulation.clearDeviceMetricsOverride');
    await session.send('Emulation.setTouchEmulationEnabled', { enabled: false });
    await session.send('Emulation.setUserAgentOverride', { userAgent: '' });
    await session.detach();
  };
}

/** Taps an element of a page that is {@link asPhone}. Playwright's `tap` needs a browser launched for touch. */
export async function tap(target: Locator): Promise<void> {
  await target.scrollIntoViewIfNeeded();
  const box = await target.boundingBox();
  if (box === null) throw new Error('the element to tap is not on the page');
  const session = await target.page().context().newCDPSession(target.page());
  const place = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  await session.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [place] });
  await session.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
  await session.detach();
}
