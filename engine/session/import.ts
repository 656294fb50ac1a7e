/**
 * A checkpoint, or a model in the store's own form, into the store. Everything that can be wrong with the files is
 * looked at before the first weight is converted; whatever fails, what was stored before stays as it was.
 *
 * An import that is paused, cut off, out of space or out of network leaves its folder with a journal. The next import
 * of the same model goes on there if the source is still the same, byte for byte as far as its tags tell; otherwise
 * it begins anew.
 */
import { fail, LinnetError } from '../base/errors.ts';
import { fillWeights } from '../weights/fill.ts';
import { digest, type Journal, type JournalHead, type JournalWriter } from '../weights/journal.ts';
import { type Manifest, MANIFEST_FORMAT, type StoredTensor } from '../weights/manifest.ts';
import { cancelled, type CheckpointFolder } from '../weights/source.ts';
import type { ModelStore, ModelWriter } from '../weights/store.ts';
import { WEIGHTS_FILE } from '../weights/stored.ts';
import { openSource, type Source } from './import-source.ts';
import type { ImportHooks, ImportModelOptions } from './model.ts';
import { storedModel } from './stored-model.ts';
import type { StoredModel } from './types.ts';

/** Kept free beside a new model, for conversations and settings; in bytes. */
const SPARE_BYTES = 8 * 1024 * 1024;

export async function importModel(
  folder: CheckpointFolder,
  store: ModelStore,
  options: ImportModelOptions = {},
  hooks: ImportHooks = {},
): Promise<StoredModel> {
  const { signal, pause } = hooks;
  hooks.onProgress?.({ phase: 'reading', done: 0, total: 0 });
  try {
    const stop = signal && pause ? AbortSignal.any([signal, pause]) : (signal ?? pause);
    const source = await openSource(folder, options.weights ?? 'm0e4', stop);
    const head = journalHead(source, options);
    hooks.onBegin?.(head.id);
    return storedModel(await write(source, head, store, options.demo === true, hooks));
  } catch (error) {
    // A source may report either abort in its own words.
    if (signal?.aborted === true) cancelled(folder.name);
    if (pause?.aborted === true) fail('import-paused', { who: folder.name, message: 'paused on request' });
    throw error;
  }
}

function journalHead(source: Source, options: ImportModelOptions): JournalHead {
  const name = options.name ?? source.name;
  const smallFiles = [...source.files].flat();
  const parts = source.sources.map(({ name: file, size, tag }) => ({ file, size, tag }));
  return {
    id: options.id ?? idOf(name),
    name,
    weights: source.weights,
    ...(options.origin === undefined ? {} : { origin: options.origin }),
    identity: JSON.stringify([parts, digest([JSON.stringify(source.tensors), ...smallFiles])]),
    total: source.feed.total,
    bytes: source.bytes + [...source.files.values()].reduce((sum, content) => sum + content.length, 0),
    startedAt: Date.now(),
  };
}

async function write(
  source: Source,
  head: JournalHead,
  store: ModelStore,
  demo: boolean,
  hooks: ImportHooks,
): Promise<Manifest> {
  const { writer, journal, from } = await startOrGoOn(source, head, store);
  try {
    const tensors = await fill(source, writer, journal, from, hooks);
    await journal?.close();
    const manifest: Manifest = {
      ...source.facts,
      id: head.id,
      name: head.name,
      weights: head.weights,
      ...(demo ? { demo } : {}),
      format: MANIFEST_FORMAT,
      importedAt: Date.now(),
      files: [...source.files.keys(), WEIGHTS_FILE],
      tensors,
      bytes: head.bytes,
    };
    await writer.commit(manifest);
    return manifest;
  } catch (error) {
    await journal?.close().catch(() => {});
    // What cannot be removed now is a left-over without a manifest; the next sweep takes it.
    if (journal !== undefined && canGoOn(error, hooks)) writer.leave();
    else await writer.abandon().catch(() => {});
    throw isFull(error) ? await withShortage(error, head, store) : error;
  }
}

interface Begun {
  readonly writer: ModelWriter;
  /** Undefined where the source cannot be told from another, so that going on would mix the two. */
  readonly journal: JournalWriter | undefined;
  readonly from?: Journal;
}

