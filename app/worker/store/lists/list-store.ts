/**
 * A list that a person collects, such as the glossary, in a database of its own: it is edited and exported as a whole and is
 * independent of conversations. Each record is named by some of its fields.
 */
import type { DBSchema } from 'idb';
import { deleteDatabase, openWhole } from '../open-database.ts';

export interface ListStore<T> {
  /** Sorted by their keys. */
  entries(): Promise<T[]>;
  /** Adds entries; replaces those of the same key. */
  put(entries: readonly T[]): Promise<void>;
  remove(entries: readonly T[]): Promise<void>;
  /** Removes all of it, whatever state it is in. */
  erase(): Promise<void>;
}

export interface ListLayout<T extends object> {
  /** The fields that name an entry. A key must have all its parts, so an absent one is stored as `''`. */
  readonly keyPath: readonly (keyof T & string)[];
  /** Whether a stored record can be used; those that cannot are left out. */
  isEntry(record: T): boolean;
}

type Stored = Readonly<Record<string, unknown>>;
type Key = string[];

interface Schema extends DBSchema {
  entries: { key: Key; value: Stored };
}

export async function openIdbList<T extends object>(
  name: string,
  layout: ListLayout<T>,
): Promise<ListStore<T>> {
  const { keyPath, isEntry } = layout;
  let db = await open(name, keyPath);
  const write = async (work: (store: { put(e: Stored): unknown; delete(k: Key): unknown }) => void) => {
    const transaction = db.transaction('entries', 'readwrite');
    work(transaction.store);
    await transaction.done;
  };
  const toStored = (entry: T): Stored => ({ ...entry, ...keyFields(entry, keyPath) });
  const fromStored = (stored: Stored): T =>
    Object.fromEntries(
      Object.entries(stored).filter(([field, value]) => value !== '' || !keyPath.includes(field as never)),
    ) as T;
  return {
    entries: async () => (await db.getAll('entries')).map(fromStored).filter(isEntry),
    put: (entries) => write((store) => entries.forEach((entry) => void store.put(toStored(entry)))),
    remove: (entries) =>
      write((store) => entries.forEach((entry) => void store.delete(keyOf(entry, keyPath)))),
    erase: () =>
      db.clear('entries').catch(async () => {
        db.close();
        await deleteDatabase(name);
        db = await open(name, keyPath);
      }),
  };
}

const open = (name: string, keyPath: readonly string[]) =>
  openWhole<Schema>(name, {
    version: 1,
    upgrade(db) {
      if (!db.objectStoreNames.contains('entries'))
        db.createObjectStore('entries', { keyPath: [...keyPath] });
    },
    isWhole: (db) => db.objectStoreNames.contains('entries'),
  });

const keyFields = <T extends object>(entry: T, keyPath: readonly (keyof T & string)[]): Stored =>
  Object.fromEntries(keyPath.map((field) => [field, entry[field] ?? '']));

const keyOf = <T extends object>(entry: T, keyPath: readonly (keyof T & string)[]): Key =>
  keyPath.map((field) => String(entry[field] ?? ''));

export function memoryList<T extends object>({ keyPath }: ListLayout<T>): ListStore<T> {
  const known = new Map<string, T>();
  const id = (entry: T) => JSON.stringify(keyOf(entry, keyPath));
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

/** Whether these fields are texts; a key guarantees only that its own are there. */
export const areTexts = (...fields: readonly unknown[]): boolean =>
  fields.every((field) => typeof field === 'string');
