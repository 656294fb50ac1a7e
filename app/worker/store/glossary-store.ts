/**
 * Stores a person's glossary, in a separate database: it is edited and exported as a whole and is independent of
 * conversations.
 */
import type { DBSchema } from 'idb';
import type { GlossaryEntry } from '../../protocol/types.ts';
import { deleteDatabase, openWhole } from './open-database.ts';

export interface GlossaryStore {
  /** Sorted by languages, then by term. */
  entries(): Promise<GlossaryEntry[]>;
  /** Adds entries; replaces those for the same term and languages. */
  put(entries: readonly GlossaryEntry[]): Promise<void>;
  remove(entries: readonly GlossaryEntry[]): Promise<void>;
  /** Removes all of it, whatever state it is in. */
  erase(): Promise<void>;
}

type Key = [from: string, to: string, term: string];

interface Schema extends DBSchema {
  entries: { key: Key; value: StoredEntry };
}

/** An entry as stored: a key must have all its parts, so `''` means any language. */
type StoredEntry = GlossaryEntry & { readonly from: string };

const toStored = (entry: GlossaryEntry): StoredEntry => ({ ...entry, from: entry.from ?? '' });
const fromStored = ({ from, ...entry }: StoredEntry): GlossaryEntry =>
  from === '' ? entry : { from, ...entry };
const keyOf = ({ from = '', to, term }: GlossaryEntry): Key => [from, to, term];

export async function openIdbGlossary(name = 'linnet-glossary'): Promise<GlossaryStore> {
  let db = await open(name);
  const write = async (work: (store: { put(e: StoredEntry): unknown; delete(k: Key): unknown }) => void) => {
    const transaction = db.transaction('entries', 'readwrite');
    work(transaction.store);
    await transaction.done;
  };
  return {
    entries: async () => (await db.getAll('entries')).filter(isEntry).map(fromStored),
    put: (entries) => write((store) => entries.forEach((entry) => void store.put(toStored(entry)))),
    remove: (entries) => write((store) => entries.forEach((entry) => void store.delete(keyOf(entry)))),
    erase: () =>
      db.clear('entries').catch(async () => {
        db.close();
        await deleteDatabase(name);
        db = await open(name);
      }),
  };
}

const open = (name: string) =>
  openWhole<Schema>(name, {
    version: 1,
    upgrade(db) {
      if (!db.objectStoreNames.contains('entries'))
        db.createObjectStore('entries', { keyPath: ['from', 'to', 'term'] });
    },
    isWhole: (db) => db.objectStoreNames.contains('entries'),
  });

/** Its key guarantees only that the other fields are there. */
const isEntry = (entry: StoredEntry): boolean =>
  [entry.from, entry.to, entry.term, entry.translation].every((part) => typeof part === 'string');

export function memoryGlossary(): GlossaryStore {
  const known = new Map<string, GlossaryEntry>();
  const id = (entry: GlossaryEntry) => JSON.stringify(keyOf(entry));
  return {
    entries: async () => [...known].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, entry]) => entry),
    put: async (entries) => {
      for (const entry of entries) known.set(id(entry), entry);
    },
    remove: async (entries) => {
      for (const entry of entries) known.delete(id(entry));
    },
    erase: async () => known.clear(),
  };
}
