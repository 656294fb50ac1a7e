/**
 * What Linnet remembers of a person's work: conversations with their page, jobs with their answers, settings.
 * All of it lies in this browser's IndexedDB and nowhere else.
 *
 * Jobs are stored when they change state and now and then while they write, so that an answer survives the end
 * of the browser; a job found unfinished at the start was interrupted ({@link Store.interruptUnfinished}).
 */
import { type DBSchema, type IDBPDatabase, openDB } from 'idb';
import { allJobs } from '../jobs/branches.ts';
import type { Match, Matches } from '../jobs/find.ts';
import { type Conversation, isOver, type Job, type PageText, type Settings } from '../protocol/types.ts';

/** A conversation with the text of its page, which pages of Linnet are not sent. */
export interface StoredConversation extends Conversation {
  readonly material?: PageText;
  /** Milliseconds since 1970; it is in no list any more, and goes for good a little later. */
  readonly deletedAt?: number;
}

export interface Store {
  /** Whether what it takes outlives the browser. */
  readonly lasting: boolean;
  settings(): Promise<Settings>;
  saveSettings(settings: Settings): Promise<void>;
  job(id: string): Promise<Job | undefined>;
  saveJob(job: Job): Promise<void>;
  conversation(id: string): Promise<StoredConversation | undefined>;
  saveConversation(conversation: StoredConversation): Promise<void>;
  /** Newest first, without deleted ones. `matches` is given all jobs of a conversation. */
  conversations(limit: number, matches?: Matches): Promise<(StoredConversation & Match)[]>;
  /** With its jobs, for good. */
  removeConversation(id: string): Promise<void>;
  /** Removes conversations that were deleted and not restored; returns how many. */
  removeDeleted(): Promise<number>;
  /** Everything but the fact that the demo model was imported. */
  erase(): Promise<void>;
  /** Marks jobs that were under way when the worker ended; returns how many. */
  interruptUnfinished(now: number): Promise<number>;
}

interface Schema extends DBSchema {
  settings: { key: 'settings'; value: Settings };
  jobs: { key: string; value: Job; indexes: { updatedAt: number } };
  conversations: { key: string; value: StoredConversation; indexes: { updatedAt: number } };
}

/** Translations belong to no conversation; the oldest go. */
const LOOSE_JOBS = 50;

export function defaultSettings(language: string): Settings {
  return {
    style: { type: 'key-points', length: 'medium' },
    language,
    autoStart: true,
    demoImported: false,
    pace: 'balanced',
    prompts: [],
  };
}

export async function openIdbStore(language: string, name = 'linnet'): Promise<Store> {
  const db = await openDB<Schema>(name, 1, {
    upgrade(fresh) {
      fresh.createObjectStore('settings');
      fresh.createObjectStore('jobs', { keyPath: 'id' }).createIndex('updatedAt', 'updatedAt');
      fresh.createObjectStore('conversations', { keyPath: 'id' }).createIndex('updatedAt', 'updatedAt');
    },
  });
  return {
    lasting: true,
    settings: async () => ({ ...defaultSettings(language), ...(await db.get('settings', 'settings')) }),
    saveSettings: async (settings) => void (await db.put('settings', settings, 'settings')),
    job: (id) => db.get('jobs', id),
    saveJob: async (job) => void (await db.put('jobs', job)),
    conversation: (id) => db.get('conversations', id),
    saveConversation: async (conversation) => void (await db.put('conversations', conversation)),
    conversations: (limit, matches) => newest(db, limit, matches),
    removeConversation: (id) => removeConversation(db, id),
    removeDeleted: () => removeDeleted(db),
    erase: () => erase(db, language),
    interruptUnfinished: (now) => interruptUnfinished(db, now),
  };
}

async function newest(
  db: IDBPDatabase<Schema>,
  limit: number,
  matches?: Matches,
): Promise<(StoredConversation & Match)[]> {
  const found: (StoredConversation & Match)[] = [];
  const transaction = db.transaction(['conversations', 'jobs']);
  const jobsOf = async (conversation: StoredConversation) => {
    const jobs = transaction.objectStore('jobs');
    const read = await Promise.all(allJobs(conversation).map((id) => jobs.get(id)));
    return read.filter((job) => job !== undefined);
  };
  let cursor = await transaction.objectStore('conversations').index('updatedAt').openCursor(null, 'prev');
  while (cursor !== null && found.length < limit) {
    const { value } = cursor;
    if (value.deletedAt === undefined) {
      const match = matches === undefined ? {} : matches(value, await jobsOf(value));
      if (match !== undefined) found.push({ ...value, ...match });
    }
    cursor = await cursor.continue();
  }
  return found;
}

async function removeConversation(db: IDBPDatabase<Schema>, id: string): Promise<void> {
  const transaction = db.transaction(['conversations', 'jobs'], 'readwrite');
  const conversation = await transaction.objectStore('conversations').get(id);
  const jobs = conversation === undefined ? [] : allJobs(conversation);
  for (const job of jobs) await transaction.objectStore('jobs').delete(job);
  await transaction.objectStore('conversations').delete(id);
  await transaction.done;
}

async function removeDeleted(db: IDBPDatabase<Schema>): Promise<number> {
  const deleted = (await db.getAll('conversations')).filter(({ deletedAt }) => deletedAt !== undefined);
  for (const { id } of deleted) await removeConversation(db, id);
  return deleted.length;
}

async function erase(db: IDBPDatabase<Schema>, language: string): Promise<void> {
  const { demoImported } = (await db.get('settings', 'settings')) ?? defaultSettings(language);
  const transaction = db.transaction(['conversations', 'jobs', 'settings'], 'readwrite');
  await transaction.objectStore('conversations').clear();
  await transaction.objectStore('jobs').clear();
  await transaction.objectStore('settings').put({ ...defaultSettings(language), demoImported }, 'settings');
  await transaction.done;
}

async function interruptUnfinished(db: IDBPDatabase<Schema>, now: number): Promise<number> {
  const transaction = db.transaction('jobs', 'readwrite');
  let interrupted = 0;
  let loose = 0;
  let cursor = await transaction.store.index('updatedAt').openCursor(null, 'prev');
  while (cursor !== null) {
    const job = cursor.value;
    if (job.conversation === undefined && ++loose > LOOSE_JOBS) await cursor.delete();
    else if (!isOver(job.status)) {
      interrupted++;
      await cursor.update({ ...job, status: 'interrupted', updatedAt: now });
    }
    cursor = await cursor.continue();
  }
  await transaction.done;
  return interrupted;
}
