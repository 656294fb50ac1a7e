/**
 * Nothing serious by axe in what Linnet puts into foreign pages. No checker sees into a closed shadow root, so what
 * is inside is shown, with its own styles, on a page of its own.
 */
import { readFileSync } from 'node:fs';
import AxeBuilder from '@axe-core/playwright';
import { at } from '../scripts/setup/machine.mjs';
import { article, expect, type Page, picture, test } from './harness/index.ts';
import { Bubble, callLinnet, demoModel, select } from './story.ts';

const html = article('A day in Ashdale', [
  'Iris works as a musician.',
  'Iris met Max, a doctor.',
  "She came home at 5 o'clock.",
]);
const sheets = ['tokens', 'controls', 'surface', 'bubble', 'page-control'];
const css = sheets.map((name) => readFileSync(at(`app/ui/${name}.css`), 'utf8')).join('\n');

async function nothingSerious(page: Page, address: string, name: string): Promise<void> {
  await page.goto(address);
  for (const dir of ['ltr', 'rtl']) {
    await page.evaluate((to) => {
      for (const element of [document.documentElement, document.querySelector<HTMLElement>('.linnet')!])
        element.dir = to;
    }, dir);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      const { violations } = await new AxeBuilder({ page }).analyze();
      const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
      const told = serious.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' ')}`);
      expect(told, `${name}, ${dir}, ${colorScheme}`).toEqual([]);
    }
    await picture(page, `inside-${name}-${dir}`);
  }
}

test('the bubble and the control of a translated page', async ({ linnet, site }) => {
  await demoModel(linnet);
  const page = await linnet.open(site.page('/day', html));
  await callLinnet(linnet, page);
  await select(page, 'p', 'p');
  const bubble = new Bubble(page);
  await bubble.press('Translate');
  await expect.poll(() => bubble.text('actions'), { timeout: 90_000 }).toContain('Copy');
  const insides = { bubble: await bubble.html(), control: '' };
  await bubble.press('Translate this page');
  const control = new Bubble(page, 'linnet-control');
  await expect.poll(() => control.text('said'), { timeout: 60_000 }).toBe('4 of 4');
  insides.control = await control.html();
  for (const [name, inside] of Object.entries(insides)) {
    const alone = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${name}</title><style>${css}</style></head><body><main><h1>Inside</h1>${inside}</main></body></html>`;
    await nothingSerious(await linnet.open('about:blank'), site.page(`/${name}`, alone), name);
  }
});
