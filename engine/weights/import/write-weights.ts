/**
 * Fills `weights.bin` from a feed of blocks: writes each where it belongs, sums it, tells how far it is, and keeps
 * the journal, from which a later call goes on. Not here: what the blocks are (`convert.ts`, `published-model.ts`).
 */
import { fail, invariant } from '../../base/errors.ts';
import { type Checksum, checksum } from '../integrity/checksum.ts';
import { type Journal, type JournalWriter, type Position, START } from '../store/journal.ts';
import type { StoredTensor } from '../store/manifest.ts';
import type { Sha256State } from '../integrity/sha256.ts';
import { cancelled } from '../sources/byte-source.ts';
import type { FileWriter } from '../store/storage.ts';

/** Bytes for one tensor, in order per section. */
export interface Block {
  /** Index in the plan. */
  readonly tensor: number;
  /** One per section, possibly empty. */
  readonly parts: readonly Uint8Array[];
  /** Bytes of the source that these came from. */
  readonly read: number;
  /** Of their file up to the last of them; absent where the file is not hashed. */
  readonly hash?: Sha256State | undefined;
}

/** Where blocks come from: in the order of the plan's tensors, from any position on. */
export interface Feed {
  /** For messages. */
  readonly name: string;
  /** Bytes of the source in all. */
  readonly total: number;
  blocks(from: Position, signal: AbortSignal | undefined): AsyncIterable<Block>;
}

export interface FillHooks {
  readonly onProgress?: ((done: number, total: number, tensor: string) => void) | undefined;
  /** Ends it; what was written is worth nothing. */
  readonly signal?: AbortSignal | undefined;
  /** Ends it with `import-paused`; what was written is in the journal. */
  readonly pause?: AbortSignal | undefined;
  /** Where the last call stopped. */
  readonly from?: Pick<Journal, 'finished' | 'position'> | undefined;
  readonly journal?: JournalWriter | undefined;
}

/** What is lost at most by a crash: so many bytes of the source, or so much time. */
const JOURNAL_BYTES = 8 * 1024 * 1024;
const JOURNAL_MS = 2000;
/** Milliseconds of work between two breaths, so that a worker hears its messages. */
const BREATH_MS = 24;

export interface Filled {
  /** The plan's, with their checksums. */
  readonly tensors: StoredTensor[];
  /** All bytes came from files that agreed with their published SHA-256. */
  readonly hashed: boolean;
}

/** Whatever ends it early, the journal is up to date. */
export async function fillWeights(
  plan: readonly StoredTensor[],
  feed: Feed,
  file: FileWriter,
  hooks: FillHooks = {},
): Promise<Filled> {
  const cursor = createCursor(plan, hooks.from);
  const { signal, pause, journal } = hooks;
  const stop = signal && pause ? AbortSignal.any([signal, pause]) : (signal ?? pause);
  const breathe = breather();
  let noted = { done: cursor.done(), at: performance.now() };
  let told = cursor.finished().length;
  const note = async () => {
    await file.flush();
    const finished = cursor.finished();
    await journal?.add(cursor.position(), finished.slice(told), pause?.aborted === true);
    told = finished.length;
    noted = { done: cursor.done(), at: performance.now() };
  };
  try {
    for await (const block of feed.blocks(cursor.position(), stop)) {
      if (stop?.aborted === true) break;
      for (const { offset, part } of cursor.place(block)) await file.write(offset, part);
      cursor.advance(block);
      hooks.onProgress?.(cursor.done(), feed.total, plan[block.tensor]?.name ?? '');
      const due = cursor.done() - noted.done >= JOURNAL_BYTES || performance.now() - noted.at >= JOURNAL_MS;
      if (journal !== undefined && due) await note();
      await breathe();
    }
    if (signal?.aborted === true) cancelled(feed.name);
    if (pause?.aborted === true) paused(feed.name);
  } catch (error) {
    // Where the disk is full this fails too, and the last line stays the truth.
    if (journal !== undefined && signal?.aborted !== true) await note().catch(() => {});
    if (signal?.aborted === true) cancelled(feed.name);
    if (pause?.aborted === true) paused(feed.name);
    throw error;
  }
  return cursor.complete();
}

function paused(name: string): never {
  fail('import-paused', { who: name, message: 'paused on request' });
}

/** How far each section is written, and what its bytes sum up to. */
function createCursor(plan: readonly StoredTensor[], from: FillHooks['from']) {
  const start = from?.position ?? START;
  const checksums: (readonly number[])[] = [...(from?.finished ?? [])];
  let { tensor, done, hash, unhashed } = start;
  let sums: Checksum[] = [];
  let written: number[] = [];
  const open = (states: Position['sums'], bytes: readonly number[]) => {
    const sections = plan[tensor]?.sections ?? [];
    sums = sections.map((_, s) => checksum(states[s]));
    written = sections.map((_, s) => bytes[s] ?? 0);
  };
  open(start.sums, start.written);

  /** Closes tensors up to `next`; those without a byte have no block of their own. */
  const moveTo = (next: number) => {
    for (; tensor < next; tensor++, open([], [])) {
      const target = plan[tensor] as StoredTensor;
      for (const [s, { bytes }] of target.sections.entries()) {
        invariant(written[s] === bytes, target.name, `${written[s]} of ${bytes} bytes were written`);
      }
      checksums.push(sums.map((sum) => sum.value()));
    }
  };

  return {
    done: () => done,
    position: (): Position => ({
      tensor,
      written: [...written],
      sums: sums.map((sum) => sum.state()),
      done,
      ...(hash === undefined ? {} : { hash }),
      ...(unhashed === undefined ? {} : { unhashed }),
    }),
    finished: (): readonly (readonly number[])[] => checksums,
    place(block: Block) {
      moveTo(block.tensor);
      return block.parts.flatMap((part, s) =>
        part.length === 0
          ? []
          : [{ offset: (plan[tensor]?.sections[s]?.offset ?? 0) + (written[s] ?? 0), part }],
      );
    },
    advance(block: Block) {
      for (const [s, part] of block.parts.entries()) {
        sums[s]?.add(part);
        written[s] = (written[s] ?? 0) + part.length;
      }
      done += block.read;
      hash = block.hash;
      if (hash === undefined) unhashed = true;
    },
    complete(): Filled {
      moveTo(plan.length);
      const tensors = plan.map((target, i) => ({
        ...target,
        sections: target.sections.map((section, s) => ({ ...section, checksum: checksums[i]?.[s] ?? 0 })),
      }));
      return { tensors, hashed: unhashed === undefined };
    },
  };
}

/** A function to await often; it lets other tasks run when the last breath was a while ago. */
function breather(): () => Promise<void> {
  let last = performance.now();
  return async () => {
    if (performance.now() - last < BREATH_MS) return;
    await new Promise((resolve) => setTimeout(resolve, 0));
    last = performance.now();
  };
}
