/** A private window of a real browser: what is read, asked, written and translated there is in no file afterwards. */
import { article, expect, type LinnetBrowser, type Page, picture, test } from '../harness/index.ts';
import { filesWith } from '../harness/profile-files.ts';
import { ask, Bubble, demoModel, endAnswer, say, select, words } from '../story.ts';

test.use({ ownBrowser: true });

/** A page with a word of its own in its address, its title and every sentence. */
const pageOf = (word: string): string =>
  article(`The ${word} of the heath`, [
    `The ${word} is a small finch of the open heath. It sings from the top of a bush in spring.`,
    `The ${word} builds its nest low in the gorse. It feeds its young on small insects and seeds.`,
    `A ${word} lays five eggs.`,
  ]);

/** Summarises the page, asks, leaves a draft, and translates a sentence; every one with a word of its own. */
async function read(linnet: LinnetBrowser, page: Page, word: string): Promise<Page> {
  const popup = await linnet.openPopup(page);
  await popup.getByRole('button', { name: 'Summarise this page' }).click();
  await expect(popup.getByRole('article').last()).toContainText(word);
  await endAnswer(popup);
  await say(popup, `Where does the ask${word} sing?`);
  await endAnswer(popup);
  await popup.locator('form.composer').getByRole('textbox').fill(`And the draft${word}?`);
  return popup;
}

async function translate(page: Page): Promise<void> {
  await page.bringToFront();
  await select(page, 'p:nth-of-type(3)');
  const bubble = new Bubble(page);
  await bubble.press('Translate');
  await expect.poll(() => bubble.text('text')).toMatch(/\w/);
  await bubble.pressIfThere('Stop');
  await expect.poll(() => bubble.text('actions')).toContain('Copy');
}

const titles = async (own: Page, mark: { private?: true } = {}): Promise<string[]> =>
  (await ask(own, 'conversations', { limit: 9, ...mark })).map(({ title }) => words(title));

// Chromium itself ended at times when the popup of a private window was opened by the protocol of its tools.
test.describe.configure({ retries: 2 });

test('what is read in a private window is in no file of the profile, and gone with the window', {
  tag: '@rare',
}, async ({ linnet, site }) => {
  await demoModel(linnet);
  await linnet.allowPrivateWindows();
  const own = await linnet.open('options.html');
  const ordinary = await linnet.open(site.page('/Openxqa', pageOf('Openxqa')));
  const popup = await read(linnet, ordinary, 'Openxqa');
  await popup.close();
  await translate(ordinary);

  const secret = await linnet.openPrivate(site.page('/Secretxqb', pageOf('Secretxqb')));
  const inside = await read(linnet, secret, 'Secretxqb');
  await expect(inside.getByText('Private window: nothing of this is stored.')).toBeVisible();
  await picture(inside, 'popup-private');
  await inside.close();
  await translate(secret);
  expect(await titles(own)).toEqual(['The Openxqa of the heath']);
  expect(await titles(own, { private: true })).toEqual(['The Secretxqb of the heath']);

  await secret.close();
  await expect.poll(() => titles(own, { private: true })).toEqual([]);
  expect(await titles(own)).toEqual(['The Openxqa of the heath']);

  // Prefixes are saved a moment after an answer, and the browser writes what it holds when it ends.
  await own.waitForTimeout(3000);
  await linnet.restart();
  // What is stored as ever is found, so the search would find the rest.
  for (const word of ['Openxqa', 'askOpenxqa', 'draftOpenxqa'])
    expect(filesWith(linnet.profile, word), word).not.toEqual([]);
  expect(filesWith(linnet.profile, 'Secretxqb')).toEqual([]);
  expect(linnet.pageErrors).toEqual([]);
});
