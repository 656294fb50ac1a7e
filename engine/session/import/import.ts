/**
 * Imports a checkpoint, or a model in the store's format. All files are checked before the first weight is converted.
 * Stored models do not change if an import fails.
 *
 * An import that is paused or interrupted, or runs out of space or network, leaves its folder with a journal, even
 * before its first byte (`import-folder.ts`). The next import of the same model resumes there if the tags show that the
 * source is unchanged; otherwise it starts over.
 */
import { fail, EngineError } from '../../base/errors.ts';
import { type Filled, fillWeights } from '../../weights/import/write-weights.ts';
import { checksumOf } from '../../weights/integrity/checksum.ts';
import { digest, type Journal, type JournalHead } from '../../weights/store/journal.ts';
import { formatTag } from '../../weights/store/format-tag.ts';
import { areTraits, type Manifest, type StoredTensor } from '../../weights/store/manifest.ts';
import type { CheckpointFolder } from '../../weights/sources/byte-source.ts';
import type { ModelStore, ModelWriter } from '../../weights/store/store.ts';
import { WEIGHTS_FILE } from '../../weights/store/weight-reader.ts';
import { DEFAULT_PROFILE, type WeightProfile } from '../../weights/store/profiles.ts';
import { closePlace, endPlace, type ImportFolder, openPlace } from './import-folder.ts';
import { openSource, type ImportSource } from './import-source.ts';
import type { ImportHooks, ImportModelOptions } from '../model.ts';
import { storedModel } from '../stored-model.ts';
import type { StoredModel } from '../types.ts';

/**
 * Imports a model and returns its entry. Throws `source-cancelled`, `import-paused`, `store-full` with the missing
 * megabytes, and the errors of opening the source and of reading it.
 */
export async function importModel(
  folder: CheckpointFolder,
  store: ModelStore,
  options: ImportModelOptions = {},
  hooks: ImportHooks = {},
): Promise<StoredModel> {
  const { signal, pause } = hooks;
  requireTraits(options.traits ?? []);
  hooks.onProgress?.({ phase: 'reading', done: 0, total: 0 });
  let head = await withFreeId(store, firstHead(folder, options), options);
  let place = await openPlace(store, head);
  try {
    hooks.onKept?.();
    if (place.left === undefined) hooks.onBegin?.(head.id, head.name);
    const stop = signal && pause ? AbortSignal.any([signal, pause]) : (signal ?? pause);
    const tried = await hooks.dryRun?.run(folder, head.weights, stop);
    // What was begun is finished in the same form, unless the caller wants another.
    const weights = options.weights ?? formOf(place.left) ?? head.weights;
    const { calibrator, encoders } = hooks;
    const source = await openSource(tried?.folder ?? folder, weights, stop, calibrator, encoders);
    if (options.improves === true) await requireSameFiles(store, head.id, source);
    const opened = await withFreeId(store, journalHead(source, options), options);
    if (opened.id !== head.id) {
      // The new place first: an import that was announced as kept is never without one.
      const before = place;
      place = await openPlace(store, opened);
      await closePlace(before);
    }
    head = opened;
    hooks.onBegin?.(head.id, head.name);
    const triedBy = tried?.passed === true ? hooks.dryRun?.version : undefined;
    return storedModel(await write(source, head, place, store, { ...options, triedBy }, hooks));
  } catch (error) {
    const failure = normalised(error, folder.name, hooks);
    await endPlace(place, failure, hooks);
    throw isFull(failure) ? await withShortage(failure, head, store, options.spareBytes ?? 0) : failure;
  }
}

function requireTraits(traits: readonly string[]): void {
  if (areTraits(traits)) return;
  fail('request-invalid', {
    who: 'traits',
    message: 'these cannot be kept with a model',
    expected: 'at most 16 names of at most 40 lower-case letters, digits and hyphens',
    got: String(traits).slice(0, 80),
  });
}

/** Replaces whatever error a source throws after an abort by `source-cancelled` or `import-paused`. */
function normalised(error: unknown, who: string, { signal, pause }: ImportHooks): unknown {
  if (signal?.aborted === true) {
    return new EngineError('source-cancelled', { who, message: 'stopped on request' });
  }
  if (pause?.aborted === true) return new EngineError('import-paused', { who, message: 'paused on request' });
  return error;
}

/** The head before the source was opened. */
function firstHead(folder: CheckpointFolder, options: ImportModelOptions): JournalHead {
  const name = options.name ?? folder.name;
  const nothing = { identity: '', total: 0, bytes: 0 };
  return { ...idAndOrigin(name, options), weights: options.weights ?? DEFAULT_PROFILE, ...nothing };
}

