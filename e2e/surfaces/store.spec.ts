/** The store over the browser's real IndexedDB, which no fake replaces: layout, versions, and what each call writes. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ChatJob, Conversation, PageText } from '../../app/protocol/types.ts';
import { bundle, expect, type LinnetBrowser, type Page, type Site, test } from '../harness/index.ts';
import type { OpenStore } from '../store-page.ts';

declare const openIdbStore: OpenStore;

const material: PageText = {
  url: 'https://example.org/wren',
  title: 'The wren',
  lang: 'en',
  dir: 'ltr',
  text: 'A wren is small.',
  source: 'readability',
};
const { url, title, lang, dir } = material;

const job = (id: string, facts: Partial<ChatJob> = {}): ChatJob => ({
  id,
  kind: 'chat',
  request: { kind: 'chat', text: 'Is it?' },
  progress: { phase: 'done' },
  text: 'It is.',
  tokens: 2,
  createdAt: 1,
  updatedAt: 1,
  ...facts,
});
/** A job as versions 1 and 2 stored it: one flat record. */
const oldJob = (id: string, facts: object = {}): object => ({
  id,
  ask: { kind: 'chat', text: 'Is it?' },
  status: 'done',
  text: 'It is.',
  tokens: 2,
  createdAt: 1,
  updatedAt: 1,
  ...facts,
});
const conversation = (id: string, updatedAt: number, facts: object = {}): Conversation => ({
  id,
  title: id,
  jobs: [`${id}-1`],
  createdAt: 1,
  updatedAt,
  page: { url, title, lang, dir },
  ...facts,
});

async function openPage(linnet: LinnetBrowser, site: Site): Promise<Page> {
  const built = mkdtempSync(join(tmpdir(), 'linnet-store-'));
  await bundle('e2e/store-page.ts', built, 'store.js', 'iife');
  site.folder('/', built);
  const page = await linnet.open(site.page('/store', '<!doctype html><script src="/store.js"></script>'));
  rmSync(built, { recursive: true });
  return page;
}

/** Creates the database as Linnet's first version did. */
function makeFirstVersion({
  conversations,
  jobs,
}: {
  conversations: object[];
  jobs: object[];
}): Promise<void> {
  return new Promise((resolve, reject) => {
    const open = indexedDB.open('linnet', 1);
    open.onerror = () => reject(open.error);
    open.onupgradeneeded = () => {
      open.result.createObjectStore('settings');
      for (const name of ['jobs', 'conversations'])
        open.result.createObjectStore(name, { keyPath: 'id' }).createIndex('updatedAt', 'updatedAt');
    };
    open.onsuccess = () => {
      const transaction = open.result.transaction(['settings', 'jobs', 'conversations'], 'readwrite');
      transaction.objectStore('settings').put({ language: 'fr', pace: 'polite' }, 'settings');
      for (const each of jobs) transaction.objectStore('jobs').put(each);
      for (const each of conversations) transaction.objectStore('conversations').put(each);
      transaction.oncomplete = () => {
        open.result.close();
        resolve();
      };
    };
  });
}

test('opens a database of the first version without a loss, and reads lists without the text of pages', async ({
  linnet,
  site,
}) => {
  const page = await openPage(linnet, site);
  await page.evaluate(makeFirstVersion, {
    jobs: [
      oldJob('wren-1', { conversation: 'wren' }),
      oldJob('half-1', { conversation: 'half', status: 'writing', text: 'It' }),
      oldJob('gone-1', { conversation: 'gone' }),
      oldJob('loose', { updatedAt: 5 }),
    ],
    conversations: [
      { ...conversation('wren', 3), material },
      conversation('half', 4),
      { ...conversation('gone', 5, { deletedAt: 6 }), material },
    ],
  });
  // Opened twice: once with the upgrade, once without.
  for (let i = 0; i < 2; i++) {
    const found = await page.evaluate(async () => {
      const store = await openIdbStore('en');
      return {
        settings: await store.settings(),
        list: await store.conversations(10),
        wren: await store.conversation('wren'),
        material: await store.material('wren'),
        none: await store.material('half'),
        jobs: await Promise.all(['wren-1', 'loose'].map((id) => store.job(id))),
      };
    });
    expect(found.settings).toMatchObject({ language: 'fr', pace: 'polite', autoStart: true });
    expect(found.list).toEqual([conversation('half', 4), conversation('wren', 3)]);
    expect(found.wren).toEqual(conversation('wren', 3));
    expect(found.material).toEqual(material);
    expect(found.none).toBeUndefined();
    expect(found.jobs).toEqual([job('wren-1', { conversation: 'wren' }), job('loose', { updatedAt: 5 })]);
  }
  const after = await page.evaluate(async () => {
    const store = await openIdbStore('en');
    const counts = [await store.interruptUnfinished(9), await store.removeDeleted()];
    const again = [await store.interruptUnfinished(9), await store.removeDeleted()];
    const left = await Promise.all([store.job('half-1'), store.job('gone-1'), store.material('gone')]);
    return { counts, again, left };
  });
  expect(after.counts).toEqual([1, 1]);
  expect(after.again).toEqual([0, 0]);
  const half = job('half-1', {
    conversation: 'half',
    progress: { phase: 'interrupted' },
    text: 'It',
    updatedAt: 9,
  });
  expect(after.left).toEqual([half, undefined, undefined]);
});

