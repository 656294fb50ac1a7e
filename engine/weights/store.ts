/**
 * The models on this device. A model is a folder `models/<folder>/` with `weights.bin`, the checkpoint's small
 * files as they came, and `manifest.json`, written last; a folder without a manifest is never offered and
 * {@link ModelStore.sweep} removes it.
 *
 * An import writes into a new folder; only when that is complete does the older folder of the same id go. So a
 * failure at any moment loses nothing that was stored.
 */
import { fail } from '../base/errors.ts';
import { type Manifest, parseManifest } from './manifest.ts';
import type { ByteSource } from './source.ts';
import type { FileWriter, Storage } from './storage.ts';

export interface ModelStore {
  readonly storage: Storage;
  /** Complete models, newest first. */
  list(): Promise<Manifest[]>;
  open(id: string): Promise<OpenModel>;
  /** Removes a model; nothing happens if it is not there. */
  remove(id: string): Promise<void>;
  /** A new folder for an import of `id`. */
  begin(id: string): Promise<ModelWriter>;
  /**
   * Removes what cut-off imports left behind and returns how many. Imports running in this store object are
   * spared, those of another page or worker are not: call it when the one that imports starts.
   */
  sweep(): Promise<number>;
  estimate(): Promise<{ usage: number; quota: number } | undefined>;
}

export interface OpenModel {
  readonly manifest: Manifest;
  /** A file of the model; throws `store-damaged` if it is not there. */
  file(name: string): Promise<ByteSource>;
}

export interface ModelWriter {
  /** A file of the new model. */
  create(name: string): Promise<FileWriter>;
  /** A whole file. */
  put(name: string, content: Uint8Array): Promise<void>;
  /** Writes the manifest, which makes the model real, then removes what it replaces. */
  commit(manifest: Manifest): Promise<void>;
  /** Removes the new folder. */
  abandon(): Promise<void>;
}

const ROOT = 'models';
const MANIFEST = 'manifest.json';

export function openStore(storage: Storage): ModelStore {
  /** Folders of imports that run now: they have no manifest yet and must survive a sweep. */
  const growing = new Set<string>();
  const read = (folder: string) => readManifest(storage, folder);
  return {
    storage,
    list: async () => (await complete(storage)).map((entry) => entry.manifest),
    async open(id) {
      const found = (await complete(storage)).find((entry) => entry.manifest.id === id);
      if (found === undefined) {
        fail('store-missing', { who: 'store', message: 'there is no such model on this device', got: id });
      }
      return openModel(storage, found.folder, found.manifest);
    },
    async remove(id) {
      for (const folder of await folders(storage)) {
        if ((await read(folder))?.id === id) await removeFolder(storage, folder);
      }
    },
    begin: (id) => beginModel(storage, id, growing),
    async sweep() {
      const kept = new Set((await complete(storage)).map((entry) => entry.folder));
      const stray = (await folders(storage)).filter((f) => !kept.has(f) && !growing.has(f));
      for (const folder of stray) await removeFolder(storage, folder);
      return stray.length;
    },
    estimate: () => storage.estimate(),
  };
}

interface Entry {
  readonly folder: string;
  readonly manifest: Manifest;
}

async function folders(storage: Storage): Promise<string[]> {
  return (await storage.list(ROOT)).map((name) => `${ROOT}/${name}`);
}

/** Every complete model once: of two folders with one id (a crash between commit and removal) the newer. */
async function complete(storage: Storage): Promise<Entry[]> {
  const byId = new Map<string, Entry>();
  for (const folder of await folders(storage)) {
    const manifest = await readManifest(storage, folder);
    if (manifest === undefined) continue;
    const before = byId.get(manifest.id);
    if (before === undefined || before.manifest.importedAt <= manifest.importedAt) {
      byId.set(manifest.id, { folder, manifest });
    }
  }
  return [...byId.values()].sort((a, b) => b.manifest.importedAt - a.manifest.importedAt);
}

/** Undefined when there is none or it is cut off: such a folder is a left-over. */
async function readManifest(storage: Storage, folder: string): Promise<Manifest | undefined> {
  const path = `${folder}/${MANIFEST}`;
  const source = await storage.open(path);
  if (source === undefined) return undefined;
  try {
    return parseManifest(new TextDecoder().decode(await source.read(0, source.size)), path);
  } catch {
    return undefined;
  }
}

function openModel(storage: Storage, folder: string, manifest: Manifest): OpenModel {
  return {
    manifest,
    async file(name) {
      const source = await storage.open(`${folder}/${name}`);
      return (
        source ?? fail('store-damaged', { who: manifest.name, where: name, message: 'a file is missing' })
      );
    },
  };
}

async function beginModel(storage: Storage, id: string, growing: Set<string>): Promise<ModelWriter> {
  const taken = new Set(await folders(storage));
  let n = 1;
  while (taken.has(`${ROOT}/${id}~${n}`) || growing.has(`${ROOT}/${id}~${n}`)) n++;
  const folder = `${ROOT}/${id}~${n}`;
  growing.add(folder);
  const put = async (name: string, content: Uint8Array) => {
    const file = await storage.create(`${folder}/${name}`);
    try {
      await file.write(0, content);
    } finally {
      await file.close(); // a file that is open cannot be removed
    }
  };
  return {
    create: (name) => storage.create(`${folder}/${name}`),
    put,
    async commit(manifest) {
      const older = (
        await Promise.all([...taken].map(async (f) => [f, await readManifest(storage, f)] as const))
      )
        .filter(([, m]) => m?.id === manifest.id)
        .map(([f]) => f);
      await put(MANIFEST, new TextEncoder().encode(JSON.stringify(manifest)));
      growing.delete(folder);
      for (const f of older) await removeFolder(storage, f);
    },
    async abandon() {
      growing.delete(folder);
      await removeFolder(storage, folder);
    },
  };
}

/** The manifest first: a removal that is cut off leaves no model that lacks files. */
async function removeFolder(storage: Storage, folder: string): Promise<void> {
  await storage.remove(`${folder}/${MANIFEST}`);
  await storage.remove(folder);
}
