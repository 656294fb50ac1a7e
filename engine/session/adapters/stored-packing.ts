/** Stores how many rows of a text each model can do without on a GPU: results of the needle test. */
import type { Storage } from '../../weights/store/storage.ts';
import type { PackingCache } from '../packing/packing.ts';
import { remembered } from './remembered.ts';

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
