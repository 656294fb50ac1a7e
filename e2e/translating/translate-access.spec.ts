/**
 * No serious issue by axe in what Linnet shows on web pages. No checker reaches the frame in its closed shadow root, so what
 * the frame shows is put on a page of its own, with its styles.
 */
import { readFileSync } from 'node:fs';
import { at } from '../../scripts/setup/machine.mjs';
import { article, expect, picture, test } from '../harness/index.ts';
import { inEveryLook, largeTargets } from '../looks.ts';
import { Bubble, callLinnet, demoModel, select } from '../story.ts';

const html = article('A day in Ashdale', [
  'Iris works as a musician.',
  'Iris met Max, a doctor.',
  "She came home at 5 o'clock.",
]);
const sheets = [
  'styles/tokens',
  'styles/controls',
  'on-page/surface',
  'kit/rules/rules',
  'on-page/bubble/bubble',
  'on-page/words/words',
  'on-page/translation-bar/translation-bar',
];
const css = sheets.map((name) => readFileSync(at(`app/ui/${name}.css`), 'utf8')).join('\n');

test('the bubble and the control of a translated page', async ({ linnet, site, onPhone }) => {
  await demoModel(linnet);
  const page = await linnet.open(site.page('/day', html));
  await callLinnet(linnet, page);
  await select(page, 'p', 'p');
  const bubble = new Bubble(page);
  await bubble.press('Translate');
  await bubble.translated();
  const insides = { bubble: await bubble.html(), control: '' };
  await bubble.press('Translate this page');
  const control = new Bubble(page, 'bar');
  await expect.poll(() => control.text('said')).toBe('4 of 4');
  insides.control = await control.html();
  for (const [name, inside] of Object.entries(insides)) {
    // Inside, the direction is that of Linnet's own language; here it follows the page.
    const follows = inside.replace(' dir="ltr"', '');
    const alone = `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${name}</title><style>${css}</style></head><body><main><h1>Inside</h1>${follows}</main></body></html>`;
    const shown = await linnet.open(site.page(`/${name}`, alone));
    await picture(shown, `inside-${name}`, { rtl: true });
    await inEveryLook(shown, name);
    if (onPhone) await largeTargets(shown, name);
  }
});
