/** A real model writes the dictionary entry of a word: only from 200 million parameters on, so this takes its time. */
import { article, expect, picture, test, weights } from '../harness/index.ts';
import { ask, Bubble, callLinnet, card } from '../story.ts';

test('a word gets its entry in the form of a dictionary, which is kept with it', { tag: '@rare' }, async ({
  linnet,
  site,
}) => {
  const file = weights('gemma3-270m');
  // A software GPU on a busy machine reads a sentence with this model in minutes.
  test.setTimeout(20 * 60_000);
  const slow = { timeout: 8 * 60_000 };
  const models = await linnet.open('models.html');
  await expect(card(models, 'Linnet demo')).toBeVisible();
  await models.locator('input[data-pick="files"]').setInputFiles(file);
  await expect(card(models, 'gemma-3-270m-q4_k_m')).toBeVisible(slow);
  await ask(models, 'set-settings', { settings: { language: 'de' } });
  const html = article('By the river', ['She sat on the bank of the river and watched the boats.']);
  const page = await linnet.open(site.page('/river', html));
  await callLinnet(linnet, page);
  await page.evaluate(() => {
    const text = document.querySelector('p')!.firstChild as Text;
    const at = text.data.indexOf('bank');
    getSelection()!.setBaseAndExtent(text, at, text, at + 'bank'.length);
  });
  const bubble = new Bubble(page);
  await expect.poll(() => bubble.text('offer')).toBe('Translate');
  await bubble.pressIfThere('Translate');
  await expect.poll(() => bubble.text('actions'), slow).toContain('Copy');
  const entry = await bubble.text('entry');
  console.log(`gemma-3-270m wrote: ${entry?.replaceAll('\n', ' | ')}`);
  expect(entry).toMatch(
    /\b(noun|verb|adjective|adverb|pronoun|preposition|conjunction|interjection|article|number word|name)\b/,
  );
  await picture(page, 'entry', { dark: true, rtl: true });
  await picture(page, 'entry', {});
  await bubble.press('Keep in word list');
  await expect.poll(async () => (await ask(models, 'words', {})).length).toBe(1);
  const [kept] = await ask(models, 'words', {});
  expect(kept!.wordClass).toBeDefined();
});
