/**
 * A server of the person's own in place of the engine: set up, tried, used, stopped in mid-answer, put aside and removed.
 * The server lets no other origin read its answers, so what arrives does so by the host permission.
 */
import { ChatServer } from '../../scripts/testing/chat-server.ts';
import { article, expect, type Page, picture, test as base } from '../harness/index.ts';
import { serverExtension } from '../harness/copies.ts';
import { inEveryLook } from '../looks.ts';
import { ask } from '../story.ts';

const test = base.extend<{ server: ChatServer }>({
  extension: async ({ pool }, use) =>
    use(pool.copyOfExtension('own server', () => serverExtension('127.0.0.1'))),
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the needed fixtures from the pattern
  server: async ({}, use) => {
    const server = await new ChatServer({
      dialect: 'transformers',
      models: ['org/big-model-7b', 'tiny'],
    }).listen();
    await use(server);
    server.close();
  },
});

const looks = [{}, { dark: true }, { phone: true }, { rtl: true }, { rtl: true, phone: true }];
const wren = article('Wrens', [
  'A wren is a small brown bird. It sings loudly in spring, and its nest is round.',
  'In winter, wrens sleep together in one hole to keep warm.',
]);

/** Of the section alone: it is below the fold in every look. */
async function pictures(models: Page, name: string): Promise<void> {
  const alone = await models.addStyleTag({ content: 'main > :not(#server) { display: none !important }' });
  for (const look of looks) await picture(models, name, look);
  await alone.evaluate((style) => (style as HTMLElement).remove());
}

async function setUp(models: Page, server: ChatServer): Promise<void> {
  await ask(models, 'set-settings', { settings: { welcomed: true } });
  await models.getByLabel('Address of the server').fill(server.host);
  await models.getByRole('button', { name: 'Look for its models' }).click();
  await expect(models.getByRole('combobox', { name: 'Model' })).toHaveValue('org/big-model-7b');
}

test('a server is tried, answers in place of this device, says so on each answer, and is removed', {
  tag: '@phone-rare',
}, async ({ linnet, site, server }) => {
  server.options = {
    ...server.options,
    answer: ({ body }) =>
      body.messages.at(-1)!.content.includes('key points')
        ? [
            '- Wrens are',
            ' small brown birds.',
            '\n- They sing',
            ' loudly in spring.',
            '\n',
            '- Their nest is round.',
            '\n',
            '- A fourth',
          ]
        : ['Hello', ' there', '.'],
  };
  const models = await linnet.open('models.html');
  await setUp(models, server);
  await models.getByRole('button', { name: 'Try it' }).click();
  await expect(models.getByText(/It answers after .* seconds: “Hello there.”/)).toBeVisible();
  await pictures(models, 'server-tried');
  await inEveryLook(models, 'a server that was tried', '#server');
  await models.getByRole('button', { name: 'Use it' }).click();
  await expect(models.getByText(`Texts leave this device for ${server.host}`)).toBeVisible();
  await pictures(models, 'server-used');
  await inEveryLook(models, 'a server that is used', '#server');

  await ask(models, 'set-settings', { settings: { style: { type: 'key-points', length: 'short' } } });
  const page = await linnet.open(site.page('/wren', wren));
  const popup = await linnet.openPopup(page);
  await expect(popup.getByText('what you ask and the texts for it leave this device')).toBeVisible();
  await expect(popup.getByText('Only your own server gets your texts')).toBeVisible();
  await picture(popup, 'server-popup-home');
  await popup.getByRole('button', { name: 'Summarise this page' }).click();
  const answer = popup.getByRole('article').last();
  await expect(answer).toHaveAttribute('aria-busy', 'false');
  await expect(answer.getByRole('listitem')).toHaveText([
    /small brown birds/,
    /sing loudly/,
    /nest is round/,
  ]);
  await expect(answer.getByText(`Sent to ${server.host}`)).toBeVisible();
  await picture(popup, 'server-popup');
  await picture(popup, 'server-popup', { dark: true });
  const { body } = server.asked.at(-1)!;
  expect(body.messages.map(({ role }) => role)).toEqual(['system', 'user']);
  expect(body.messages[1]!.content).toContain('A wren is a small brown bird.');
  expect(body.model).toBe('org/big-model-7b');
  await popup.close();

  await models.bringToFront();
  await models.getByRole('button', { name: 'Use this device again' }).click();
  await expect(models.getByText(`nothing is sent to ${server.host}`)).toBeVisible();
  await models.getByRole('button', { name: 'Remove' }).click();
  await expect(models.getByText(server.host)).toHaveCount(0);
  expect((await ask(models, 'settings', {})).server).toBeUndefined();
  expect(linnet.pageErrors).toEqual([]);
});

