/**
 * The models on this device. A model is a folder `models/<folder>/` with `weights.bin`, the checkpoint's small
 * files as they came, and `manifest.json`, written last; a folder without a manifest is never offered.
 *
 * An import writes into a new folder; only when that is complete does the older folder of the same id go, if it holds
 * the same model (`same-model.ts`); another model keeps its id, and the new one gets one of its own. So neither a
 * failure at any moment nor two models of one name lose anything that was stored. A folder with a journal (`journal.ts`) and no manifest is an
 * import that can go on.
 */
import type { OpenModel } from './open-model.ts';
import { type Serial, serial } from '../../base/async.ts';
import { fail } from '../../base/errors.ts';
import { isObject } from '../sources/json.ts';
import { type Journal, JOURNAL, type JournalHead, type JournalWriter, journalWriter } from './journal.ts';
import { parseJournal } from './journal.ts';
import { type Manifest, MANIFEST_FILE, parseManifest } from './manifest.ts';
import { sameModel } from './same-model.ts';
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
  /** Imports that were paused or cut off and are not running now, newest first. */
  unfinished(): Promise<Journal[]>;
  /** The folder of an unfinished import of `id`, to write on; undefined where there is none. */
  goOn(id: string): Promise<{ readonly writer: ModelWriter; readonly journal: Journal } | undefined>;
  /** Removes an unfinished import; nothing happens if it is not there. */
  discard(id: string): Promise<void>;
  /**
   * Removes what nobody can use any more and returns how many folders: no whole manifest and no journal, or a model
   * that a newer one replaced. Never a manifest of a form that this version does not know, nor an import that can
   * go on. Imports running in this store object are spared, those of another page or worker are not: call it when
   * the one that imports starts.
   */
  sweep(): Promise<number>;
  estimate(): Promise<{ usage: number; quota: number } | undefined>;
}

export interface ModelWriter {
  /** A file of the new model. */
  create(name: string): Promise<FileWriter>;
  /** A file that an earlier import wrote. */
  reopen(name: string): Promise<FileWriter>;
  /** Bytes of a file that is there, or 0. */
  size(name: string): Promise<number>;
  /** A whole file. */
  put(name: string, content: Uint8Array): Promise<void>;
  /** The journal, which makes the folder one that can go on. */
  journal(begin: { readonly head: JournalHead } | { readonly end: number }): Promise<JournalWriter>;
  /** Removes every file but the journal. */
  clear(): Promise<void>;
  /**
   * Writes the manifest, which makes the model real, then removes what it replaces: with `replace` whatever has its
   * id, else only the same model. Where another model has the id, this one gets `id-2` and `name (2)`, or a higher
   * number. Gives the manifest as it was written.
   */
  commit(manifest: Manifest, replace: boolean): Promise<Manifest>;
  /** Leaves the folder as it is, for an import that goes on. */
  leave(): void;
  /** Removes the new folder. */
  abandon(): Promise<void>;
}

const ROOT = 'models';

export function openStore(storage: Storage): ModelStore {
  /** Folders of imports that run now. */
  const growing = new Set<string>();
  // Two commits at a time could each take the same free id.
  const oneByOne = serial();
  const all = () => entries(storage, growing);
  const waiting = async () => (await all()).filter(isUnfinished);
  return {
    storage,
    list: async () => newest(await all()).map((entry) => entry.manifest),
    async open(id) {
      const found = newest(await all()).find((entry) => entry.manifest.id === id);
      if (found === undefined) {
        fail('store-missing', { who: 'store', message: 'there is no such model on this device', got: id });
      }
      return openModel(storage, found.folder, found.manifest);
    },
    async remove(id) {
      for (const entry of await all()) {
        if (entry.kind === 'complete' && entry.manifest.id === id) await removeFolder(storage, entry.folder);
      }
    },
    begin: (id) => beginModel(storage, id, growing, oneByOne),
    unfinished: async () =>
      (await waiting()).map((e) => e.journal).sort((a, b) => b.head.startedAt - a.head.startedAt),
    async goOn(id) {
      const found = (await waiting()).find((entry) => entry.journal.head.id === id);
      if (found === undefined) return undefined;
      growing.add(found.folder);
      return { writer: modelWriter(storage, found.folder, growing, oneByOne), journal: found.journal };
    },
    async discard(id) {
      for (const { folder, journal } of await waiting()) {
        if (journal.head.id === id) await removeFolder(storage, folder);
      }
    },
    sweep: () => sweep(storage, growing),
    estimate: () => storage.estimate(),
  };
}

/** What a folder under {@link ROOT} is. */
type StoreFolder =
  | { readonly kind: 'complete'; readonly folder: string; readonly manifest: Manifest }
  | { readonly kind: 'unfinished'; readonly folder: string; readonly journal: Journal }
  /** A manifest that this version cannot read: of a newer one, or damaged in a way a person should hear of. */
  | { readonly kind: 'unknown'; readonly folder: string }
  | { readonly kind: 'stray'; readonly folder: string }
  /** An import is writing here now. */
  | { readonly kind: 'growing'; readonly folder: string };

type Complete = Extract<StoreFolder, { kind: 'complete' }>;
type Unfinished = Extract<StoreFolder, { kind: 'unfinished' }>;

const isComplete = (entry: StoreFolder): entry is Complete => entry.kind === 'complete';
const isUnfinished = (entry: StoreFolder): entry is Unfinished => entry.kind === 'unfinished';

