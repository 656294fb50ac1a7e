/**
 * How Linnet's database is laid out, and how one of an earlier version becomes one of this. A version is changed in one
 * transaction: where that fails, what a person has stays as it was.
 */
import type { DBSchema, IDBPDatabase, IDBPTransaction, StoreNames } from 'idb';
import type { Conversation, Job, JobStatus, PageText, Settings } from '../../protocol/types.ts';

export interface StoredConversation extends Conversation {
  /** Milliseconds since 1970; it is in no list any more, and goes for good a little later. */
  readonly deletedAt?: number;
}

export type StoredJob = Job & {
  /** `updatedAt` of a job that belongs to no conversation: only such jobs are in the index. */
  readonly looseAt?: number;
};

export interface LinnetSchema extends DBSchema {
  settings: { key: 'settings'; value: Settings };
  jobs: { key: string; value: StoredJob; indexes: { status: JobStatus; looseAt: number } };
  conversations: {
    key: string;
    value: StoredConversation;
    indexes: { updatedAt: number; deletedAt: number };
  };
  /** What was read of the page that a conversation is about, by the conversation: lists need none of it. */
  materials: { key: string; value: PageText };
}

export const VERSION = 2;

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
    jobs.createIndex('status', 'status');
    jobs.createIndex('looseAt', 'looseAt');
    transaction.objectStore('conversations').createIndex('deletedAt', 'deletedAt');
    if (from === 1) await fromFirst(transaction);
  }
}

/** The first version kept a page's text within its conversation, and found loose jobs by looking at all. */
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
  // Of the first version alone.
  (jobs as unknown as IDBObjectStore).deleteIndex('updatedAt');
  let job = await jobs.openCursor();
  while (job !== null) {
    if (job.value.conversation === undefined) await job.update(toStoredJob(job.value));
    job = await job.continue();
  }
}

export const toStoredJob = (job: Job): StoredJob =>
  job.conversation === undefined ? { ...job, looseAt: job.updatedAt } : job;
