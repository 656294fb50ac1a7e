/**
 * The layout of Linnet's database, and the upgrade from earlier versions. An upgrade runs in one transaction: if it fails,
 * the data stays as it was.
 */
import type { DBSchema, IDBPDatabase, IDBPObjectStore, IDBPTransaction, StoreNames } from 'idb';
import type { JobPhase, PageText, Settings } from '../../protocol/types.ts';
import { migrateJob } from './migrate-jobs.ts';
import {
  type StoredConversation,
  type StoredJob,
  type StoredMaterial,
  toStoredJob,
} from './stored-records.ts';

export interface LinnetSchema extends DBSchema {
  settings: { key: 'settings'; value: Settings };
  jobs: { key: string; value: StoredJob; indexes: { phase: JobPhase; looseAt: number } };
  conversations: {
    key: string;
    value: StoredConversation;
    indexes: { updatedAt: number; deletedAt: number };
  };
  /** By the conversation's id: lists of conversations do not need it. */
  materials: { key: string; value: StoredMaterial };
}

export const VERSION = 3;

type Upgrade = IDBPTransaction<LinnetSchema, StoreNames<LinnetSchema>[], 'versionchange'>;

export async function upgrade(
  db: IDBPDatabase<LinnetSchema>,
  from: number,
  transaction: Upgrade,
): Promise<void> {
  if (from < 1) {
    db.createObjectStore('settings');
    db.createObjectStore('jobs', { keyPath: 'id' });
    db.createObjectStore('conversations', { keyPath: 'id' }).createIndex('updatedAt', 'updatedAt');
  }
  if (from < 2) {
    db.createObjectStore('materials');
    const jobs = transaction.objectStore('jobs');
    jobs.createIndex('looseAt', 'looseAt');
    transaction.objectStore('conversations').createIndex('deletedAt', 'deletedAt');
    if (from === 1) await fromFirst(transaction);
  }
  if (from < 3) {
    const jobs = transaction.objectStore('jobs');
    // Only version 2 has this index.
    if (from === 2) (jobs as unknown as IDBObjectStore).deleteIndex('status');
    jobs.createIndex('phase', 'progress.phase');
    if (from > 0) await fromSecond(transaction);
  }
}

/** Version 1 stored a page's text within its conversation, and had no index of jobs without a conversation. */
async function fromFirst(transaction: Upgrade): Promise<void> {
  const materials = transaction.objectStore('materials');
  let conversation = await transaction.objectStore('conversations').openCursor();
  while (conversation !== null) {
    const { material, ...rest } = conversation.value as StoredConversation & { material?: PageText };
    if (material !== undefined) {
      await materials.put(material, rest.id);
      await conversation.update(rest);
    }
    conversation = await conversation.continue();
  }
  const jobs = transaction.objectStore('jobs');
  // Only version 1 has this index.
  (jobs as unknown as IDBObjectStore).deleteIndex('updatedAt');
  let job = await jobs.openCursor();
  while (job !== null) {
    if (job.value.conversation === undefined) await job.update(toStoredJob(job.value));
    job = await job.continue();
  }
}

/** Version 2 had one flat record for all kinds of job, and an empty string where a language is absent now. */
async function fromSecond(transaction: Upgrade): Promise<void> {
  const settings = transaction.objectStore('settings');
  const stored = await settings.get('settings');
  if (stored !== undefined)
    await settings.put({ ...stored, summaryLanguage: stored.summaryLanguage || undefined }, 'settings');
  await updateAll(transaction.objectStore('jobs'), (job, id) => migrateJob(job, id));
  await updateAll(transaction.objectStore('materials'), withoutEmptyLang);
  await updateAll(transaction.objectStore('conversations'), (conversation) =>
    conversation.page === undefined
      ? conversation
      : { ...conversation, page: withoutEmptyLang(conversation.page) },
  );
}

const withoutEmptyLang = <T extends { readonly lang?: string }>(page: T): T =>
  page.lang === '' ? { ...page, lang: undefined } : page;

async function updateAll<Name extends 'jobs' | 'materials' | 'conversations'>(
  store: IDBPObjectStore<LinnetSchema, StoreNames<LinnetSchema>[], Name, 'versionchange'>,
  change: (value: LinnetSchema[Name]['value'], key: string) => LinnetSchema[Name]['value'],
): Promise<void> {
  let cursor = await store.openCursor();
  while (cursor !== null) {
    const changed = change(cursor.value, String(cursor.key));
    if (changed !== cursor.value) await cursor.update(changed);
    cursor = await cursor.continue();
  }
}
