/**
 * The folder that an import writes to, from before it reads the first byte of its source: so what a person started is
 * known after a restart, even if it was paused or cut off while the source was still being looked at.
 *
 * Not here: what is written (`import.ts`), the journal's form (`engine/weights/store/journal.ts`).
 */
import { EngineError } from '../../base/errors.ts';
import { type Journal, type JournalHead, type JournalWriter, START } from '../../weights/store/journal.ts';
import type { ModelStore, ModelWriter } from '../../weights/store/store.ts';
import type { ImportHooks } from '../model.ts';

export interface ImportFolder {
  readonly writer: ModelWriter;
  /** Open until the place is left. */
  readonly log: JournalWriter;
  /** What an earlier import of this id left. */
  readonly left: Journal | undefined;
  /**
   * Bytes of the source that are here and can be gone on with: none, those of an earlier import as it left them, or
   * those of this one, which keeps the journal up to date.
   */
  holds: 'nothing' | 'earlier' | 'ours';
}

/** The folder where an import of this id stopped, or a new one. Nobody else finds it until it is left. */
export async function openPlace(store: ModelStore, head: JournalHead): Promise<ImportFolder> {
  const before = await store.goOn(head.id);
  const writer = before?.writer ?? (await store.begin(head.id));
  const left = before?.journal;
  try {
    const log = await writer.journal(left === undefined ? { head } : { end: left.end });
    // Whoever imports it again lets it go on.
    if (left?.paused === true) await log.add(left.position, [], false);
    return { writer, log, left, holds: (left?.head.identity ?? '') === '' ? 'nothing' : 'earlier' };
  } catch (error) {
    if (left === undefined) await writer.abandon().catch(() => {});
    else writer.leave();
    throw error;
  }
}

/** The source turned out to be a model of another id: as if this place had never been opened. */
export async function closePlace({ writer, log, left }: ImportFolder): Promise<void> {
  if (left?.paused === true) await log.add(left.position, [], true);
  await log.close();
  if (left === undefined) await writer.abandon();
  else writer.leave();
}

/** What a person wants, or what may be otherwise tomorrow: no reason to throw away what came. */
const GOES_ON = ['import-paused', 'source-read', 'source-refused', 'store-full'];

/** After an import ended with `error`: what can go on stays for the next one, everything else goes. */
export async function endPlace(place: ImportFolder, error: unknown, hooks: ImportHooks): Promise<void> {
  const { writer, log, left, holds } = place;
  const code = error instanceof EngineError && hooks.signal?.aborted !== true ? error.code : '';
  const paused = code === 'import-paused';
  const stays = holds === 'earlier' || paused || (holds === 'ours' && GOES_ON.includes(code));
  if (paused && holds !== 'ours') {
    if (holds === 'nothing') await writer.clear().catch(() => {});
    await log.add((holds === 'earlier' && left?.position) || START, [], true).catch(() => {});
  }
  await log.close().catch(() => {});
  // What cannot be removed now is a left-over without a manifest; the next sweep takes it.
  if (stays) writer.leave();
  else await writer.abandon().catch(() => {});
}
