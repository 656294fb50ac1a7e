/**
 * Stores a person's work: conversations with their page, jobs with their answers, settings. All of it is in this
 * browser's IndexedDB and nowhere else.
 *
 * Jobs are stored when they change state and at intervals while they write, so that an answer survives the end of the
 * browser; a job that is unfinished at the start was interrupted ({@link Store.interruptUnfinished}).
 */
import { log } from '../../../engine/index.ts';
import { allJobs } from '../../protocol/branches.ts';
import { readSettings } from '../../protocol/edge/settings-schema.ts';
import type { StoredIds } from '../../protocol/keeping.ts';
import { isFinal, type Job, type JobPhase, type Settings } from '../../protocol/types.ts';
import { settled } from '../../text/parts/preliminary.ts';
import { isConversation, isJob } from './check-records.ts';
import { type CheckedRecords, checkedRecords } from './checked-records.ts';
import { type Database, deleteDatabase, openDatabase } from './open-database.ts';
import { type StoredConversation, type StoredMaterial, toStoredJob } from './stored-records.ts';

export type { StoredConversation, StoredMaterial } from './stored-records.ts';

export interface Store {
  /** Whether its data outlives the browser's session. */
  readonly lasting: boolean;
  /** The settings of a first start. */
  readonly defaults: Settings;
  settings(): Promise<Settings>;
  saveSettings(settings: Settings): Promise<void>;
  job(id: string): Promise<Job | undefined>;
  saveJob(job: Job): Promise<void>;
  conversation(id: string): Promise<StoredConversation | undefined>;
  /** The text that a conversation is about; it is not sent to Linnet's pages. */
  material(conversation: string): Promise<StoredMaterial | undefined>;
  /** `material`: absent where it has not changed. */
  saveConversation(conversation: StoredConversation, material?: StoredMaterial): Promise<void>;
  /** Newest first, without deleted ones. Those of private windows are in a list of their own, which `ofPrivate` asks for. */
  conversations(limit: number, ofPrivate?: boolean): Promise<StoredConversation[]>;
  /** Jobs that belong to no conversation, newest first, without those of private windows. */
  looseJobs(limit: number): Promise<Job[]>;
  /** Removes jobs that belong to no conversation. */
  removeJobs(ids: readonly string[]): Promise<void>;
  /** Whether the conversation is on the disk; then what a model read of it may be saved there too. */
  keeps(conversation: string): Promise<boolean>;
  /** Removes it with its jobs; this cannot be undone. */
  removeConversation(id: string): Promise<void>;
  /** Removes conversations that were deleted and not restored; returns how many. */
  removeDeleted(): Promise<number>;
  /** Names what was last changed before `time`, in milliseconds since 1970: conversations, and jobs without one. */
  unchangedSince(time: number): Promise<StoredIds>;
  /** Removes and names everything that came from a private window. */
  endPrivate(): Promise<StoredIds>;
  /** Removes everything but the fact that the demo model was imported. */
  erase(): Promise<void>;
  /** Marks jobs that were under way when the worker ended; returns how many. */
  interruptUnfinished(now: number): Promise<number>;
  /** Records that were left out so far because they are damaged. */
  damaged(): Promise<number>;
  removeDamaged(): Promise<void>;
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
  let db = await openDatabase(name);
  const records = checkedRecords(() => db);
  const { conversation, job } = records;
  return {
    lasting: true,
    defaults: defaultSettings(language),
    settings: async () => usableSettings(await db.get('settings', 'settings'), language),
    saveSettings: async (settings) => void (await db.put('settings', settings, 'settings')),
    job,
    saveJob: async (each) => void (await db.put('jobs', toStoredJob(each))),
    conversation,
    material: records.material,
    saveConversation: (each, material) => saveConversation(db, each, material),
    conversations: async (limit, ofPrivate = false) => (ofPrivate ? [] : newest(db, records, limit)),
    looseJobs: (limit) => looseJobs(db, records, limit),
    removeJobs: (ids) => removeJobs(db, ids),
    keeps: async (id) => (await conversation(id)) !== undefined,
    removeConversation: (id) => removeConversation(db, id),
    removeDeleted: () => removeDeleted(db),
    unchangedSince: (time) => unchangedSince(db, time),
    endPrivate: async () => ({ conversations: [], jobs: [] }),
    async erase() {
      const { demoImported = false } = (await db.get('settings', 'settings').catch(() => undefined)) ?? {};
      const fresh = { ...defaultSettings(language), demoImported };
      await erase(db, fresh).catch(async () => {
        // It is damaged, so that only the whole of it can be deleted.
        db.close();
        await deleteDatabase(name);
        db = await openDatabase(name);
        await db.put('settings', fresh, 'settings');
      });
      records.forget();
    },
    interruptUnfinished: (now) => interruptUnfinished(db, now),
    damaged: () => records.damaged(),
    removeDamaged: () => records.removeDamaged(),
  };
}

