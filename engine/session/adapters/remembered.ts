/** Facts about models on a GPU, as a small JSON file beside the models: a list of entries, each with a key, the newest last. */
import type { GpuFacts } from '../../gpu/index.ts';
import type { Storage } from '../../weights/store/storage.ts';
import type { StoredModel } from '../types.ts';

/** Entries that are kept; the oldest go first. */
const MOST = 64;

/** Identifies a model, as it was imported, on a GPU. */
export function modelOnGpu(
  { vendor, architecture, name }: GpuFacts,
  { id, importedAt }: Pick<StoredModel, 'id' | 'importedAt'>,
): string {
  return JSON.stringify([vendor, architecture, name, id, importedAt]);
}

export interface Remembered<T> {
  find(key: string): Promise<T | undefined>;
  /** Replaces an entry with the same key. */
  put(entry: T): Promise<void>;
}

/** A file that cannot be read counts as empty. */
export function remembered<T>(
  storage: Storage,
  path: string,
  isEntry: (x: unknown) => x is T,
  keyOf: (entry: T) => string,
): Remembered<T> {
  const all = async (): Promise<T[]> => {
    try {
      const file = await storage.open(path);
      if (file === undefined) return [];
      const entries: unknown = JSON.parse(new TextDecoder().decode(await file.read(0, file.size)));
      return Array.isArray(entries) ? entries.filter(isEntry) : [];
    } catch {
      return [];
    }
  };
  return {
    find: async (key) => (await all()).find((entry) => keyOf(entry) === key),
    async put(entry) {
      const others = (await all()).filter((each) => keyOf(each) !== keyOf(entry));
      const text = JSON.stringify([...others, entry].slice(-MOST));
      await storage.remove(path); // otherwise a shorter text would keep the end of the old one
      const writer = await storage.create(path);
      await writer.write(0, new TextEncoder().encode(text));
      await writer.close();
    },
  };
}
