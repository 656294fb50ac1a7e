/** Stores how many rows of a text each model can do without on a GPU: results of the needle test. */
import type { Storage } from '../../weights/store/storage.ts';
import { remembered } from './remembered.ts';

/** Remembers the share of rows that passed the needle test, by model and GPU. */
export interface PackingCache {
  read(key: string): Promise<number | undefined>;
  write(key: string, share: number): Promise<void>;
}

type Entry = readonly [key: string, share: number];

const isEntry = (x: unknown): x is Entry =>
  Array.isArray(x) && typeof x[0] === 'string' && typeof x[1] === 'number' && x[1] > 0 && x[1] <= 1;

/** Returns a cache in `storage`. What cannot be read counts as unknown: then the test is made again. */
export function storedPacking(storage: Storage): PackingCache {
  const entries = remembered(storage, 'adapters/packing.json', isEntry, ([key]) => key);
  return {
    read: async (key) => (await entries.find(key))?.[1],
    write: (key, share) => entries.put([key, share]),
  };
}
