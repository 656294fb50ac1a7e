/** Checks for every page of Linnet in every look; called by stories. */
import AxeBuilder from '@axe-core/playwright';
import { expect, type Page } from './harness/index.ts';

/** Rules whose outcome depends on the colours. */
const COLOUR_RULES: string[] = ['color-contrast', 'link-in-text-block'];

async function nothingSerious(
  page: Page,
  what: string,
  part: string | undefined,
  rules?: string[],
): Promise<void> {
  // Of the many rules that hold, nobody reads where. The other mode loads axe in a page beside for each check, as a guard
  // against pages that change its results; these are our own, without frames of other origins.
  const axe = new AxeBuilder({ page }).options({ resultTypes: ['violations'] }).setLegacyMode();
  if (part !== undefined) axe.include(part);
  const { violations } = await (rules === undefined ? axe : axe.withRules(rules)).analyze();
  const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  const problems = serious.map(({ id, nodes }) => `${id}: ${nodes.map(({ html: node }) => node).join(' ')}`);
  expect(problems, what).toEqual([]);
}

/** In high contrast a background has the colour of the page, so a mark made of a background alone must set another colour. */
async function marksInHighContrast(page: Page, what: string): Promise<void> {
  await page.emulateMedia({ forcedColors: 'active' });
  const unseen = await page.evaluate(() => {
    const page = getComputedStyle(document.body).backgroundColor;
    const marks: [string, string | undefined][] = [
      ['.point:not(.without)', '::before'],
      ['.pulse', undefined],
    ];
    return marks.flatMap(([selector, part]) =>
      [...document.querySelectorAll(selector)]
        .filter((mark) => getComputedStyle(mark, part).backgroundColor === page)
        .map(() => selector),
    );
  });
  expect(unseen, `${what}: marks that high contrast hides`).toEqual([]);
  await page.emulateMedia({ forcedColors: null });
}

async function noSidewaysScrolling(page: Page, what: string): Promise<void> {
  const [wide, view] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
  expect(wide, `${what} scrolls sideways`).toBeLessThanOrEqual(view!);
}

/**
 * axe with all rules in light, right to left and at 320 px, where nothing may scroll sideways; in dark its rules about
 * colours. What axe says of a page left to right at full width is the same, so that is looked at on demand. `part`: a selector;
 * axe looks at nothing else, where another story has the rest of a long page.
 */
export async function inEveryLook(page: Page, name: string, part?: string): Promise<void> {
  // Colours in transition from light to dark would be measured half-way; in a hidden tab transitions do not end.
  await page.bringToFront();
  await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' });
  await nothingSerious(page, `${name}, dark`, part, COLOUR_RULES);
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
  if (process.env.LINNET_ALL === '1') await nothingSerious(page, `${name}, light`, part);
  await marksInHighContrast(page, name);
  const before = await page.evaluate(() => document.documentElement.dir);
  await page.evaluate(() => (document.documentElement.dir = 'rtl'));
  await page.setViewportSize({ width: 320, height: 640 });
  await nothingSerious(page, `${name}, right to left, 320 px`, part);
  await noSidewaysScrolling(page, name);
  await page.evaluate((dir) => (document.documentElement.dir = dir), before);
  await noSidewaysScrolling(page, name);
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.emulateMedia({ colorScheme: null, reducedMotion: null });
}

/** Every control is at least 44 px in both directions; links within a sentence may be smaller. */
export async function largeTargets(page: Page, name: string): Promise<void> {
  const small = await page.evaluate(() => {
    const tapped =
      'button:not(.link), select, textarea, summary, input, .choice, .check, .segments label, [role=option]';
    return [...document.querySelectorAll<HTMLElement>(tapped)]
      .filter((element) => element.closest('.hidden-visually, .choice > *, .check > *') === null)
      .map((element) => ({ element, box: element.getBoundingClientRect() }))
      .filter(({ box }) => box.width > 0 && (box.width < 43.5 || box.height < 43.5))
      .map(
        ({ element, box }) =>
          `${Math.round(box.width)}×${Math.round(box.height)} ${element.outerHTML.slice(0, 120)}`,
      );
  });
  expect(small, `${name} has targets below 44 px`).toEqual([]);
}
