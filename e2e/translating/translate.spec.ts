/** A selection on a page is translated in a bubble beside it, after Linnet was called on that page. */
import { article, expect, picture, test } from '../harness/index.ts';
import { ask, Bubble, callLinnet, commandLineText, importStories, select, words } from '../story.ts';

const text = 'The little dog wanted to play.';
const html = article('Dogs', [
  'Once there was a dog in the park with a red ball.',
  text,
  'They had fun all day, and the sun was warm.',
]);

test('translates a selection in place, as the command line does, inserts the translation and undoes it', {
  tag: '@phone-rare',
}, async ({ linnet, site }) => {
  const models = await importStories(linnet);
  await ask(models, 'set-settings', { settings: { language: 'de' } });
  const page = await linnet.open(site.page('/dogs', html));
  await callLinnet(linnet, page);
  await select(page, 'p:nth-of-type(2)');
  const bubble = new Bubble(page);
  await expect.poll(() => bubble.text('offer')).toBe('Translate');
  await picture(page, 'bubble-offer');
  await bubble.press('Translate');
  await expect.poll(() => bubble.text('text')).toMatch(/\w{3}/);
  // Long enough for a few words, short enough for a test.
  await bubble.pressIfThere('Stop');
  await expect.poll(() => bubble.text('actions')).toContain('Replace');
  const shown = words((await bubble.text('text')) ?? '');
  await picture(page, 'bubble-words');
  await picture(page, 'bubble-words', { dark: true });

  await bubble.press('Replace');
  await expect(page.getByText(text)).toHaveCount(0);
  expect(words(await page.locator('article').innerText())).toContain(shown.slice(0, 30));
  await bubble.press('Undo');
  await expect(page.getByText(text)).toBeVisible();

  await bubble.escape();

  const file = await import('../../app/worker/prompts/profiles/small-instruct.json', {
    with: { type: 'json' },
  });
  const { text: frame, translation } = file.default;
  const request = translation.request.replace('{language}', 'German');
  const messages = [{ role: 'user', content: frame.replace('{text}', text).replace('{request}', request) }];
  const whole = words(await commandLineText(messages, shown));
  expect(whole.startsWith(shown), `${whole}\n${shown}`).toBe(true);
});

test('the bubble is isolated from the page: its styles do not reach it, and it stays on the screen', {
  tag: '@rare',
}, async ({ linnet, site }) => {
  await importStories(linnet);
  const hostile =
    '<style>* { display: none !important; font-size: 60px !important; } html, body, main, article, p { display: block !important }</style>';
  const page = await linnet.open(site.page('/dogs', html.replace('</head>', `${hostile}</head>`)));
  await page.setViewportSize({ width: 320, height: 560 });
  await callLinnet(linnet, page);
  await select(page, 'p:nth-of-type(2)');
  const bubble = new Bubble(page);
  await bubble.press('Translate');
  await expect.poll(() => bubble.text('panel')).toBeDefined();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320);
  await picture(page, 'bubble-hostile');
});

test('no script of Linnet is on a page where it was not called', async ({ linnet, site }) => {
  await importStories(linnet);
  const page = await linnet.open(site.page('/dogs', html));
  await select(page, 'p:nth-of-type(2)');
  await page.waitForTimeout(600);
  expect(await new Bubble(page).text('offer')).toBeUndefined();
});