test('stopping an answer ends the request; a server that is down or asks for a key is told apart', {
  tag: '@rare',
}, async ({ linnet, server }) => {
  const models = await linnet.open('models.html');
  server.options = { ...server.options, key: 'secret' };
  await ask(models, 'set-settings', { settings: { welcomed: true } });
  await models.getByLabel('Address of the server').fill(server.host);
  await models.getByRole('button', { name: 'Look for its models' }).click();
  await expect(models.getByRole('alert')).toContainText('asks for a key');
  await pictures(models, 'server-key');
  await models.getByLabel('Key, if the server asks for one').fill('secret');
  await models.getByRole('button', { name: 'Look for its models' }).click();
  await models.getByRole('button', { name: 'Use it' }).click();
  await expect(models.getByText(`Texts leave this device for ${server.host}`)).toBeVisible();

  server.options = {
    ...server.options,
    answer: () => Array.from({ length: 500 }, (_, i) => ` w${i}`),
    pause: 50,
  };
  const chat = await linnet.open('chat.html');
  await chat.getByRole('textbox').fill('Tell me a long story');
  await chat.keyboard.press('Enter');
  await expect(chat.getByRole('article').last()).toContainText('w3');
  await chat.getByRole('button', { name: 'Stop' }).click();
  await expect(chat.getByText('Stopped').first()).toBeVisible();
  await expect.poll(() => server.ended).toBe(1);
  expect(server.asked.at(-1)!.authorization).toBe('Bearer secret');

  server.close();
  await chat.getByRole('textbox').fill('And now?');
  await chat.keyboard.press('Enter');
  await expect(chat.getByRole('alert')).toContainText('Your server cannot be reached.');
  await chat.bringToFront();
  for (const look of looks) await picture(chat, 'server-down', look);
  expect(linnet.pageErrors).toEqual([]);
});

test('pages connect to nothing, and the worker to no other host', async ({ linnet, server }) => {
  const other = await new ChatServer({ cors: true }).listen();
  for (const name of ['models.html', 'chat.html', 'options.html', 'glossary.html', 'offscreen.html']) {
    const page = await linnet.open(name);
    const reached = await page.evaluate(
      (url) =>
        fetch(url).then(
          () => true,
          () => false,
        ),
      `${other.url}/v1/models`,
    );
    expect(reached, name).toBe(false);
    await page.close();
  }
  expect(other.paths).toEqual([]);
  // What names another host is refused before anything is sent.
  const models = await linnet.open('models.html');
  server.options = {
    ...server.options,
    fault: () => ({ kind: 'redirect', to: `${other.url}/v1/chat/completions` }),
  };
  await setUp(models, server);
  await models.getByRole('button', { name: 'Try it' }).click();
  await expect(models.getByRole('alert')).toContainText('no chat interface');
  expect(other.paths).toEqual([]);
  other.close();
});

const real = process.env.LINNET_SERVERS?.split(',') ?? [];

/** As real-server.test.ts, in a real browser: what the browser adds are the permission, its origin and its policies. */
for (const url of real.length === 0 ? [''] : real) {
  test(`a real server answers a question about a page (${url || 'none named in LINNET_SERVERS'})`, async ({
    linnet,
    site,
  }) => {
    test.skip(url === '', 'LINNET_SERVERS=http://127.0.0.1:8098 names a real server');
    const models = await linnet.open('models.html');
    await ask(models, 'set-settings', { settings: { welcomed: true } });
    await models.getByLabel('Address of the server').fill(url);
    await models.getByRole('button', { name: 'Look for its models' }).click();
    await models.getByRole('button', { name: 'Use it' }).click();
    await expect(models.getByText(`Texts leave this device for ${new URL(url).host}`)).toBeVisible();
    const page = await linnet.open(site.page('/wren', wren));
    const popup = await linnet.openPopup(page);
    await popup.getByRole('textbox').fill('What colour is a wren?');
    await popup.keyboard.press('Enter');
    const answer = popup.getByRole('article').last();
    // A tiny model on a slow machine may write for long.
    await expect(answer.locator('.prose')).toContainText(/\S+\s+\S+/, { timeout: 300_000 });
    const stop = popup.getByRole('button', { name: 'Stop' });
    if (await stop.isVisible()) await stop.click();
    await expect(answer).toHaveAttribute('aria-busy', 'false');
    await expect(answer.getByText(`Sent to ${new URL(url).host}`)).toBeVisible();
    await expect(answer.getByRole('alert')).toHaveCount(0);
    await picture(popup, `server-real-${new URL(url).port}`);
    console.log(`${url}: ${await answer.locator('.prose').innerText()}`);
  });
}
