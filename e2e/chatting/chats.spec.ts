/** Conversations: branches, titles, search, files and Undo; what survives a restart; the full context. */
import { readFileSync } from 'node:fs';
import { article, expect, type Page, picture, test } from '../harness/index.ts';
import {
  ask,
  choose,
  endAnswer,
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

const shown = async (page: Page) =>
  words(await page.getByRole('article').last().locator('.prose').innerText());

/** In a small tab a button opens the list. */
const toList = async (tab: Page, onPhone: boolean) => {
  if (onPhone) await tab.getByRole('button', { name: 'Conversations' }).click();
};

test('an edited question is a branch; the old one stays, in the list and in the files', {
  tag: ['@rare', '@phone-rare'],
}, async ({ linnet, onPhone }) => {
  await importStories(linnet);
  const tab = await linnet.open('chat.html');
  await say(tab, 'Once upon a time');
  const first = await stopAfterSomeWords(tab);
  await tab.getByRole('button', { name: 'Edit this question' }).click();
  await tab.getByRole('textbox', { name: 'Question' }).fill('There was a girl');
  await tab.getByRole('button', { name: 'Ask again' }).click();
  await expect(tab.getByText('2 of 2')).toBeVisible();
  const second = await stopAfterSomeWords(tab);
  expect(second).not.toBe(first);
  await picture(tab, 'chat-tab');
  await tab.getByRole('button', { name: 'Earlier version' }).click();
  await expect.poll(() => shown(tab)).toBe(first);
  await expect(tab.locator('.question')).toContainText('Once upon a time');
  // Another answer to the same question is a branch as well.
  await tab.getByRole('button', { name: 'Try again' }).click();
  await expect(tab.getByText('3 of 3')).toBeVisible();
  await stopAfterSomeWords(tab);
  await tab.getByRole('button', { name: 'Earlier version' }).click();
  await expect(tab.getByText('2 of 3')).toBeVisible();
  await tab.getByRole('button', { name: 'Earlier version' }).click();
  await expect.poll(() => shown(tab)).toBe(first);

  await choose(tab.locator('nav.trail'), 'More for “Once upon a time”', 'Rename');
  await tab.getByRole('textbox', { name: 'Title of the conversation' }).fill('A beginning');
  await tab.keyboard.press('Enter');
  // The home view lists recent conversations too.
  const list = tab.getByRole('region', { name: 'Conversations' });
  const entry = list.getByRole('listitem').filter({ hasText: 'A beginning' });
  if (!onPhone) await expect(entry).toBeVisible();

  const markdown = await saved(tab, 'Save as Markdown');
  expect(markdown.name).toBe('A beginning.md');
  expect(markdown.text).toContain('> Once upon a time');
  expect(words(markdown.text)).toContain(first);
  expect(words(markdown.text)).not.toContain(second);
  const json = await saved(tab, 'Save as JSON');
  expect(JSON.parse(json.text)).toMatchObject({ format: 1, title: 'A beginning' });
  expect(JSON.parse(json.text).branches).toHaveLength(3);

  await say(tab, 'More');
  await stopAfterSomeWords(tab);
  await toList(tab, onPhone);
  await tab.getByRole('searchbox').fill('nothing like it');
  await expect(tab.getByText('No results for')).toBeVisible();
  await tab.getByRole('searchbox').fill('GIRL there');
  await expect(entry).toBeVisible();
  await choose(entry, 'More for “A beginning”', 'Delete this conversation');
  await expect(entry).toBeHidden();
  await picture(tab, 'chat-deleted');
  await tab.getByRole('button', { name: 'Undo' }).click();
  await expect(entry).toBeVisible();
  expect(linnet.pageErrors).toEqual([]);
});

async function saved(tab: Page, as: string): Promise<{ name: string; text: string }> {
  const download = tab.waitForEvent('download');
  await choose(tab.locator('nav.trail'), 'More for “A beginning”', as);
  const file = await download;
  return { name: file.suggestedFilename(), text: readFileSync(await file.path(), 'utf8') };
}

test('an answer survives the popup, the service worker and the browser', { tag: '@phone-rare' }, async ({
  linnet,
  site,
}) => {
  await importStories(linnet);
  await linnet.slowGpu(200);
  const page = await linnet.open(site.page('/lily', html));
  const popup = await linnet.openPopup(page);
  await say(popup, 'Who was happy?');
  await expect(popup.getByRole('article').locator('.prose')).not.toBeEmpty();
  const before = (await shown(popup)).slice(0, 20);
  await popup.close();
  await linnet.stopServiceWorker();
  const again = await linnet.openPopup(page);
  await expect(again.getByRole('article').locator('.prose')).toContainText(before);
  await stopAfterSomeWords(again);
  const after = await shown(again);

  await linnet.restart();
  const tab = await linnet.open('chat.html');
  await tab.getByRole('listitem').getByRole('button', { name: 'Who was happy?' }).first().click();
  await expect.poll(() => shown(tab)).toBe(after);
  // It is still about the page, though that is no longer open.
  await say(tab, 'And then?');
  await stopAfterSomeWords(tab);
  expect(firstTurn(await lastPrompt(tab))).toContain('The bird could not fly');
});

test('the context is measured; when it is full, what is left out is marked', {
  tag: ['@phone-rare', '@rare'],
}, async ({ linnet }) => {
  await importStories(linnet);
  const tab = await linnet.open('chat.html');
  await say(tab, 'Once upon a time there was a girl. '.repeat(12));
  await endAnswer(tab);
  await expect(tab.getByRole('meter')).toBeVisible();
  await expect(tab.getByText('No longer read by the model')).toBeHidden();
  for (let turns = 0; turns < 4; turns++) {
    await say(tab, 'Then the bird came to the tree and sang. '.repeat(8));
    await endAnswer(tab);
    if (await tab.getByText('No longer read by the model').isVisible()) break;
  }
  await expect(tab.getByText('No longer read by the model')).toBeVisible();
  await expect(tab.getByText('no longer fit').last()).toBeVisible();
  await expect(tab.getByText('The oldest questions and answers no longer fit')).toBeVisible();
  const [conversation] = await ask(tab, 'conversations', { limit: 1 });
  expect((await lastPrompt(tab)).filter(({ role }) => role === 'user').length).toBeLessThan(
    conversation!.jobs.length,
  );
  await picture(tab, 'chat-full');
});

test('the page is a chip within a conversation too', { tag: ['@phone-rare', '@rare'] }, async ({
  linnet,
  site,
}) => {
  await importStories(linnet);
  const page = await linnet.open(site.page('/lily', html));
  const popup = await linnet.openPopup(page);
  await say(popup, 'Who was happy?');
  await stopAfterSomeWords(popup);
  await popup.getByRole('button', { name: 'Ask without this page' }).click();
  await say(popup, 'Once');
  await stopAfterSomeWords(popup);
  await expect(popup.getByText('Asked without the page')).toBeVisible();
  expect(JSON.stringify(await lastPrompt(popup))).not.toContain('The bird could not fly');
  await popup.getByRole('button', { name: 'Add this page' }).click();
  await say(popup, 'Why?');
  await endAnswer(popup);
  expect(firstTurn(await lastPrompt(popup))).toContain('The bird could not fly');
});

test('saved questions are written in Settings and come by a slash', {
  tag: ['@phone-rare', '@rare'],
}, async ({ linnet, site }) => {
  await importStories(linnet);
  const settings = await linnet.open('options.html');
  const written = settings.getByRole('textbox', { name: 'Question' });
  for (const name of ['Tree', 'Bird']) {
    await settings.getByRole('button', { name: 'Add a question' }).click();
    await settings.getByRole('textbox', { name: /^Name/ }).fill(`/${name}`);
    await written.fill(`What is a ${name}?`);
    await settings.getByRole('button', { name: 'Save' }).click();
    await expect(settings.getByText(`/${name}`)).toBeVisible();
  }
  // The text being written stays when another conversation is deleted.
  // Wait for the form's focus before the next field is filled: a later focus would take the typed text.
  expect(
    await settings.getByRole('button', { name: 'Edit /Bird' }).evaluate(async (button) => {
      (button as HTMLElement).click();
      await Promise.resolve();
      return document.activeElement?.tagName;
    }),
  ).toBe('INPUT');
  await written.fill('What does the bird do?');
  await settings.getByRole('button', { name: 'Delete /Tree' }).click();
  await expect(settings.getByText('/Tree', { exact: true })).toBeHidden();
  await expect(written).toHaveValue('What does the bird do?');
  await settings.getByRole('button', { name: 'Save' }).click();
  await settings.getByRole('button', { name: 'Delete /Bird' }).click();
  await expect(settings.getByRole('button', { name: 'Delete /Bird' })).toBeHidden();
  await settings.getByRole('button', { name: 'Undo' }).click();
  await expect(settings.getByRole('button', { name: 'Delete /Bird' })).toBeVisible();

  const popup = await linnet.openPopup(await linnet.open(site.page('/lily', html)));
  const field = popup.getByRole('textbox');
  await popup.getByRole('button', { name: 'Saved questions' }).click();
  await expect(popup.locator('.prompt-menu').getByRole('option')).toHaveCount(5);
  // A popup has its final height a moment after it was opened.
  await expect.poll(() => popup.evaluate(() => scrollY)).toBe(0);
  await picture(popup, 'popup-prompts');
  // The text that is already written stays.
  await field.fill('Please:');
  await expect(popup.locator('.prompt-menu')).toBeHidden();
  await popup.getByRole('button', { name: 'Saved questions' }).click();
  await popup.getByRole('option', { name: '/facts' }).click();
  await expect(field).toHaveValue(/^Please:\nList the names/);
  await field.fill('/bi');
  await field.press('Enter');
  await expect(field).toHaveValue('What does the bird do?');
  await field.fill('/summ');
  await field.press('Enter');
  await expect(popup.getByRole('article').locator('.prose')).not.toBeEmpty();
  expect(firstTurn(await lastPrompt(popup))).toContain('Summarize the text above');
});

test('code in an answer has its own copy button, and HTML is sanitised', { tag: '@rare' }, async ({
  linnet,
  onPhone,
}) => {
  await importStories(linnet);
  const tab = await linnet.open('chat.html');
  await say(tab, 'Once');
  await stopAfterSomeWords(tab);
  const [conversation] = await ask(tab, 'conversations', { limit: 1 });
  const text =
    'Look:\n\n```js\nconst a = 1;\n```\n\n1. First\n\n   ```\n   npm install\n   ```\n2. Then\n\n<img src=x onerror="document.title=\'bad\'"> [x](javascript:alert(1))';
  await writeAnswer(tab, conversation!.jobs[0]!, text);
  // After a restart the worker reads what is stored.
  await linnet.restart();
  const again = await linnet.open('chat.html');
  await toList(again, onPhone);
  // The snippet with the found word is below the title.
  await again.getByRole('searchbox').fill('INSTALL');
  await expect(again.locator('.chats mark')).toHaveText('install');
  await picture(again, 'chat-found');
  await again
    .getByRole('region', { name: 'Conversations' })
    .getByRole('button', { name: 'Once' })
    .first()
    .click();
  await expect(again.locator('.prose pre')).toHaveText(['const a = 1;\n', 'npm install\n']);
  await expect(again.locator('.prose [dir=ltr] > pre')).toHaveCount(2);
  await again.evaluate(() =>
    Object.assign(navigator.clipboard, { writeText: async (text: string) => void (document.title = text) }),
  );
  await again.getByRole('button', { name: 'Copy code' }).last().click();
  await expect.poll(() => again.title()).toBe('npm install');
  await again.evaluate(() =>
    Object.assign(navigator.clipboard, { writeText: () => Promise.reject(new Error('refused')) }),
  );
  await again.getByRole('button', { name: 'Copy code' }).last().click();
  await expect(again.getByText('Could not copy')).toBeVisible();
  await picture(again, 'chat-code');
  await picture(again, 'chat-code', { dark: true, rtl: true, phone: true });
  await expect(again.locator('.prose img')).toHaveCount(0);
  await expect(again.locator('.prose a[href]')).toHaveCount(0);
});

test('on a full disk no question is lost, and an answer that is not saved says so', async ({ linnet }) => {
  await importStories(linnet);
  const tab = await linnet.open('chat.html');
  await linnet.slowGpu(300);
  await say(tab, 'Once upon a time');
  await expect(tab.getByRole('button', { name: 'Stop' })).toBeVisible();
  await linnet.fillDisk(true);
  await endAnswer(tab);
  await expect(tab.getByText('Not saved')).toBeVisible();
  const field = tab.locator('form.composer').getByRole('textbox');
  await field.fill('A long question that nobody wants to type twice');
  await field.press('Enter');
  await expect(tab.getByRole('alert')).toContainText('There is not enough space left on this device');
  await expect(field).toHaveValue('A long question that nobody wants to type twice');
  await picture(tab, 'chat-disk-full');
  await linnet.fillDisk(false);
  await field.press('Enter');
  await endAnswer(tab);
  await expect(tab.getByText('Not saved')).toBeHidden();
  await expect(field).toHaveValue('');
});

test('Escape leaves a field and not the popup; what was deleted elsewhere is left', { tag: '@rare' }, async ({
  linnet,
  site,
  onPhone,
}) => {
  await importStories(linnet);
  const page = await linnet.open(site.page('/lily', html));
  const popup = await linnet.openPopup(page);
  await say(popup, 'Who was happy?');
  await endAnswer(popup);
  await popup.getByRole('button', { name: 'Edit this question' }).click();
  await popup.getByRole('textbox', { name: 'Question' }).press('Escape');
  await expect(popup.getByRole('textbox', { name: 'Question' })).toBeHidden();
  await choose(popup.locator('nav.trail'), 'More for “Who was happy?”', 'Rename');
  await popup.getByRole('textbox', { name: 'Title of the conversation' }).press('Escape');
  await expect(popup.getByRole('textbox', { name: 'Title of the conversation' })).toBeHidden();
  expect(popup.isClosed()).toBe(false);

  const tab = await linnet.open('chat.html');
  await toList(tab, onPhone);
  await tab.getByRole('listitem').getByRole('button', { name: 'Who was happy?' }).first().click();
  await expect(tab.getByRole('article')).toBeVisible();
  await ask(tab, 'erase', { models: false });
  await expect(tab.getByRole('article')).toBeHidden();
  await expect(tab.getByText('Recent')).toBeHidden();
});

test('typed text outlives the popup; menus work by keyboard', async ({ linnet, site }) => {
  const page = await linnet.open(site.page('/lily', html));
  const popup = await linnet.openPopup(page);
  // The field is ready to be written in.
  await expect(popup.getByRole('textbox')).toBeFocused();
  await popup.keyboard.type('Half a quest');
  await page.mouse.click(300, 300);
  await expect.poll(() => popup.isClosed()).toBe(true);
  const again = await linnet.openPopup(page);
  await expect(again.getByRole('textbox')).toHaveValue('Half a quest');

  const more = again.getByRole('button', { name: 'More', exact: true });
  await more.focus();
  await again.keyboard.press('Enter');
  const entry = (name: string) => again.getByRole('menuitem', { name });
  await expect(entry('Open in the side panel')).toBeFocused();
  await again.keyboard.press('ArrowDown');
  await expect(entry('Open in a tab')).toBeFocused();
  await again.keyboard.press('End');
  await expect(entry('Settings')).toBeFocused();
  await again.keyboard.press('ArrowDown');
  await expect(entry('Open in the side panel')).toBeFocused();
});

/** Replaces the stored answer's text. */
async function writeAnswer(page: Page, job: string, text: string): Promise<void> {
  await page.evaluate(
    ([id, words]) =>
      new Promise<void>((resolve, reject) => {
        const open = indexedDB.open('linnet');
        open.onerror = () => reject(open.error);
        open.onsuccess = () => {
          const jobs = open.result.transaction('jobs', 'readwrite').objectStore('jobs');
          const found = jobs.get(id!);
          found.onsuccess = () => {
            jobs.put({ ...found.result, text: words });
            jobs.transaction.oncomplete = () => resolve();
          };
        };
      }),
    [job, text],
  );
}
