/**
 * Stores a person's work: conversations with their page, jobs with their answers, settings. All of it is in this
 * browser's IndexedDB and nowhere else.
 *
 * Jobs are stored when they change state and at intervals while they write, so that an answer survives the end of the
 * browser; a job that is unfinished at the start was interrupted ({@link Store.interruptUnfinished}).
 */
import { type IDBPDatabase, openDB } from 'idb';
import { log } from '../../../engine/index.ts';
import { allJobs } from '../../protocol/branches.ts';
import { readSettings } from '../../protocol/edge/settings-schema.ts';
import type { SearchMatch, ConversationMatcher } from './conversation-search.ts';
import { isFinal, type Job, type JobPhase, type PageText, type Settings } from '../../protocol/types.ts';
import { type LinnetSchema, upgrade, VERSION } from './schema.ts';
import { type StoredConversation, type StoredJob, toStoredJob } from './stored-records.ts';

export type { StoredConversation } from './stored-records.ts';

export interface Store {
  /** Whether its data outlives the browser's session. */
  readonly lasting: boolean;
  settings(): Promise<Settings>;
  saveSettings(settings: Settings): Promise<void>;
  job(id: string): Promise<Job | undefined>;
  saveJob(job: Job): Promise<void>;
  conversation(id: string): Promise<StoredConversation | undefined>;
  /** The text of the page that a conversation is about; it is not sent to Linnet's pages. */
  material(conversation: string): Promise<PageText | undefined>;
  /** `material`: the text of the conversation's new page; absent where that has not changed. */
  saveConversation(conversation: StoredConversation, material?: PageText): Promise<void>;
  /** Newest first, without deleted ones. `matches` is given all jobs of a conversation. */
  conversations(limit: number, matches?: ConversationMatcher): Promise<(StoredConversation & SearchMatch)[]>;
  /** Removes it with its jobs; this cannot be undone. */
  removeConversation(id: string): Promise<void>;
  /** Removes conversations that were deleted and not restored; returns how many. */
  removeDeleted(): Promise<number>;
  /** Removes everything but the fact that the demo model was imported. */
  erase(): Promise<void>;
  /** Marks jobs that were under way when the worker ended; returns how many. */
  interruptUnfinished(now: number): Promise<number>;
}

/** Translations belong to no conversation; of those the newest are stored, at most this many. */
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

/** Stored settings, with defaults for those that are absent or cannot be used. */
export function usableSettings(stored: unknown, language: string): Settings {
  const { settings, invalid } = readSettings(stored, defaultSettings(language));
  if (invalid.length > 0) log('warn', 'store', `stored settings that cannot be used: ${invalid.join(', ')}`);
  return settings;
}

export async function openIdbStore(language: string, name = 'linnet'): Promise<Store> {
  const db = await openDB<LinnetSchema>(name, VERSION, {
    upgrade: (fresh, from, _, transaction) => upgrade(fresh, from, transaction),
    // A worker of a newer version must not wait for one of an older version that is ending.
    blocking: (_, __, event) => (event.target as IDBDatabase).close(),
  });
  return {
    lasting: true,
    settings: async () => usableSettings(await db.get('settings', 'settings'), language),
    saveSettings: async (settings) => void (await db.put('settings', settings, 'settings')),
    job: async (id) => fromStored(await db.get('jobs', id)),
    saveJob: async (job) => void (await db.put('jobs', toStoredJob(job))),
    conversation: (id) => db.get('conversations', id),
    material: (conversation) => db.get('materials', conversation),
    saveConversation: (conversation, material) => saveConversation(db, conversation, material),
    conversations: (limit, matches) => newest(db, limit, matches),
    removeConversation: (id) => removeConversation(db, id),
    removeDeleted: () => removeDeleted(db),
    erase: () => erase(db, language),
    interruptUnfinished: (now) => interruptUnfinished(db, now),
  };
}

/** The job without what only the store adds. */
function fromStored(job: StoredJob | undefined): Job | undefined {
  const { looseAt: _, ...rest } = job ?? {};
  return job && (rest as Job);
}

async function saveConversation(
  db: IDBPDatabase<LinnetSchema>,
  conversation: StoredConversation,
  material: PageText | undefined,
): Promise<void> {
  if (material === undefined) return void (await db.put('conversations', conversation));
  const transaction = db.transaction(['conversations', 'materials'], 'readwrite');
  await Promise.all([
    transaction.objectStore('conversations').put(conversation),
    transaction.objectStore('materials').put(material, conversation.id),
    transaction.done,
  ]);
}

async function newest(
  db: IDBPDatabase<LinnetSchema>,
  limit: number,
  matches?: ConversationMatcher,
): Promise<(StoredConversation & SearchMatch)[]> {
  const found: (StoredConversation & SearchMatch)[] = [];
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

async function removeConversation(db: IDBPDatabase<LinnetSchema>, id: string): Promise<void> {
  const transaction = db.transaction(['conversations', 'materials', 'jobs'], 'readwrite');
  const conversation = await transaction.objectStore('conversations').get(id);
  const jobs = conversation === undefined ? [] : allJobs(conversation);
  for (const job of jobs) await transaction.objectStore('jobs').delete(job);
  await transaction.objectStore('materials').delete(id);
  await transaction.objectStore('conversations').delete(id);
  await transaction.done;
}

async function removeDeleted(db: IDBPDatabase<LinnetSchema>): Promise<number> {
  const deleted = await db.getAllKeysFromIndex('conversations', 'deletedAt');
  for (const id of deleted) await removeConversation(db, id);
  return deleted.length;
}

async function erase(db: IDBPDatabase<LinnetSchema>, language: string): Promise<void> {
  const { demoImported } = usableSettings(await db.get('settings', 'settings'), language);
  const transaction = db.transaction(['conversations', 'materials', 'jobs', 'settings'], 'readwrite');
  await transaction.objectStore('conversations').clear();
  await transaction.objectStore('materials').clear();
  await transaction.objectStore('jobs').clear();
  await transaction.objectStore('settings').put({ ...defaultSettings(language), demoImported }, 'settings');
  await transaction.done;
}

async function interruptUnfinished(db: IDBPDatabase<LinnetSchema>, now: number): Promise<number> {
  const transaction = db.transaction('jobs', 'readwrite');
  let loose = 0;
  let oldest = await transaction.store.index('looseAt').openKeyCursor(null, 'prev');
  while (oldest !== null) {
    if (++loose > LOOSE_JOBS) await transaction.store.delete(oldest.primaryKey);
    oldest = await oldest.continue();
  }
  const underWay: JobPhase[] = [];
  let each = await transaction.store.index('phase').openKeyCursor(null, 'nextunique');
  while (each !== null) {
    if (!isFinal(each.key)) underWay.push(each.key);
    each = await each.continue();
  }
  let interrupted = 0;
  for (const phase of underWay) {
    for (const job of await transaction.store.index('phase').getAll(phase)) {
      interrupted++;
      await transaction.store.put(
        toStoredJob({ ...job, progress: { phase: 'interrupted' }, updatedAt: now }),
      );
    }
  }
  await transaction.done;
  return interrupted;
}
