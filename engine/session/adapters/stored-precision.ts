/** Stores for which models half precision is too small on a GPU. */
import type { Storage } from '../../weights/store/storage.ts';
import { remembered } from './remembered.ts';

/** Remembers models whose activations need f32 on a GPU. */
export interface PrecisionCache {
  /** Whether f16 was too small for this model before. */
  isWide(key: string): Promise<boolean>;
  setWide(key: string): Promise<void>;
}

const isKey = (x: unknown): x is string => typeof x === 'string';

/** Returns a cache in `storage`. What cannot be read counts as unknown: then f16 is tried again. */
export function storedPrecision(storage: Storage): PrecisionCache {
  const keys = remembered(storage, 'adapters/wide.json', isKey, (key) => key);
  return {
    isWide: async (key) => (await keys.find(key)) !== undefined,
    setWide: (key) => keys.put(key),
  };
}
