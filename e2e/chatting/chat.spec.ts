/** Questions in the popup: two turns, about the page or not, kept and found again. */
import { article, expect, picture, test } from '../harness/index.ts';
import {
  commandLineText,
  importStories,
  firstTurn,
  lastPrompt,
  say,
  stopAfterSomeWords,
  words,
} from '../story.ts';

const html = article('Lily and the bird', [
  'Lily saw a little bird in the tree. The bird could not fly, and Lily wanted to help it.',
  'She gave the bird some water. The next day the bird was happy and flew up into the sky.',
]);

test('chats two turns about the page, and finds the conversation again', async ({ linnet, site }) => {
  await importStories(linnet);
  const page = await linnet.open(site.page('/lily', html));
  const popup = await linnet.openPopup(page);
  await expect(popup.getByText('About this page')).toBeVisible();
  // Always stopped after the same few words: the next answer depends on them.
  await linnet.slowGpu(300);
  await say(popup, 'Who was happy?');
  const first = await stopAfterSomeWords(popup);
  await say(popup, 'What did Lily do?');
  await expect(popup.getByRole('article')).toHaveCount(2);
  const second = await stopAfterSomeWords(popup);
  // It continues the same answer.
  await popup.getByRole('button', { name: 'Continue' }).click();
  const newest = popup.getByRole('article').last();
  await expect.poll(async () => words(await newest.locator('.prose').innerText())).not.toBe(second);
  const longer = await stopAfterSomeWords(popup);
  expect(longer.startsWith(second), `${longer}\n${second}`).toBe(true);
  await linnet.slowGpu(0);

  const messages = await lastPrompt(popup);
  expect(messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'user']);
  expect(firstTurn(messages)).toMatch(/^.*Lily[\s\S]*\n\nWho was happy\?$/);
  expect(words(messages[1]!.content)).toBe(first);
  expect(messages[2]!.content).toBe('What did Lily do?');
  const whole = words(await commandLineText(messages, second));
  // Not the continued words: an answer stopped within a word has other tokens there when it is read again.
  expect(whole.startsWith(second), `${whole}\n${second}`).toBe(true);
  await picture(popup, 'popup-chat');
  await popup.close();

  const again = await linnet.openPopup(page);
  await expect(again.getByRole('article')).toHaveCount(2);
  await again.getByRole('button', { name: 'New chat' }).click();
  await expect(again.getByRole('button', { name: 'Summarise this page' })).toBeVisible();
  await expect(
    again.getByRole('button', { name: 'Lily and the bird' }).or(again.getByText('Who was happy?')),
  ).toBeVisible();
});

test('asks without the page when its chip is taken away', { tag: '@rare' }, async ({ linnet, site }) => {
  await importStories(linnet);
  const page = await linnet.open(site.page('/lily', html));
  const popup = await linnet.openPopup(page);
  await popup.getByRole('button', { name: 'Ask without this page' }).click();
  await say(popup, 'Once upon a time');
  await stopAfterSomeWords(popup);
  const messages = await lastPrompt(popup);
  expect(messages.map(({ content }) => content)).toEqual(['Once upon a time']);
});
