/**
 * Reads records one by one and leaves out those that are damaged: records without the fields that others rely on, and
 * values that the browser itself can no longer read. They are counted and stay until a person has them deleted.
 */
import type { Job, PageText } from '../../protocol/types.ts';
import { isConversation, isJob, isPageText } from './check-records.ts';
import type { Database } from './open-database.ts';
import type { StoredConversation, StoredJob } from './stored-records.ts';

export interface CheckedRecords {
  conversation(id: string): Promise<StoredConversation | undefined>;
  job(id: string): Promise<Job | undefined>;
  material(conversation: string): Promise<PageText | undefined>;
  /** Checks a value that was read elsewhere: undefined, and counted, if it is damaged. */
  checked(value: unknown, key: string): StoredConversation | undefined;
  checkedJob(value: unknown, key: string): Job | undefined;
  damaged(): Promise<number>;
  removeDamaged(): Promise<void>;
  /** Everything was erased. */
  forget(): void;
}

type Name = 'conversations' | 'jobs' | 'materials';

/** What browsers throw where they cannot read one value. Other errors concern the whole database. */
const UNREADABLE = ['DataError', 'NotReadableError', 'DataCloneError'];

export function checkedRecords(db: () => Database): CheckedRecords {
  const damaged = new Map<string, readonly [Name, string]>();

  function check<T>(name: Name, key: string, value: unknown, is: (x: unknown) => x is T): T | undefined {
    if (value === undefined || is(value)) return value;
    damaged.set(`${name}/${key}`, [name, key]);
    return undefined;
  }

  async function read<T>(name: Name, key: string, is: (x: unknown) => x is T): Promise<T | undefined> {
    try {
      return check(name, key, await db().get(name, key), is);
    } catch (error) {
      if (!(error instanceof Error) || !UNREADABLE.includes(error.name)) throw error;
      damaged.set(`${name}/${key}`, [name, key]);
      return undefined;
    }
  }

  /** All conversations, since one without a time is in no list. Where one cannot be read, the lists find the others. */
  async function checkConversations(): Promise<void> {
    const all: { readonly id: string }[] = await db()
      .getAll('conversations')
      .catch(() => []);
    for (const each of all) check('conversations', each.id, each, isConversation);
  }

  return {
    conversation: (id) => read('conversations', id, isConversation),
    job: async (id) => withoutStoreFields(await read('jobs', id, isJob)),
    material: (id) => read('materials', id, isPageText),
    checked: (value, key) => check('conversations', key, value, isConversation),
    checkedJob: (value, key) => withoutStoreFields(check('jobs', key, value, isJob)),
    async damaged() {
      await checkConversations();
      return damaged.size;
    },
    async removeDamaged() {
      await checkConversations();
      for (const [id, [name, key]] of [...damaged]) {
        await db().delete(name, key);
        damaged.delete(id);
      }
    },
    forget: () => damaged.clear(),
  };
}

/** The job without what only the store adds. */
function withoutStoreFields(job: StoredJob | undefined): Job | undefined {
  const { looseAt: _, ...rest } = job ?? {};
  return job && (rest as Job);
}