/** Creates the database as Linnet's second version did. */
function makeSecondVersion(records: Readonly<Record<string, readonly object[]>>): Promise<void> {
  return new Promise((resolve, reject) => {
    const open = indexedDB.open('linnet', 2);
    open.onerror = () => reject(open.error);
    open.onupgradeneeded = () => {
      open.result.createObjectStore('settings');
      const jobs = open.result.createObjectStore('jobs', { keyPath: 'id' });
      jobs.createIndex('status', 'status');
      jobs.createIndex('looseAt', 'looseAt');
      const conversations = open.result.createObjectStore('conversations', { keyPath: 'id' });
      conversations.createIndex('updatedAt', 'updatedAt');
      conversations.createIndex('deletedAt', 'deletedAt');
      open.result.createObjectStore('materials');
    };
    open.onsuccess = () => {
      const transaction = open.result.transaction(Object.keys(records), 'readwrite');
      for (const [name, list] of Object.entries(records)) {
        const store = transaction.objectStore(name);
        for (const each of list) {
          if (name === 'settings') store.put(each, 'settings');
          else if (name === 'materials') store.put(each, 'wren');
          else store.put(each);
        }
      }
      transaction.oncomplete = () => {
        open.result.close();
        resolve();
      };
    };
  });
}

test('opens a database of the second version: jobs by kind and phase, empty languages as absent, half-read pages to continue', {
  tag: '@rare',
}, async ({ linnet, site }) => {
  const page = await openPage(linnet, site);
  const rounds = [{ ends: [10, 20], points: ['- One.'] }];
  const style = { type: 'tldr', length: 'short' };
  await page.evaluate(makeSecondVersion, {
    settings: [{ language: 'fr', summaryLanguage: '', pace: 'polite' }],
    conversations: [
      { ...conversation('wren', 3), page: { url, title, dir, lang: '' }, jobs: ['half', 'queued', 'odd'] },
    ],
    materials: [{ ...material, lang: '' }],
    jobs: [
      oldJob('half', { conversation: 'wren', ask: { kind: 'summary', style }, status: 'reading', rounds }),
      oldJob('queued', { conversation: 'wren', status: 'queued', text: '' }),
      oldJob('odd', { conversation: 'wren', ask: { kind: 'poem', text: 'Sing!' } }),
      oldJob('loose', {
        looseAt: 1,
        status: 'failed',
        error: { code: 'gpu-lost', who: 'gpu', message: 'gone' },
      }),
    ],
  });
  const found = await page.evaluate(async () => {
    const store = await openIdbStore('en');
    const interrupted = await store.interruptUnfinished(9);
    const ids = ['half', 'queued', 'odd', 'loose'];
    return {
      interrupted,
      settings: await store.settings(),
      conversation: await store.conversation('wren'),
      material: await store.material('wren'),
      jobs: await Promise.all(ids.map((id) => store.job(id))),
    };
  });
  expect(found.interrupted).toBe(2);
  expect(found.settings).toMatchObject({ language: 'fr', pace: 'polite' });
  expect(found.settings.summaryLanguage).toBeUndefined();
  expect([found.conversation?.page?.lang, found.material?.lang]).toEqual([undefined, undefined]);
  expect(found.jobs).toMatchObject([
    { kind: 'summary', request: { style }, progress: { phase: 'interrupted' }, rounds },
    { kind: 'chat', progress: { phase: 'interrupted' } },
    { kind: 'chat', request: { text: 'Sing!' }, text: 'It is.' },
    { kind: 'chat', progress: { phase: 'failed', error: { code: 'gpu-lost' } } },
  ]);
});

test('a page stays until its conversation is removed; of loose answers the newest fifty stay', async ({
  linnet,
  site,
}) => {
  const page = await openPage(linnet, site);
  const found = await page.evaluate(
    async ({ first, second, material, loose }) => {
      const store = await openIdbStore('en');
      await store.saveConversation(first, material);
      await store.saveConversation({ ...first, title: 'Renamed' });
      await store.saveConversation(second, { ...material, text: 'Another text.' });
      for (let i = 0; i < 60; i++) await store.saveJob({ ...loose, id: `loose-${i}`, updatedAt: i });
      await store.interruptUnfinished(100);
      const texts = async () =>
        Promise.all(['first', 'second'].map(async (id) => (await store.material(id))?.text));
      const kept = await Promise.all([...Array(60).keys()].map((i) => store.job(`loose-${i}`)));
      const before = await texts();
      await store.removeConversation('second');
      const between = await texts();
      await store.erase();
      return {
        before,
        between,
        erased: await texts(),
        list: await store.conversations(5),
        kept: kept.map((each, i) => (each === undefined ? -1 : i)).filter((i) => i >= 0),
      };
    },
    { first: conversation('first', 1), second: conversation('second', 2), material, loose: job('') },
  );
  expect(found.before).toEqual(['A wren is small.', 'Another text.']);
  expect(found.between).toEqual(['A wren is small.', undefined]);
  expect([found.erased, found.list]).toEqual([[undefined, undefined], []]);
  expect(found.kept).toEqual(Array.from({ length: 50 }, (_, i) => i + 10));
  // A newer Linnet would not have to wait for this one.
  const newer = await page.evaluate(
    () =>
      new Promise<string>((resolve) => {
        const open = indexedDB.open('linnet', 1_000_000);
        open.onblocked = () => resolve('blocked');
        open.onerror = () => resolve(`${open.error?.name}`);
        open.onsuccess = () => resolve('open');
      }),
  );
  expect(newer).toBe('open');
});
