/**
 * Stores a person's glossary, in a separate database: it is edited and exported as a whole and is independent of
 * conversations.
 */
import { type DBSchema, openDB } from 'idb';
import type { GlossaryEntry } from '../../protocol/types.ts';

export interface GlossaryStore {
  /** Sorted by languages, then by term. */
  entries(): Promise<GlossaryEntry[]>;
  /** Adds entries; replaces those for the same term and languages. */
  put(entries: readonly GlossaryEntry[]): Promise<void>;
  remove(entries: readonly GlossaryEntry[]): Promise<void>;
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
  const db = await openDB<Schema>(name, 1, {
    upgrade(fresh) {
      fresh.createObjectStore('entries', { keyPath: ['from', 'to', 'term'] });
    },
  });
  const write = async (work: (store: { put(e: StoredEntry): unknown; delete(k: Key): unknown }) => void) => {
    const transaction = db.transaction('entries', 'readwrite');
    work(transaction.store);
    await transaction.done;
  };
  return {
    entries: async () => (await db.getAll('entries')).map(fromStored),
    put: (entries) => write((store) => entries.forEach((entry) => void store.put(toStored(entry)))),
    remove: (entries) => write((store) => entries.forEach((entry) => void store.delete(keyOf(entry)))),
  };
}

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
  };
}
