import { beforeEach, expect, it, vi } from 'vitest';
import type { ReportedSender } from '../../protocol/sender.ts';
import { fake } from '../../testing/fake-browser.ts';

vi.mock('wxt/browser', () => import('../../testing/fake-browser.ts'));
const { answerMessage } = await import('./own-messages.ts');
const { answerTextRequests, closeStorageToPages, createTextLoader } = await import('./page-texts.ts');
const { answerModelsRequests } = await import('../open-models.ts');
const { answerPageRequests } = await import('./page-messages.ts');
const { askPage } = await import('./ask-page.ts');

const origin = 'chrome-extension://linnet';
const page = { id: 'linnet', origin, url: `${origin}/popup.html` };
const web = { id: 'linnet', origin: 'https://example.org', url: 'https://example.org/', frameId: 0 };
const inTab = (active: boolean) => ({ ...web, tab: { id: 3, active } });
const stranger = { id: 'other', origin: 'chrome-extension://other', url: 'chrome-extension://other/x.html' };

type Listen = (message: unknown, sender: ReportedSender, answer: (value: unknown) => void) => unknown;
let listeners: Listen[];
let opened: string[];
let shown: unknown[];
let contexts: object[];

/** The answer to a message, or `silence`. */
async function say(message: unknown, sender: ReportedSender): Promise<unknown> {
  let answered: unknown = 'silence';
  for (const listen of listeners) listen(message, sender, (value) => (answered = value));
  await new Promise((resolve) => setTimeout(resolve));
  return answered;
}

beforeEach(() => {
  [listeners, opened, shown, contexts] = [[], [], [], []];
  vi.stubGlobal('self', { location: { origin } });
  fake.value = {
    runtime: {
      id: 'linnet',
      getURL: (path: string) => origin + path,
      onMessage: { addListener: (listen: Listen) => listeners.push(listen) },
      getContexts: async () => contexts,
    },
    tabs: {
      create: async ({ url }: { url: string }) => opened.push(url),
      update: async (...given: unknown[]) => {
        shown.push(given);
        return { windowId: 5 };
      },
    },
    windows: { update: async (...given: unknown[]) => void shown.push(given) },
    storage: { local: { get: async () => ({ uiTexts: { language: 'de', texts: {} } }) } },
  };
});

it('answers the roles that it is for, and no other extension', async () => {
  answerMessage('one', ['own-page'], () => 'answer');
  answerMessage('two', ['own-page', 'web-page'], () => Promise.reject(new Error('not now')));
  expect(await say('one', page)).toBe('answer');
  expect(await say('one', inTab(true))).toBe('silence');
  expect(await say('one', stranger)).toBe('silence');
  expect(await say('two', inTab(true))).toBe('Error: not now');
  expect(await say('two', { ...page, frameId: 5, tab: { id: 3 } })).toBe('silence');
  expect(await say({ toString: () => 'one' }, page)).toBe('silence');
});

it('opens the Models page for a web page in front, once', async () => {
  answerModelsRequests();
  await say('linnet:open-models', inTab(false));
  expect(opened).toEqual([]);
  await say('linnet:open-models', inTab(true));
  expect(opened).toEqual([`${origin}/models.html`]);
  contexts = [{ tabId: 8 }];
  await say('linnet:open-models', inTab(true));
  expect(opened).toHaveLength(1);
  // It may be in another window.
  expect(shown).toEqual([
    [8, { active: true }],
    [5, { focused: true }],
  ]);
});

it('gives content scripts the texts of the interface, and closes the storage to them', async () => {
  answerTextRequests();
  expect(await say('linnet:texts', inTab(true))).toEqual({ language: 'de', texts: {} });
  const levels: unknown[] = [];
  fake.value = {
    storage: { local: { setAccessLevel: async (level: unknown) => void levels.push(level) } },
  };
  await closeStorageToPages();
  expect(levels).toEqual([{ accessLevel: 'TRUSTED_CONTEXTS' }]);
  fake.value = { storage: { local: {} } };
  await closeStorageToPages();
});