async function entries(storage: Storage, growing: ReadonlySet<string>): Promise<StoreFolder[]> {
  const folders = (await storage.list(ROOT)).map((name) => `${ROOT}/${name}`);
  return await Promise.all(
    folders.map((folder) => (growing.has(folder) ? { kind: 'growing', folder } : entryOf(storage, folder))),
  );
}

async function entryOf(storage: Storage, folder: string): Promise<StoreFolder> {
  const path = `${folder}/${MANIFEST_FILE}`;
  const bytes = await contentOf(storage, path);
  const text = bytes === undefined ? undefined : new TextDecoder().decode(bytes);
  if (text !== undefined) {
    try {
      return { kind: 'complete', folder, manifest: parseManifest(text, path) };
    } catch {
      // Cut off in mid-write it is no JSON, and the journal beside it still counts.
      if (isWhole(text)) return { kind: 'unknown', folder };
    }
  }
  const lines = await contentOf(storage, `${folder}/${JOURNAL}`);
  const journal = lines === undefined ? undefined : parseJournal(lines);
  return journal === undefined ? { kind: 'stray', folder } : { kind: 'unfinished', folder, journal };
}

async function contentOf(storage: Storage, path: string): Promise<Uint8Array | undefined> {
  const source = await storage.open(path);
  return await source?.read(0, source.size);
}

function isWhole(text: string): boolean {
  try {
    return isObject(JSON.parse(text));
  } catch {
    return false;
  }
}

/** Every complete model once: of two folders with one id (a crash between commit and removal) the newer. */
function newest(all: readonly StoreFolder[]): Complete[] {
  const byId = new Map<string, Complete>();
  for (const entry of all.filter(isComplete)) {
    const before = byId.get(entry.manifest.id);
    if (before === undefined || before.manifest.importedAt <= entry.manifest.importedAt) {
      byId.set(entry.manifest.id, entry);
    }
  }
  return [...byId.values()].sort((a, b) => b.manifest.importedAt - a.manifest.importedAt);
}

async function sweep(storage: Storage, growing: ReadonlySet<string>): Promise<number> {
  const all = await entries(storage, growing);
  const offered = new Set(newest(all).map((entry) => entry.folder));
  const useless = ({ kind, folder }: StoreFolder) =>
    kind === 'stray' || (kind === 'complete' && !offered.has(folder));
  const stray = all.filter(useless);
  for (const { folder } of stray) await removeFolder(storage, folder);
  return stray.length;
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

async function beginModel(
  storage: Storage,
  id: string,
  growing: Set<string>,
  oneByOne: Serial,
): Promise<ModelWriter> {
  const taken = new Set((await storage.list(ROOT)).map((name) => `${ROOT}/${name}`));
  let n = 1;
  while (taken.has(`${ROOT}/${id}~${n}`) || growing.has(`${ROOT}/${id}~${n}`)) n++;
  const folder = `${ROOT}/${id}~${n}`;
  growing.add(folder);
  return modelWriter(storage, folder, growing, oneByOne);
}

function modelWriter(storage: Storage, folder: string, growing: Set<string>, oneByOne: Serial): ModelWriter {
  const put = async (name: string, content: Uint8Array) => {
    const file = await storage.create(`${folder}/${name}`);
    try {
      await file.write(0, content);
    } finally {
      await file.close(); // a file that is open cannot be removed
    }
  };
  const journalPath = `${folder}/${JOURNAL}`;
  return {
    create: (name) => storage.create(`${folder}/${name}`),
    reopen: (name) => storage.reopen(`${folder}/${name}`),
    size: async (name) => (await storage.open(`${folder}/${name}`))?.size ?? 0,
    put,
    journal: async (begin) =>
      journalWriter(
        await ('end' in begin ? storage.reopen(journalPath) : storage.create(journalPath)),
        begin,
      ),
    async clear() {
      for (const name of await storage.list(folder)) {
        if (name !== JOURNAL) await storage.remove(`${folder}/${name}`);
      }
    },
    commit: (wanted, replace) =>
      oneByOne(async () => {
        const complete = (await entries(storage, growing)).filter(isComplete);
        const manifest = replace ? wanted : await withOwnId(storage, wanted, folder, complete);
        const older = complete.filter((entry) => entry.manifest.id === manifest.id);
        await put(MANIFEST_FILE, new TextEncoder().encode(JSON.stringify(manifest)));
        await storage.remove(journalPath);
        growing.delete(folder);
        for (const entry of older) await removeFolder(storage, entry.folder);
        return manifest;
      }),
    leave: () => void growing.delete(folder),
    async abandon() {
      growing.delete(folder);
      await removeFolder(storage, folder);
    },
  };
}

/** The manifest with the first id that is free, or that belongs to the same model. */
async function withOwnId(
  storage: Storage,
  manifest: Manifest,
  folder: string,
  complete: readonly Complete[],
): Promise<Manifest> {
  const ours = openModel(storage, folder, manifest);
  for (let n = 1; ; n++) {
    const id = n === 1 ? manifest.id : `${manifest.id}-${n}`;
    const owner = newest(complete).find((entry) => entry.manifest.id === id);
    if (owner !== undefined && !(await sameModel(openModel(storage, owner.folder, owner.manifest), ours)))
      continue;
    return { ...manifest, id, name: n === 1 ? manifest.name : `${manifest.name} (${n})` };
  }
}

/** The manifest first: a removal that is cut off leaves no model that lacks files, nor an import that goes on. */
async function removeFolder(storage: Storage, folder: string): Promise<void> {
  await storage.remove(`${folder}/${MANIFEST_FILE}`);
  await storage.remove(`${folder}/${JOURNAL}`);
  await storage.remove(folder);
}