async function startOrGoOn(source: Source, head: JournalHead, store: ModelStore): Promise<Begun> {
  const before = await store.goOn(head.id);
  if (before !== undefined) {
    const { writer, journal } = before;
    if (journal.head.identity === head.identity && (await reaches(writer, journal, source))) {
      await requireSpace(store, head, journal.position.done / Math.max(1, head.total));
      return { writer, journal: await writer.journal({ end: journal.end }), from: journal };
    }
    await writer.abandon();
  }
  await requireSpace(store, head, 0);
  const writer = await store.begin(head.id);
  try {
    for (const [name, content] of source.files) await writer.put(name, content);
    await (await writer.create(WEIGHTS_FILE)).close();
    const tagged = source.sources.every(({ tag }) => tag !== undefined);
    return { writer, journal: tagged ? await writer.journal({ head }) : undefined };
  } catch (error) {
    await writer.abandon().catch(() => {});
    throw error;
  }
}

/** Whether the weights on the disk reach as far as the journal says. */
async function reaches(writer: ModelWriter, { position }: Journal, source: Source): Promise<boolean> {
  const ends = source.tensors.slice(0, position.tensor + 1).flatMap(({ sections }, tensor) =>
    sections.map(({ offset, bytes }, s) => {
      const written = tensor < position.tensor ? bytes : (position.written[s] ?? 0);
      return written === 0 ? 0 : offset + written;
    }),
  );
  return (await writer.size(WEIGHTS_FILE)) >= ends.reduce((most, end) => Math.max(most, end), 0);
}

async function fill(
  source: Source,
  writer: ModelWriter,
  journal: JournalWriter | undefined,
  from: Journal | undefined,
  { onProgress, signal, pause }: ImportHooks,
): Promise<readonly StoredTensor[]> {
  const file = await writer.reopen(WEIGHTS_FILE);
  let last = { done: from?.position.done ?? 0, total: source.feed.total };
  if (from !== undefined) onProgress?.({ phase: 'converting', ...last });
  let tensors: readonly StoredTensor[];
  try {
    tensors = await fillWeights(source.tensors, source.feed, file, {
      ...{ signal, pause, journal, from },
      onProgress: (done, total, tensor) => {
        last = { done, total };
        onProgress?.({ phase: 'converting', done, total, tensor });
      },
    });
  } finally {
    await file.close();
  }
  onProgress?.({ phase: 'finishing', ...last });
  return tensors;
}

/** Whether trying again may succeed where this ended. */
function canGoOn(error: unknown, { signal }: ImportHooks): boolean {
  const codes = ['import-paused', 'source-read', 'source-refused', 'store-full'];
  return signal?.aborted !== true && error instanceof LinnetError && codes.includes(error.code);
}

const isFull = (error: unknown): error is LinnetError =>
  error instanceof LinnetError && error.code === 'store-full';

/** `part`: how much of the model is on the disk already, 0 to 1. */
async function requireSpace(store: ModelStore, head: JournalHead, part: number): Promise<void> {
  const space = await store.estimate();
  const needed = Math.ceil(head.bytes * (1 - part)) + SPARE_BYTES;
  if (space === undefined || space.usage + needed <= space.quota) return;
  shortage(head.name, needed, Math.max(0, space.quota - space.usage));
}

/** After a write failed: how much is missing, as far as the platform says. */
async function withShortage(error: LinnetError, head: JournalHead, store: ModelStore): Promise<LinnetError> {
  const written = (await store.unfinished()).find((journal) => journal.head.id === head.id);
  const part = (written?.position.done ?? 0) / Math.max(1, head.total);
  const needed = Math.ceil(head.bytes * (1 - part)) + SPARE_BYTES;
  const space = await store.estimate().catch(() => undefined);
  if (space === undefined) return error;
  try {
    return shortage(head.name, needed, Math.max(0, space.quota - space.usage));
  } catch (explained) {
    return explained as LinnetError;
  }
}

function shortage(who: string, needed: number, free: number): never {
  const missing = Math.max(1, Math.ceil((needed - free) / 1e6));
  fail('store-full', {
    who,
    message: `the model does not fit on this device: ${missing} MB are missing`,
    expected: `${needed} bytes of space`,
    got: `${free} bytes`,
  });
}

/** `org/Some Model-1B` → `org-some-model-1b`: safe as a folder's name everywhere. */
function idOf(name: string): string {
  const slug = name
    .toLowerCase()
    .replace(/[^a-z0-9.]+/g, '-')
    .replace(/^[-.]+|[-.]+$/g, '');
  return slug.slice(0, 80) || 'model';
}