/** A content script that asks for texts; `answers` are those of the service worker, one after the other. */
function asking(...answers: (() => unknown)[]) {
  let now = 0;
  const used: string[] = [];
  const sendMessage = vi.fn(() => answers[sendMessage.mock.calls.length - 1]!());
  fake.value = { runtime: { sendMessage } };
  const load = createTextLoader(
    ({ language }) => used.push(language),
    () => now,
  );
  return { load, used, sendMessage, wait: (ms: number) => (now += ms) };
}
const texts = (language: string) => async () => ({ language, texts: {} });

it('asks for texts once in a few seconds, and everyone who needs them waits for the same answer', async () => {
  let arrive = () => {};
  const late = () => new Promise((resolve) => (arrive = () => resolve({ language: 'de', texts: {} })));
  const { load, used, sendMessage, wait } = asking(late, texts('fr'));
  void load();
  wait(4999);
  const second = load().then(() => used.push('second'));
  await Promise.resolve();
  expect(used).toEqual([]);
  arrive();
  await second;
  expect([used, sendMessage.mock.calls.length]).toEqual([['de', 'second'], 1]);
  wait(1);
  await load();
  expect(used).toEqual(['de', 'second', 'fr']);
});

it.each<[string, () => unknown]>([
  ['throws at once', () => expect.unreachable('Extension context invalidated.')],
  ['refuses', () => Promise.reject(new Error('Could not establish connection.'))],
  ['has none yet', async () => undefined],
])('goes on without texts where the extension %s', async (_, answer) => {
  const { load, used, wait } = asking(answer, texts('fr'));
  await load();
  expect(used).toEqual([]);
  wait(5000);
  await load();
  expect(used).toEqual(['fr']);
});

it('a content script answers pages of the extension, and only what it has an answer to', async () => {
  const handlers = { 'translate-page': () => null } as never;
  answerPageRequests(handlers, (error) => ({ code: 'internal', who: 'page', message: String(error) }));
  expect(await say({ kind: 'linnet:page:translate-page', send: {} }, page)).toEqual({ value: null });
  // What browsers say of a service worker.
  expect(await say({ kind: 'linnet:page:translate-page', send: {} }, { id: 'linnet' })).toEqual({
    value: null,
  });
  for (const sender of [inTab(true), stranger])
    expect(await say({ kind: 'linnet:page:translate-page', send: {} }, sender)).toBe('silence');
  for (const kind of ['constructor', '__proto__', 'extract', 'toString'])
    expect(await say({ kind: `linnet:page:${kind}`, send: {} }, page)).toBe('silence');
});

const reading = {
  page: { url: 'https://example.org/', title: 'Linnet', dir: 'ltr', text: 'It sings.', source: 'body' },
  selection: '',
};
const answering = (answer: unknown) => {
  fake.value = {
    scripting: { executeScript: async () => {} },
    tabs: { sendMessage: async () => answer },
  };
  return askPage(3, 'extract', {});
};

it('takes the answer of a content script as it is if it has the form of one', async () => {
  expect(await answering({ value: reading })).toEqual(reading);
  const long = { ...reading.page, title: 'x'.repeat(5000), lang: 'y'.repeat(5000) };
  const { page: read } = await answering({ value: { ...reading, page: long } });
  expect([read.title.length, read.lang]).toEqual([1000, undefined]);
});

it.each([
  undefined,
  null,
  7,
  {},
  { value: null },
  { value: { ...reading, selection: 7 } },
  { value: { ...reading, page: { ...reading.page, text: ['x'] } } },
  { value: { ...reading, page: { ...reading.page, headings: [-1] } } },
  { value: { ...reading, page: { ...reading.page, dir: '__proto__' } } },
  { error: 'x' },
  { error: { code: 7, who: 'x', message: 'y' } },
])('refuses the answer %j', async (answer) => {
  await expect(answering(answer)).rejects.toMatchObject({ code: 'request-invalid' });
});

it('knows the errors of a content script, and calls others internal', async () => {
  const facts = { who: 'page', message: 'no text' };
  await expect(answering({ error: { code: 'page-empty', ...facts } })).rejects.toMatchObject({
    code: 'page-empty',
  });
  await expect(answering({ error: { code: '<script>', ...facts } })).rejects.toMatchObject({
    code: 'internal',
  });
});
