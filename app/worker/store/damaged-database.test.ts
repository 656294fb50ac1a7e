/** A database that lacks what it should have, on an IndexedDB in memory: what is in it stays, and it can be used again. */
import {
  IDBCursor,
  IDBDatabase,
  IDBFactory,
  IDBIndex,
  IDBKeyRange,
  IDBObjectStore,
  IDBRequest,
  IDBTransaction,
} from 'fake-indexeddb';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { chatJob, conversation, pageText } from '../../testing/builders.ts';
import { VERSION } from './schema.ts';
import { openIdbStore } from './store.ts';

/** What `idb` looks up by its global name. */
const classes = { IDBCursor, IDBDatabase, IDBIndex, IDBKeyRange, IDBObjectStore, IDBRequest, IDBTransaction };

beforeEach(() => {
  for (const [name, value] of Object.entries({ ...classes, indexedDB: new IDBFactory() }))
    vi.stubGlobal(name, value);
});
afterEach(() => {
  vi.unstubAllGlobals();
});

/** Opens the database past the store, which never leaves it in such a state. Returns its version. */
async function changed(
  version?: number,
  change?: (db: IDBDatabase, transaction: IDBTransaction) => void,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open('linnet', version);
    opening.onerror = () => reject(opening.error);
    opening.onupgradeneeded = () => change?.(opening.result, opening.transaction!);
    opening.onsuccess = () => {
      opening.result.close();
      resolve(opening.result.version);
    };
  });
}

const wren = conversation({ id: 'wren', jobs: ['one'] });
const one = chatJob({ id: 'one', conversation: 'wren' });
const loose = chatJob({ id: 'loose' });

async function written() {
  const store = await openIdbStore('en');
  await store.saveConversation(wren, pageText());
  await store.saveJob(one);
  await store.saveJob(loose);
  await store.saveSettings({ ...store.defaults, language: 'fr' });
}

it('without an object store and an index it gets both, and keeps the rest', async () => {
  await written();
  await changed(VERSION + 1, (db, transaction) => {
    db.deleteObjectStore('materials');
    transaction.objectStore('jobs').deleteIndex('looseAt');
  });
  const store = await openIdbStore('en');
  expect(await store.conversations(9)).toEqual([wren]);
  expect(await store.job('one')).toMatchObject({ id: 'one' });
  expect(await store.settings()).toMatchObject({ language: 'fr' });
  expect(await store.material('wren')).toBeUndefined();
  expect((await store.looseJobs(9)).map(({ id }) => id)).toEqual(['loose']);
  await store.saveConversation(wren, pageText());
  expect(await store.material('wren')).toEqual(pageText());
  // The repair took a version. The next start repairs nothing.
  expect(await changed()).toBe(VERSION + 2);
  await openIdbStore('en');
  expect(await changed()).toBe(VERSION + 2);
});

it('says how many records are damaged, lists the others, and removes the damaged ones alone', async () => {
  await written();
  await changed(VERSION + 1, (_, transaction) => {
    const conversations = transaction.objectStore('conversations');
    conversations.put({ id: 'no-jobs', title: 'x', createdAt: 1, updatedAt: 9e15 });
    conversations.put({ id: 'no-time' });
    transaction.objectStore('jobs').put({ id: 'odd', progress: { phase: 'writing' } });
  });
  const store = await openIdbStore('en');
  expect(await store.conversations(9)).toEqual([wren]);
  expect(await store.job('odd')).toBeUndefined();
  expect(await store.damaged()).toBe(3);
  await store.removeDamaged();
  expect(await store.damaged()).toBe(0);
  expect(await store.conversations(9)).toEqual([wren]);
  expect(await store.job('one')).toMatchObject({ id: 'one' });
});

it('of a newer version of Linnet is opened as it is', async () => {
  await written();
  await changed(VERSION * 2);
  const store = await openIdbStore('en');
  expect(await store.conversations(9)).toEqual([wren]);
  expect(await changed()).toBe(VERSION * 2);
});

it('that cannot be erased record by record is deleted whole', async () => {
  await written();
  const store = await openIdbStore('en');
  // While it is open: its version ends, and what it asks for is refused.
  await changed(VERSION + 1, (db) => db.deleteObjectStore('materials'));
  await store.erase();
  expect(await store.conversations(9)).toEqual([]);
  expect(await store.settings()).toMatchObject({ language: 'en' });
});
