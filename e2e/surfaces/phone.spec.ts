/** A browser on a phone: no offscreen documents, side panel, menus, shortcuts or windows; touch; an on-screen keyboard. */
import { article, expect, picture, test } from '../harness/index.ts';
import { inEveryLook, largeTargets } from '../looks.ts';
import { ask, endAnswer, importStories, firstTurn, lastPrompt, say, stopAfterSomeWords } from '../story.ts';

const html = article('Lily and the bird', [
  'Lily saw a little bird in the tree. The bird could not fly, and Lily wanted to help it.',
]);

test.use({ onPhone: true });

test('the engine lives in one pinned tab, and answers survive that it is closed', async ({
  linnet,
  site,
}) => {
  await importStories(linnet);
  const engine = () => linnet.context.pages().filter((page) => page.url() === linnet.url('offscreen.html'));
  expect(engine()).toHaveLength(1);
  await expect(engine()[0]!.getByText('Keep it open while you use Linnet')).toBeVisible();
  await linnet.openPopup(await linnet.open(site.page('/lily', html)));
  // As on a phone, where the popup is a tab about the one that was in front.
  const tab = await linnet.open('popup.html');
  await say(tab, 'Who was happy?');
  const text = await stopAfterSomeWords(tab);
  expect(firstTurn(await lastPrompt(tab))).toContain('The bird could not fly');
  await picture(tab, 'phone-conversation', { phone: true });
  await picture(tab, 'phone-conversation', { phone: true, dark: true });
  expect(engine()).toHaveLength(1);

  await engine()[0]!.close();
  await expect.poll(() => engine().length).toBe(1);
  await expect(tab.getByRole('article').locator('.prose')).toContainText(text.slice(0, 10));
  await say(tab, 'What did the bird do?');
  // How far the first answer came differs from run to run, and after some of its texts this model ends at once.
  await endAnswer(tab);
  expect((await ask(tab, 'conversations', { limit: 9 }))[0]!.jobs).toHaveLength(2);
  expect(linnet.pageErrors).toEqual([]);
});

test('an unloaded tab of the engine is reloaded in place; a second one waits until it is needed', {
  tag: '@rare',
}, async ({ linnet }) => {
  await importStories(linnet);
  const engines = () => linnet.serviceWorker()!.evaluate(tabsOf, linnet.url('offscreen.html'));
  expect(await engines()).toMatchObject([{ discarded: false, pinned: true, autoDiscardable: false }]);
  await linnet.serviceWorker()!.evaluate(unload, linnet.url('offscreen.html'));
  await expect.poll(engines).toMatchObject([{ discarded: false, status: 'complete' }]);

  const second = await linnet.open('offscreen.html');
  await expect(second.getByText('already running in another tab')).toBeVisible();
  const [first] = linnet.context.pages().filter((page) => page !== second && page.url() === second.url());
  await first!.close();
  await expect(second.getByText('Keep it open while you use Linnet')).toBeVisible();
  const tab = await linnet.open('chat.html');
  await say(tab, 'Who was happy?');
  await endAnswer(tab);
  expect(await engines()).toHaveLength(1);
});

test('every control is large enough for a finger, nothing scrolls sideways, and every entry works', async ({
  linnet,
  site,
}) => {
  await linnet.openPopup(await linnet.open(site.page('/lily', html)));
  const tab = await linnet.open('popup.html');
  await largeTargets(tab, 'start');
  await linnet.slowGpu(500);
  await say(tab, 'Who was happy?');
  // A stopped answer has every button that an answer can have, and needs no loaded model.
  await tab.getByRole('button', { name: 'Stop' }).click();
  await expect(tab.getByRole('button', { name: 'Try again' })).toBeVisible();
  await largeTargets(tab, 'conversation');
  await tab.getByRole('button', { name: 'More', exact: true }).click();
  await expect(tab.getByRole('menuitem')).toHaveText(['Models', 'Settings']);
  await largeTargets(tab, 'menu');
  await picture(tab, 'phone-menu');
  await tab.keyboard.press('Escape');
  await tab.getByRole('button', { name: 'Conversations' }).click();
  await expect(tab.getByRole('searchbox')).toBeVisible();
  await largeTargets(tab, 'list');
  await picture(tab, 'phone-conversations');
  const wide = await linnet.open('chat.html');
  await inEveryLook(wide, 'chat in a tab');
});

test('the on-screen keyboard leaves the field visible', async ({ linnet }) => {
  const tab = await linnet.open('chat.html');
  const field = tab.getByRole('textbox').last();
  await expect(field).toBeVisible();
  // There is no such keyboard here; browsers report it by a smaller visual viewport. Sent again until the page listens.
  const bottomWith = async (height: number) => {
    await tab.evaluate((value) => {
      Object.defineProperty(visualViewport, 'height', { configurable: true, get: () => value });
      visualViewport!.dispatchEvent(new Event('resize'));
    }, height);
    return bottom(await field.boundingBox());
  };
  await expect.poll(() => bottomWith(480)).toBeLessThanOrEqual(480);
  await expect.poll(() => bottomWith(915)).toBeGreaterThan(800);
});

interface Tab {
  readonly id: number;
  readonly url?: string;
  readonly discarded: boolean;
}
declare const chrome: {
  readonly tabs: { query(filter: object): Promise<Tab[]>; discard(id: number): Promise<unknown> };
};

/** These run in the service worker. */
const tabsOf = async (url: string) => (await chrome.tabs.query({})).filter((tab) => tab.url === url);
async function unload(url: string): Promise<void> {
  const tab = (await chrome.tabs.query({})).find((known) => known.url === url);
  await chrome.tabs.discard(tab!.id);
}

const bottom = (box: { y: number; height: number } | null): number =>
  box === null ? Infinity : box.y + box.height;
