/**
 * The models on this device. A model is a folder `models/<folder>/` with `weights.bin`, the checkpoint's small files,
 * unchanged, and `manifest.json`, which is written last. A folder without a manifest is never listed.
 *
 * An import writes into a new folder. When that is complete, an older folder with the same id and the same model
 * (`same-model.ts`) is removed. If the id belongs to another model, the new one gets another id. So neither a failure
 * at any time nor two models of the same name lose stored data. A folder with a journal (`journal.ts`) and no manifest
 * is an import that can resume.
 */
import type { OpenModel } from './open-model.ts';
import { type Serial, serial } from '../../base/async.ts';
import { fail } from '../../base/errors.ts';
import { log } from '../../base/log.ts';
import { checksumOf } from '../integrity/checksum.ts';
import type { ByteSource } from '../sources/byte-source.ts';
import { isObject } from '../sources/json.ts';
import { memorySource } from '../sources/memory-source.ts';
import {
  type Journal,
  JOURNAL,
  type JournalEnd,
  type JournalHead,
  type JournalWriter,
  journalWriter,
} from './journal.ts';
import { parseJournal } from './journal.ts';
import { type Manifest, MANIFEST_FILE, manifestText, parseManifest } from './manifest.ts';
import { sameModel } from './same-model.ts';
import type { FileWriter, Storage } from './storage.ts';

/** Access to stored models and unfinished imports. */
export interface ModelStore {
  readonly storage: Storage;
  /** Complete models, newest first. */
  list(): Promise<Manifest[]>;
  /** Opens a complete model; throws `store-missing`. */
  open(id: string): Promise<OpenModel>;
  /** Removes a model; does nothing if there is none. */
  remove(id: string): Promise<void>;
  /** Creates a folder for an import of `id`. */
  begin(id: string): Promise<ModelWriter>;
  /** Lists imports that were paused or interrupted and are not running now, newest first. */
  unfinished(): Promise<Journal[]>;
  /** Reopens the folder of an unfinished import of `id`; undefined if there is none. */
  goOn(id: string): Promise<{ readonly writer: ModelWriter; readonly journal: Journal } | undefined>;
  /** Removes an unfinished import; does nothing if there is none. */
  discard(id: string): Promise<void>;
  /** Names of folders that cannot be read as a model or as an import. They stay, and no other folder suffers. */
  unreadable(): Promise<string[]>;
  /** Removes those folders. */
  discardUnreadable(): Promise<void>;
  /**
   * Removes unusable folders and returns their number: those with no whole manifest and no journal, and models replaced
   * by a newer one. Spares what it cannot read ({@link unreadable}) or remove, and imports that can resume. It also
   * spares imports running in this store object, but not those of another page or worker: call it when the process that
   * imports starts.
   */
  sweep(): Promise<number>;
  /** Returns bytes used and available; undefined if the platform does not say. */
  estimate(): Promise<{ usage: number; quota: number } | undefined>;
}

/** The folder of an import in progress. */
export interface ModelWriter {
  /** Creates a file of the new model. */
  create(name: string): Promise<FileWriter>;
  /** Opens a file that an earlier run of the import wrote. */
  reopen(name: string): Promise<FileWriter>;
  /** Returns the size of a file in bytes; 0 if it does not exist. */
  size(name: string): Promise<number>;
  /** Writes a whole file. */
  put(name: string, content: Uint8Array): Promise<void>;
  /** As `OpenModel.setTriedBy`. */
  setTriedBy(version: string): Promise<void>;
  /** Creates or continues the journal, from which the import can resume. */
  journal(begin: { readonly head: JournalHead } | { readonly end: JournalEnd }): Promise<JournalWriter>;
  /** Removes every file but the journal. */
  clear(): Promise<void>;
  /**
   * Writes the manifest, which completes the model, then removes what it replaces: with `replace` any model of the same
   * id, otherwise only an equal model. If another model has the id, this one gets `id-2` and `name (2)`, or a higher
   * number. Returns the manifest as written.
   */
  commit(manifest: Manifest, replace: boolean): Promise<Manifest>;
  /** Releases the folder without changes, so that the import can resume later. */
  leave(): void;
  /** Removes the new folder. */
  abandon(): Promise<void>;
}

const ROOT = 'models';
/** The version whose dry run the files of a model passed. It is not in the manifest, which is written once. */
const TRIED_FILE = 'tried.txt';
const NEWLINE = 0x0a;