async function saveConversation(
  db: Database,
  conversation: StoredConversation,
  material: StoredMaterial | undefined,
): Promise<void> {
  if (material === undefined) return void (await db.put('conversations', conversation));
  const transaction = db.transaction(['conversations', 'materials'], 'readwrite');
  await Promise.all([
    transaction.objectStore('conversations').put(conversation),
    transaction.objectStore('materials').put(material, conversation.id),
    transaction.done,
  ]);
}

/** In one transaction; one by one where a value in it cannot be read, since that ends the transaction. */
async function newest(db: Database, records: CheckedRecords, limit: number): Promise<StoredConversation[]> {
  return newestAtOnce(db, records, limit).catch(() => newestOneByOne(db, records, limit));
}

async function newestAtOnce(
  db: Database,
  records: CheckedRecords,
  limit: number,
): Promise<StoredConversation[]> {
  const found: StoredConversation[] = [];
  const { store } = db.transaction('conversations');
  let cursor = await store.index('updatedAt').openCursor(null, 'prev');
  while (cursor !== null && found.length < limit) {
    const value = records.checked(cursor.value, cursor.primaryKey);
    if (value !== undefined && value.deletedAt === undefined) found.push(value);
    cursor = await cursor.continue();
  }
  return found;
}

async function newestOneByOne(
  db: Database,
  records: CheckedRecords,
  limit: number,
): Promise<StoredConversation[]> {
  const found: StoredConversation[] = [];
  for (const id of (await db.getAllKeysFromIndex('conversations', 'updatedAt')).toReversed()) {
    if (found.length >= limit) break;
    const value = await records.conversation(id);
    if (value !== undefined && value.deletedAt === undefined) found.push(value);
  }
  return found;
}

async function looseJobs(db: Database, records: CheckedRecords, limit: number): Promise<Job[]> {
  const ids = (await db.getAllKeysFromIndex('jobs', 'looseAt')).toReversed();
  const found: Job[] = [];
  for (const id of ids) {
    if (found.length >= limit) break;
    const job = await records.job(id);
    if (job !== undefined) found.push(job);
  }
  return found;
}

async function removeJobs(db: Database, ids: readonly string[]): Promise<void> {
  const transaction = db.transaction('jobs', 'readwrite');
  await Promise.all([...ids.map((id) => transaction.store.delete(id)), transaction.done]);
}

async function unchangedSince(db: Database, time: number): Promise<StoredIds> {
  const before = IDBKeyRange.upperBound(time, true);
  const [conversations, jobs] = await Promise.all([
    db.getAllKeysFromIndex('conversations', 'updatedAt', before),
    db.getAllKeysFromIndex('jobs', 'looseAt', before),
  ]);
  return { conversations, jobs };
}

async function removeConversation(db: Database, id: string): Promise<void> {
  const transaction = db.transaction(['conversations', 'materials', 'jobs'], 'readwrite');
  const conversation = await transaction.objectStore('conversations').get(id);
  const jobs = isConversation(conversation) ? allJobs(conversation) : [];
  for (const job of jobs) await transaction.objectStore('jobs').delete(job);
  await transaction.objectStore('materials').delete(id);
  await transaction.objectStore('conversations').delete(id);
  await transaction.done;
}

async function removeDeleted(db: Database): Promise<number> {
  const deleted = await db.getAllKeysFromIndex('conversations', 'deletedAt');
  for (const id of deleted) await removeConversation(db, id);
  return deleted.length;
}

async function erase(db: Database, fresh: Settings): Promise<void> {
  const transaction = db.transaction(['conversations', 'materials', 'jobs', 'settings'], 'readwrite');
  await Promise.all([
    transaction.objectStore('conversations').clear(),
    transaction.objectStore('materials').clear(),
    transaction.objectStore('jobs').clear(),
    transaction.objectStore('settings').put(fresh, 'settings'),
    transaction.done,
  ]);
}

async function interruptUnfinished(db: Database, now: number): Promise<number> {
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
      const ended: Job = { ...job, progress: { phase: 'interrupted' }, updatedAt: now };
      await transaction.store.put(toStoredJob(isJob(ended) ? settled(ended) : ended));
    }
  }
  await transaction.done;
  return interrupted;
}
