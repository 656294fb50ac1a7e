/** Stores for which models half precision is too small on a GPU, as small JSON files beside the models. */
import type { GpuFacts } from '../../gpu/index.ts';
import type { Storage } from '../../weights/store/storage.ts';
import type { StoredModel } from '../types.ts';

/** Remembers models whose activations need f32 on a GPU. */
export interface PrecisionCache {
  /** Whether f16 was too small for this model before. */
  isWide(key: string): Promise<boolean>;
  setWide(key: string): Promise<void>;
}

const FILE = 'adapters/wide.json';
/** Keys that are kept; the oldest go first. */
const MOST = 64;

/** Identifies a model, as it was imported, on a GPU. */
export function precisionKey(
  { vendor, architecture, name }: GpuFacts,
  { id, importedAt }: StoredModel,
): string {
  return JSON.stringify([vendor, architecture, name, id, importedAt]);
}

/** Returns a cache in `storage`. A file that cannot be read counts as empty: then f16 is tried again. */
export function storedPrecision(storage: Storage): PrecisionCache {
  const read = async (): Promise<string[]> => {
    try {
      const file = await storage.open(FILE);
      if (file === undefined) return [];
      const keys: unknown = JSON.parse(new TextDecoder().decode(await file.read(0, file.size)));
      return Array.isArray(keys) ? keys.filter((key) => typeof key === 'string') : [];
    } catch {
      return [];
    }
  };
  return {
    isWide: async (key) => (await read()).includes(key),
    async setWide(key) {
      const keys = [...(await read()).filter((known) => known !== key), key].slice(-MOST);
      const writer = await storage.create(FILE);
      await writer.write(0, new TextEncoder().encode(JSON.stringify(keys)));
      await writer.close();
    },
  };
}