/** Opens the store in `storage`; creates and removes nothing yet. */
export function openStore(storage: Storage): ModelStore {
  /** Folders of running imports. */
  const inProgress = new Set<string>();
  // Two commits at a time could each take the same free id.
  const serialised = serial();
  const all = () => entries(storage, inProgress);
  const waiting = async () => (await all()).filter(isUnfinished);
  const broken = async () =>
    (await all()).filter(({ kind }) => kind === 'unreadable').map(({ folder }) => folder);
  return {
    storage,
    list: async () => newest(await all()).map((entry) => entry.manifest),
    async open(id) {
      const found = newest(await all()).find((entry) => entry.manifest.id === id);
      if (found === undefined) {
        fail('store-missing', { who: 'store', message: 'this model is not on this device', got: id });
      }
      return openModel(storage, found.folder, found.manifest);
    },
    async remove(id) {
      for (const entry of await all()) {
        if (entry.kind === 'complete' && entry.manifest.id === id) await removeFolder(storage, entry.folder);
      }
    },
    begin: (id) => beginModel(storage, id, inProgress, serialised),
    unfinished: async () =>
      (await waiting()).map((e) => e.journal).sort((a, b) => b.head.startedAt - a.head.startedAt),
    async goOn(id) {
      const found = (await waiting()).find((entry) => entry.journal.head.id === id);
      if (found === undefined) return undefined;
      inProgress.add(found.folder);
      return { writer: modelWriter(storage, found.folder, inProgress, serialised), journal: found.journal };
    },
    async discard(id) {
      for (const { folder, journal } of await waiting()) {
        if (journal.head.id === id) await removeFolder(storage, folder);
      }
    },
    unreadable: async () => (await broken()).map((folder) => folder.slice(ROOT.length + 1)),
    async discardUnreadable() {
      for (const folder of await broken()) await removeFolder(storage, folder);
    },
    sweep: () => sweep(storage, inProgress),
    estimate: () => storage.estimate(),
  };
}

/** The state of a folder under {@link ROOT}. */
type StoreFolder =
  | { readonly kind: 'complete'; readonly folder: string; readonly manifest: Manifest }
  | { readonly kind: 'unfinished'; readonly folder: string; readonly journal: Journal }
  /**
   * Of a newer format, damaged, or of files that cannot be opened: it must neither be deleted silently nor keep the other
   * folders from being listed.
   */
  | { readonly kind: 'unreadable'; readonly folder: string }
  | { readonly kind: 'stray'; readonly folder: string }
  /** An import is writing into it. */
  | { readonly kind: 'inProgress'; readonly folder: string };

type Complete = Extract<StoreFolder, { kind: 'complete' }>;
type Unfinished = Extract<StoreFolder, { kind: 'unfinished' }>;

const isComplete = (entry: StoreFolder): entry is Complete => entry.kind === 'complete';
const isUnfinished = (entry: StoreFolder): entry is Unfinished => entry.kind === 'unfinished';

async function entries(storage: Storage, inProgress: ReadonlySet<string>): Promise<StoreFolder[]> {
  const folders = (await storage.list(ROOT)).map((name) => `${ROOT}/${name}`);
  return await Promise.all(
    folders.map(
      async (folder): Promise<StoreFolder> =>
        inProgress.has(folder)
          ? { kind: 'inProgress', folder }
          : entryOf(storage, folder).catch((): StoreFolder => ({ kind: 'unreadable', folder })),
    ),
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
      // An interrupted write leaves invalid JSON; the journal is still valid then.
      if (isWhole(text)) return { kind: 'unreadable', folder };
    }
  }
  const lines = await contentOf(storage, `${folder}/${JOURNAL}`);
  const journal = lines === undefined ? undefined : parseJournal(lines);
  if (journal !== undefined) return { kind: 'unfinished', folder, journal };
  // Without its first line an import has nothing to resume from; a later line that is damaged may follow hours of work.
  return { kind: lines?.includes(NEWLINE) === true ? 'unreadable' : 'stray', folder };
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

/**
 * Returns each complete model once: of two folders with one id (after a crash between commit and removal) the newer.
 */
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