function journalHead(source: ImportSource, options: ImportModelOptions): JournalHead {
  const smallFiles = [...source.files].flat();
  const parts = source.sources.map(({ name, size, tag }) => ({ file: name, size, tag }));
  const tagged = source.sources.every(({ tag }) => tag !== undefined);
  return {
    ...idAndOrigin(options.name ?? source.name, options),
    weights: source.weights,
    identity: tagged ? JSON.stringify([parts, digest([JSON.stringify(source.tensors), ...smallFiles])]) : '',
    total: source.feed.total,
    bytes: source.bytes + [...source.files.values()].reduce((sum, content) => sum + content.length, 0),
  };
}

/** Throws `checkpoint-mismatch` unless the source has the small files of the stored model, `store-missing` without one. */
export async function requireSameFiles(
  store: ModelStore,
  id: string,
  { name, files }: Pick<ImportSource, 'name' | 'files'>,
): Promise<void> {
  const { manifest } = await store.open(id);
  for (const file of manifest.files.filter((other) => other !== WEIGHTS_FILE)) {
    const content = files.get(file);
    const expected = manifest.checksums?.[file];
    if (content !== undefined && (expected === undefined || checksumOf(content) === expected)) continue;
    fail('checkpoint-mismatch', {
      who: name,
      where: file,
      message: `this is not the model that is stored as ${manifest.name}`,
      expected: 'the file that was imported',
      got: content === undefined ? 'no such file' : 'another one',
    });
  }
}

/** Keeps an unfinished import of another model with this name: this one gets `id-2`, or a higher number. */
async function withFreeId(
  store: ModelStore,
  head: JournalHead,
  { id: given }: ImportModelOptions,
): Promise<JournalHead> {
  if (given !== undefined) return head;
  const left = new Map((await store.unfinished()).map((journal) => [journal.head.id, journal.head.origin]));
  let { id } = head;
  for (let n = 2; left.has(id) && left.get(id) !== head.origin; n++) id = `${head.id}-${n}`;
  return { ...head, id };
}

function idAndOrigin(name: string, { id, origin }: ImportModelOptions) {
  return {
    id: id ?? idOf(name),
    name,
    ...(id === undefined ? {} : { replaces: true as const }),
    ...(origin === undefined ? {} : { origin }),
    startedAt: Date.now(),
  };
}

async function write(
  source: ImportSource,
  head: JournalHead,
  place: ImportFolder,
  store: ModelStore,
  { traits = [], id, spareBytes = 0, triedBy }: ImportModelOptions & { triedBy: string | undefined },
  hooks: ImportHooks,
): Promise<Manifest> {
  const { writer, log } = place;
  // An import that was begun to replace a model does so whoever finishes it.
  const replaces = id !== undefined || place.left?.head.replaces === true;
  const from = await startOrResume(source, head, place, store, spareBytes);
  const { tensors, hashed } = await fill(source, place, from, hooks);
  await log.close();
  const manifest: Manifest = {
    ...source.facts,
    id: replaces ? head.id : idOf(head.name),
    name: head.name,
    weights: head.weights,
    ...(traits.length > 0 ? { traits } : {}),
    ...(head.origin === undefined ? {} : { origin: head.origin }),
    ...(hashed ? { hashed } : {}),
    format: formatTag('store'),
    importedAt: Date.now(),
    files: [...source.files.keys(), WEIGHTS_FILE],
    checksums: Object.fromEntries([...source.files].map(([name, content]) => [name, checksumOf(content)])),
    tensors: tensors.toSorted((a, b) => startOf(a) - startOf(b)),
    bytes: head.bytes,
  };
  if (triedBy !== undefined) await writer.setTriedBy(triedBy);
  return await writer.commit(manifest, replaces);
}

const startOf = ({ sections }: StoredTensor): number => sections[0]?.offset ?? 0;

/** The form of an earlier import whose source was opened. */
const formOf = (left: Journal | undefined): WeightProfile | undefined =>
  left === undefined || left.head.identity === '' ? undefined : left.head.weights;

