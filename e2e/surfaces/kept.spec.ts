/** What stays on the disk, in the files of a real profile, and what Linnet does where its own files are damaged. */
import type { PageText } from '../../app/protocol/types.ts';
import { expect, type LinnetBrowser, type Page, test } from '../harness/index.ts';
import { filesWith } from '../harness/profile-files.ts';
import { ask } from '../story.ts';

const style = { type: 'key-points', length: 'short' } as const;

/** A page with a word of its own in its address, its title and every sentence. */
const pageWith = (word: string): PageText => ({
  url: `https://example.org/${word}`,
  title: `The ${word} of the heath`,
  lang: 'en',
  dir: 'ltr',
  text: `The ${word} is a small finch of the open heath. It sings from the top of a bush in spring.\n\n`.repeat(
    4,
  ),
  source: 'readability',
});

/** A conversation with the page's own sentences as its answer; what the model adds takes too long on a GPU in software. */
async function summarised(own: Page, word: string, mark: { private?: true } = {}): Promise<string> {
  const target = { page: pageWith(word), ...mark };
  const { job, conversation } = await ask(own, 'summarise', { request: { kind: 'summary', style }, target });
  await ask(own, 'stop', { job });
  const phase = async () =>
    (await ask(own, 'transcript', { conversation: conversation! })).jobs[0]?.progress.phase;
  await expect.poll(phase).toMatch(/done|stopped|failed/);
  await ask(own, 'rename-conversation', { conversation: conversation!, title: `My ${word}` });
  return conversation!;
}

test('no file of the profile has what was read in a private window, on a site that is never kept, or while nothing is kept', async ({
  linnet,
}) => {
  const own = await linnet.open('options.html');
  await summarised(own, 'Kestrelxqa');
  await summarised(own, 'Privatexqb', { private: true });
  await ask(own, 'set-settings', { settings: { neverKept: ['example.org'] } });
  await summarised(own, 'Neverxqc');
  await ask(own, 'set-settings', { settings: { keepFor: 'session' }, unset: ['neverKept'] });
  await summarised(own, 'Sessionxqd');
  const titles = (list: readonly { title: string }[]) => list.map(({ title }) => title);
  expect(titles(await ask(own, 'conversations', { limit: 9 }))).toEqual([
    'My Sessionxqd',
    'My Neverxqc',
    'My Kestrelxqa',
  ]);
  expect(titles(await ask(own, 'conversations', { limit: 9, private: true }))).toEqual(['My Privatexqb']);
  // Prefixes are saved a moment after an answer, and the browser writes what it holds when it ends.
  await own.waitForTimeout(3000);
  await linnet.restart();
  // What is stored as ever is found, so the search would find the rest.
  expect(filesWith(linnet.profile, 'Kestrelxqa')).not.toEqual([]);
  for (const word of ['Privatexqb', 'Neverxqc', 'Sessionxqd'])
    expect(filesWith(linnet.profile, word), word).toEqual([]);
  const again = await linnet.open('options.html');
  expect(titles(await ask(again, 'conversations', { limit: 9 }))).toEqual(['My Kestrelxqa']);
});

/** Runs in a document of the extension that starts none of its code. */
async function damage({ stores, models }: { stores: boolean; models: boolean }): Promise<void> {
  await (
    globalThis as unknown as { chrome: { offscreen: { closeDocument(): Promise<void> } } }
  ).chrome.offscreen
    .closeDocument()
    .catch(() => {});
  if (models) {
    const root = await navigator.storage.getDirectory();
    // The worker that ends may keep a file open for a moment.
    for (let attempt = 0; attempt < 100; attempt++) {
      const removed = root.removeEntry('linnet', { recursive: true }).then(
        () => true,
        (error: DOMException) => error.name === 'NotFoundError',
      );
      if (await removed) break;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    await root.getFileHandle('linnet', { create: true });
  }
  if (!stores) return;
  const open = (version?: number, upgrade?: (db: IDBDatabase, transaction: IDBTransaction) => void) =>
    new Promise<IDBDatabase>((resolve, reject) => {
      const opening = indexedDB.open('linnet', version);
      opening.onerror = () => reject(opening.error);
      opening.onupgradeneeded = () => upgrade?.(opening.result, opening.transaction!);
      opening.onsuccess = () => resolve(opening.result);
    });
  const { version } = await open().then((db) => {
    db.close();
    return db;
  });
  const db = await open(version + 1, (old, transaction) => {
    old.deleteObjectStore('materials');
    transaction.objectStore('jobs').deleteIndex('looseAt');
    // Records that have not the form of one.
    transaction
      .objectStore('conversations')
      .put({ id: 'no-jobs', title: 'x', createdAt: 1, updatedAt: 9e15 });
    transaction.objectStore('conversations').put({ id: 'no-time' });
    transaction.objectStore('jobs').put({ id: 'odd', progress: { phase: 'writing' } });
  });
  db.close();
}

async function restartDamaged(
  linnet: LinnetBrowser,
  what: { stores: boolean; models: boolean },
): Promise<Page> {
  const blank = await linnet.open('manifest.json');
  for (const page of linnet.context.pages()) if (page !== blank) await page.close();
  await blank.evaluate(damage, what);
  await linnet.restart();
  return linnet.open('options.html');
}

test('a database without an object store and an index, and with damaged records, is repaired and keeps the rest', {
  tag: '@rare',
}, async ({ linnet }) => {
  const first = await linnet.open('options.html');
  const conversation = await summarised(first, 'Kestrelxqe');
  const own = await restartDamaged(linnet, { stores: true, models: false });
  expect((await ask(own, 'conversations', { limit: 9 })).map(({ id }) => id)).toEqual([conversation]);
  expect((await ask(own, 'transcript', { conversation })).jobs).toHaveLength(1);
  await summarised(own, 'Dunnockxqf');
  expect(await ask(own, 'conversations', { limit: 9 })).toHaveLength(2);
  await expect(own.getByText(/damaged records? of your conversations/)).toBeVisible();
  await own.getByRole('button', { name: 'Delete what is damaged' }).click();
  await expect(own.getByText(/damaged records? of your conversations/)).toBeHidden();
  expect(await ask(own, 'conversations', { limit: 9 })).toHaveLength(2);
});

test('a file in the place of the models’ folder is said, and everything can still be listed and erased', {
  tag: '@rare',
}, async ({ linnet }) => {
  const first = await linnet.open('options.html');
  const conversation = await summarised(first, 'Kestrelxqg');
  const own = await restartDamaged(linnet, { stores: false, models: true });
  await expect(own.getByText('The models on this device cannot be listed.')).toBeVisible();
  expect((await ask(own, 'conversations', { limit: 9 })).map(({ id }) => id)).toEqual([conversation]);
  await own.getByRole('button', { name: 'Delete everything' }).click();
  await own.getByRole('alertdialog').getByRole('button', { name: 'Delete everything' }).click();
  await expect(own.getByText('Deleted.')).toBeVisible();
  expect(await ask(own, 'conversations', { limit: 9 })).toEqual([]);
  await linnet.restart();
  const again = await linnet.open('options.html');
  await ask(again, 'settings', {});
  await expect(again.getByText('cannot be listed')).toHaveCount(0);
});