async function sweep(storage: Storage, inProgress: ReadonlySet<string>): Promise<number> {
  const all = await entries(storage, inProgress);
  const offered = new Set(newest(all).map((entry) => entry.folder));
  const useless = ({ kind, folder }: StoreFolder) =>
    kind === 'stray' || (kind === 'complete' && !offered.has(folder));
  let removed = 0;
  for (const { folder } of all.filter(useless)) {
    try {
      await removeFolder(storage, folder);
      removed++;
    } catch (error) {
      log('warn', 'store', `${folder} could not be removed: ${String(error)}`);
    }
  }
  return removed;
}

function openModel(storage: Storage, folder: string, manifest: Manifest): OpenModel {
  return {
    manifest,
    async file(name) {
      const source = await storage.open(`${folder}/${name}`);
      if (source === undefined)
        return fail('store-damaged', { who: manifest.name, where: name, message: 'a file is missing' });
      const expected = manifest.checksums?.[name];
      return expected === undefined ? source : await checked(source, name, expected, manifest);
    },
    async triedBy() {
      const bytes = await contentOf(storage, `${folder}/${TRIED_FILE}`);
      return bytes === undefined ? undefined : new TextDecoder().decode(bytes);
    },
    setTriedBy: (version) => put(storage, `${folder}/${TRIED_FILE}`, new TextEncoder().encode(version)),
  };
}

async function put(storage: Storage, path: string, content: Uint8Array): Promise<void> {
  const file = await storage.create(path);
  try {
    await file.write(0, content);
  } finally {
    await file.close(); // an open file cannot be removed
  }
}

/** A small file, read as a whole and found to be what was imported. */
async function checked(
  source: ByteSource,
  name: string,
  expected: number,
  { name: who }: Manifest,
): Promise<ByteSource> {
  const bytes = await source.read(0, source.size);
  const got = checksumOf(bytes);
  if (got === expected) return memorySource(name, bytes);
  return fail('store-damaged', {
    who,
    where: name,
    message: 'a file is not what was imported',
    expected: `checksum ${expected}`,
    got: `${got}, of ${bytes.length} bytes`,
  });
}

async function beginModel(
  storage: Storage,
  id: string,
  inProgress: Set<string>,
  serialised: Serial,
): Promise<ModelWriter> {
  const taken = new Set((await storage.list(ROOT)).map((name) => `${ROOT}/${name}`));
  let n = 1;
  while (taken.has(`${ROOT}/${id}~${n}`) || inProgress.has(`${ROOT}/${id}~${n}`)) n++;
  const folder = `${ROOT}/${id}~${n}`;
  inProgress.add(folder);
  return modelWriter(storage, folder, inProgress, serialised);
}

function modelWriter(
  storage: Storage,
  folder: string,
  inProgress: Set<string>,
  serialised: Serial,
): ModelWriter {
  const journalPath = `${folder}/${JOURNAL}`;
  return {
    create: (name) => storage.create(`${folder}/${name}`),
    reopen: (name) => storage.reopen(`${folder}/${name}`),
    size: async (name) => (await storage.open(`${folder}/${name}`))?.size ?? 0,
    put: (name, content) => put(storage, `${folder}/${name}`, content),
    setTriedBy: (version) => put(storage, `${folder}/${TRIED_FILE}`, new TextEncoder().encode(version)),
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
      serialised(async () => {
        const complete = (await entries(storage, inProgress)).filter(isComplete);
        const manifest = replace ? wanted : await withOwnId(storage, wanted, folder, complete);
        const older = complete.filter((entry) => entry.manifest.id === manifest.id);
        await put(storage, `${folder}/${MANIFEST_FILE}`, new TextEncoder().encode(manifestText(manifest)));
        await storage.remove(journalPath);
        inProgress.delete(folder);
        for (const entry of older) await removeFolder(storage, entry.folder);
        return manifest;
      }),
    leave: () => void inProgress.delete(folder),
    async abandon() {
      inProgress.delete(folder);
      await removeFolder(storage, folder);
    },
  };
}

/** Returns the manifest with the first id that is free or belongs to an equal model. */
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

/** Removes manifest and journal first, so that an interruption leaves neither a model without files nor an import. */
async function removeFolder(storage: Storage, folder: string): Promise<void> {
  await storage.remove(`${folder}/${MANIFEST_FILE}`);
  await storage.remove(`${folder}/${JOURNAL}`);
  await storage.remove(folder);
}