/** Returns the journal of an earlier import to resume; undefined after the folder was prepared to start over. */
async function startOrResume(
  source: ImportSource,
  head: JournalHead,
  place: ImportFolder,
  store: ModelStore,
  spareBytes: number,
): Promise<Journal | undefined> {
  const { writer, log, left } = place;
  const same = left !== undefined && left.head.identity === head.identity && head.identity !== '';
  if (same && (await reaches(writer, left, source))) {
    await requireSpace(store, head, left.position.done / Math.max(1, head.total), spareBytes);
    place.holds = 'ours';
    return left;
  }
  // First reset the journal, so that it does not claim bytes that are about to be removed.
  await log.begin({ ...head, identity: '' });
  place.holds = 'nothing';
  await writer.clear();
  await requireSpace(store, head, 0, spareBytes);
  for (const [name, content] of source.files) await writer.put(name, content);
  await (await writer.create(WEIGHTS_FILE)).close();
  if (head.identity !== '') {
    await log.begin(head);
    place.holds = 'ours';
  }
  return undefined;
}

/** Whether the weights on disk are as long as the journal says. */
async function reaches(writer: ModelWriter, { position }: Journal, source: ImportSource): Promise<boolean> {
  const ends = source.tensors.slice(0, position.tensor + 1).flatMap(({ sections }, tensor) =>
    sections.map(({ offset, bytes }, s) => {
      const written = tensor < position.tensor ? bytes : (position.written[s] ?? 0);
      return written === 0 ? 0 : offset + written;
    }),
  );
  return (await writer.size(WEIGHTS_FILE)) >= ends.reduce((most, end) => Math.max(most, end), 0);
}

async function fill(
  source: ImportSource,
  { writer, log, holds }: ImportFolder,
  from: Journal | undefined,
  { onProgress, signal, pause, journalBytes }: ImportHooks,
): Promise<Filled> {
  // Without tags the source may change unnoticed, and resuming would mix two versions.
  const journal = holds === 'ours' ? log : undefined;
  const file = await writer.reopen(WEIGHTS_FILE);
  let last = { done: from?.position.done ?? 0, total: source.feed.total };
  if (from !== undefined) onProgress?.({ phase: 'converting', ...last });
  let filled: Filled;
  try {
    filled = await fillWeights(source.tensors, source.feed, file, {
      signal,
      pause,
      journal,
      journalBytes,
      from,
      onProgress: (done, total, tensor) => {
        last = { done, total };
        onProgress?.({ phase: 'converting', done, total, tensor });
      },
    });
  } finally {
    await file.close();
  }
  onProgress?.({ phase: 'finishing', ...last });
  return filled;
}

const isFull = (error: unknown): error is EngineError =>
  error instanceof EngineError && error.code === 'store-full';

/** Throws `store-full` unless the rest of the model fits. `part`: fraction of the model already on disk, 0 to 1. */
async function requireSpace(
  store: ModelStore,
  head: JournalHead,
  part: number,
  spareBytes: number,
): Promise<void> {
  const space = await store.estimate();
  const needed = Math.ceil(head.bytes * (1 - part)) + spareBytes;
  if (space === undefined || space.usage + needed <= space.quota) return;
  shortage(head.name, needed, Math.max(0, space.quota - space.usage));
}

/** Adds the missing space to the error of a failed write, if the platform reports it. */
async function withShortage(
  error: EngineError,
  head: JournalHead,
  store: ModelStore,
  spareBytes: number,
): Promise<EngineError> {
  const written = (await store.unfinished()).find((journal) => journal.head.id === head.id);
  const part = (written?.position.done ?? 0) / Math.max(1, head.total);
  const needed = Math.ceil(head.bytes * (1 - part)) + spareBytes;
  const space = await store.estimate().catch(() => undefined);
  if (space === undefined) return error;
  try {
    return shortage(head.name, needed, Math.max(0, space.quota - space.usage));
  } catch (explained) {
    return explained as EngineError;
  }
}

function shortage(who: string, needed: number, free: number): never {
  const missing = Math.max(1, Math.ceil((needed - free) / 1e6));
  fail('store-full', {
    who,
    message: `the model does not fit on this device: ${missing} MB more space is needed`,
    expected: `${needed} bytes of space`,
    got: `${free} bytes`,
  });
}

/**
 * `org/Some Model-1B` → `org-some-model-1b`, which is a valid folder name everywhere. If letters are lost (`モデル`), a
 * digest of the whole name makes the id unique.
 */
function idOf(name: string): string {
  const slug = name
    .toLowerCase()
    .replace(/[^a-z0-9.]+/g, '-')
    .replace(/^[-.]+|[-.]+$/g, '')
    .slice(0, 80);
  const lost = /\P{ASCII}/u.test(name) ? digest([name]).toString(16) : '';
  return [slug || 'model', lost].filter((part) => part !== '').join('-');
}
