/** Stores which kernel variants work on each GPU (`runtime/variants/`), as small JSON files beside the models. */
import { type AdapterVariants, isOtherVersion, type VariantCache } from '../../runtime/index.ts';
import type { Storage } from '../../weights/store/storage.ts';

const ROOT = 'adapters';
/** Names of records. The folder has other files too. */
const RECORD = /^[0-9a-f]{8}\.json$/;

/**
 * Returns a cache in `storage`. A file that cannot be read counts as missing, so the GPU is tested again. Records of other
 * versions of the tests are never read; the first write removes them.
 */
export function storedVariants(storage: Storage): VariantCache {
  let cleared = false;
  return {
    async read(key) {
      const record = await readRecord(storage, pathOf(key));
      return record?.key === key && Array.isArray(record.results) ? record : undefined;
    },
    async write(record) {
      if (!cleared) await removeOtherVersions(storage);
      cleared = true;
      const writer = await storage.create(pathOf(record.key));
      await writer.write(0, new TextEncoder().encode(JSON.stringify(record)));
      await writer.close();
    },
  };
}

async function readRecord(storage: Storage, path: string): Promise<AdapterVariants | undefined> {
  const file = await storage.open(path);
  if (file === undefined) return undefined;
  try {
    return JSON.parse(new TextDecoder().decode(await file.read(0, file.size))) as AdapterVariants;
  } catch {
    return undefined;
  }
}

async function removeOtherVersions(storage: Storage): Promise<void> {
  for (const name of await storage.list(ROOT)) {
    if (!RECORD.test(name)) continue;
    const path = `${ROOT}/${name}`;
    const record = await readRecord(storage, path);
    if (typeof record?.key !== 'string' || isOtherVersion(record.key)) await storage.remove(path);
  }
}

/** Returns a file name for any key, by its 32-bit FNV-1a hash. The file contains the key itself. */
function pathOf(key: string): string {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(key)) hash = Math.imul(hash ^ byte, 0x01000193);
  return `${ROOT}/${(hash >>> 0).toString(16).padStart(8, '0')}.json`;
}
