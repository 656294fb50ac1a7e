/**
 * The folder that an import writes to. It is created before the first byte of the source is read, so that the import is
 * listed after a restart even if it was paused or interrupted while the source was being opened.
 *
 * Not here: what is written (`import.ts`), the journal's format (`engine/weights/store/journal.ts`).
 */
import { EngineError } from '../../base/errors.ts';
import { type Journal, type JournalHead, type JournalWriter, START } from '../../weights/store/journal.ts';
import type { ModelStore, ModelWriter } from '../../weights/store/store.ts';
import type { ImportHooks } from '../model.ts';

/** The folder of a running import. */
export interface ImportFolder {
  readonly writer: ModelWriter;
  /** Open until the folder is closed. */
  readonly log: JournalWriter;
  /** The journal of an earlier import of this id. */
  readonly left: Journal | undefined;
  /**
   * Whose bytes the folder contains from which an import can resume: none, those of an earlier import, unchanged, or
   * those of this one, whose journal is up to date.
   */
  holds: 'nothing' | 'earlier' | 'ours';
}

/**
 * Opens the folder of an unfinished import of this id, or creates one, and counts the attempt in its journal. No other
 * import finds it until it is closed. Throws the storage's errors.
 */
export async function openPlace(store: ModelStore, head: JournalHead): Promise<ImportFolder> {
  const before = await store.goOn(head.id);
  const writer = before?.writer ?? (await store.begin(head.id));
  const left = before?.journal;
  try {
    const log = await writer.journal(left === undefined ? { head } : { end: left.end });
    // Starting the import again ends the pause.
    if (left?.paused === true) await log.add(left.position, [], false);
    await log.attempt((left?.attempts ?? 0) + 1);
    return { writer, log, left, holds: (left?.head.identity ?? '') === '' ? 'nothing' : 'earlier' };
  } catch (error) {
    if (left === undefined) await writer.abandon().catch(() => {});
    else writer.leave();
    throw error;
  }
}

/** Undoes {@link openPlace}, when the source turns out to be a model of another id. */
export async function closePlace({ writer, log, left }: ImportFolder): Promise<void> {
  if (left?.paused === true) await log.add(left.position, [], true);
  await log.attempt(left?.attempts ?? 0);
  await log.close();
  if (left === undefined) await writer.abandon();
  else writer.leave();
}

/** Errors by request of the user or of temporary nature, after which the bytes are kept. */
const RESUMABLE = [
  'import-paused',
  'source-read',
  'source-refused',
  'source-forbidden',
  'store-full',
  'gpu-lost',
  'gpu-limit',
  'gpu-unavailable',
];

/**
 * Closes the folder after an import failed with `error`: keeps it if the import can resume, and removes it otherwise.
 */
export async function endPlace(place: ImportFolder, error: unknown, hooks: ImportHooks): Promise<void> {
  const { writer, log, left, holds } = place;
  const code = error instanceof EngineError && hooks.signal?.aborted !== true ? error.code : '';
  const paused = code === 'import-paused';
  const resumable = holds === 'earlier' || paused || (holds === 'ours' && RESUMABLE.includes(code));
  if (paused && holds !== 'ours') {
    if (holds === 'nothing') await writer.clear().catch(() => {});
    await log.add((holds === 'earlier' && left?.position) || START, [], true).catch(() => {});
  }
  if (resumable) await log.attempt(0).catch(() => {});
  await log.close().catch(() => {});
  // If the folder cannot be removed now, the next sweep removes it, since it has no manifest.
  if (resumable) writer.leave();
  else await writer.abandon().catch(() => {});
}
