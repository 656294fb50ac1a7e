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

/** The layout that this code reads and writes. */
const LAYOUT = 3;
/** Versions of the database from one layout to the next: each repair of a damaged database needs a version of its own. */
const REPAIRS = 100;
/** Up to layout 3 the version was the number of the layout. */
export const VERSION = LAYOUT * REPAIRS;

const layoutOf = (version: number): number => (version < REPAIRS ? version : Math.floor(version / REPAIRS));

interface StoreLayout {
  readonly keyPath?: string;
  /** Key paths by the names of the indexes. */
  readonly indexes: Readonly<Record<string, string>>;
}

const STORES: Readonly<Record<StoreNames<LinnetSchema>, StoreLayout>> = {
  settings: { indexes: {} },
  jobs: { keyPath: 'id', indexes: { phase: 'progress.phase', looseAt: 'looseAt' } },
  conversations: { keyPath: 'id', indexes: { updatedAt: 'updatedAt', deletedAt: 'deletedAt' } },
  materials: { indexes: {} },
};

const NAMES = Object.keys(STORES) as StoreNames<LinnetSchema>[];

/** Whether the database has every object store and index. */
export function isWhole(db: IDBPDatabase<LinnetSchema>): boolean {
  if (!NAMES.every((name) => db.objectStoreNames.contains(name))) return false;
  const transaction = db.transaction(NAMES);
  return NAMES.every((name) => {
    const { indexNames } = transaction.objectStore(name);
    return Object.keys(STORES[name].indexes).every((index) => [...indexNames].includes(index as never));
  });
}

type Upgrade = IDBPTransaction<LinnetSchema, StoreNames<LinnetSchema>[], 'versionchange'>;

export async function upgrade(
  db: IDBPDatabase<LinnetSchema>,
  from: number,
  transaction: Upgrade,
): Promise<void> {
  const layout = layoutOf(from);
  for (const name of NAMES) complete(db, transaction, name);
  if (layout === 1) await fromFirst(transaction);
  if (layout === 1 || layout === 2) await fromSecond(transaction);
}

/** Creates the object store and its indexes where they are missing. */
function complete(
  db: IDBPDatabase<LinnetSchema>,
  transaction: Upgrade,
  name: StoreNames<LinnetSchema>,
): void {
  const { keyPath, indexes } = STORES[name];
  // Each object store has its own type of index; these names are those of the layout above.
  const store = (db.objectStoreNames.contains(name)
    ? transaction.objectStore(name)
    : db.createObjectStore(name, keyPath === undefined ? {} : { keyPath })) as unknown as IDBObjectStore;
  for (const [index, path] of Object.entries(indexes))
    if (!store.indexNames.contains(index)) store.createIndex(index, path);
}

/** Indexes that only earlier layouts have. */
function dropIndex(transaction: Upgrade, index: string): void {
  const jobs = transaction.objectStore('jobs') as unknown as IDBObjectStore;
  if (jobs.indexNames.contains(index)) jobs.deleteIndex(index);
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
  dropIndex(transaction, 'updatedAt');
  await updateAll(transaction.objectStore('jobs'), (job) =>
    job.conversation === undefined ? toStoredJob(job) : job,
  );
}

/** Version 2 had one flat record for all kinds of job, and an empty string where a language is absent now. */
async function fromSecond(transaction: Upgrade): Promise<void> {
  dropIndex(transaction, 'status');
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

/** A record that cannot be changed stays as it is: one that is damaged must not keep the others from being opened. */
async function updateAll<Name extends 'jobs' | 'materials' | 'conversations'>(
  store: IDBPObjectStore<LinnetSchema, StoreNames<LinnetSchema>[], Name, 'versionchange'>,
  change: (value: LinnetSchema[Name]['value'], key: string) => LinnetSchema[Name]['value'],
): Promise<void> {
  let cursor = await store.openCursor();
  while (cursor !== null) {
    const changed = attempt(cursor.value, (value) => change(value, String(cursor?.key)));
    if (changed !== cursor.value) await cursor.update(changed);
    cursor = await cursor.continue();
  }
}

function attempt<T>(value: T, change: (value: T) => T): T {
  try {
    return change(value);
  } catch {
    return value;
  }
}
