/** Stores which kernel variants work on each GPU (`runtime/variants/`), as small JSON files beside the models. */
import type { AdapterVariants, VariantCache } from '../../runtime/index.ts';
import type { Storage } from '../../weights/store/storage.ts';

const ROOT = 'adapters';

/** Returns a cache in `storage`. A file that cannot be read counts as missing, so the GPU is tested again. */
export function storedVariants(storage: Storage): VariantCache {
  return {
    async read(key) {
      const file = await storage.open(pathOf(key));
      if (file === undefined) return undefined;
      try {
        const text = new TextDecoder().decode(await file.read(0, file.size));
        const record = JSON.parse(text) as AdapterVariants;
        return record.key === key && Array.isArray(record.results) ? record : undefined;
      } catch {
        return undefined;
      }
    },
    async write(record) {
      const writer = await storage.create(pathOf(record.key));
      await writer.write(0, new TextEncoder().encode(JSON.stringify(record)));
      await writer.close();
    },
  };
}

/** Returns a file name for any key, by its 32-bit FNV-1a hash. The file contains the key itself. */
function pathOf(key: string): string {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(key)) hash = Math.imul(hash ^ byte, 0x01000193);
  return `${ROOT}/${(hash >>> 0).toString(16).padStart(8, '0')}.json`;
}
