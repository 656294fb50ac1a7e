/**
 * Fills `weights.bin` from a feed of blocks: writes each at its offset, updates the checksums, reports progress, and
 * writes the journal, from which a later call resumes. Not here: making the blocks (`convert.ts`, `published-model.ts`).
 */
import { fail, invariant } from '../../base/errors.ts';
import { type Checksum, checksum } from '../integrity/checksum.ts';
import { type Journal, type JournalWriter, type Position, START } from '../store/journal.ts';
import type { StoredTensor } from '../store/manifest.ts';
import type { Sha256State } from '../integrity/sha256.ts';
import { cancelled } from '../sources/byte-source.ts';
import type { FileWriter } from '../store/storage.ts';

/** Bytes of one tensor; the blocks of a section are in order. */
export interface Block {
  /** Index in the plan. */
  readonly tensor: number;
  /** One per section, possibly empty. */
  readonly parts: readonly Uint8Array[];
  /** Number of source bytes that the parts were made from. */
  readonly read: number;
  /** Hash of the source file up to the end of these bytes; absent if the file is not hashed. */
  readonly hash?: Sha256State | undefined;
}

/** A source of blocks in the order of the plan's tensors. It can start at any position of a journal. */
export interface Feed {
  /** For error messages. */
  readonly name: string;
  /** Total bytes of the source. */
  readonly total: number;
  /** `written` reads back what was placed of earlier blocks. */
  blocks(from: Position, signal: AbortSignal | undefined, written: FileWriter['read']): AsyncIterable<Block>;
}

/** Options of {@link fillWeights}. */
export interface FillHooks {
  /** Called after each block; `done` and `total` are bytes of the source. */
  readonly onProgress?: ((done: number, total: number, tensor: string) => void) | undefined;
  /** Cancels; the written bytes cannot be used. */
  readonly signal?: AbortSignal | undefined;
  /** Stops with `import-paused`; the journal records the written bytes. */
  readonly pause?: AbortSignal | undefined;
  /** Where the last call stopped. */
  readonly from?: Pick<Journal, 'finished' | 'position'> | undefined;
  readonly journal?: JournalWriter | undefined;
  /** The most that a crash can lose, in bytes of the source. Default: 8 MiB. */
  readonly journalBytes?: number | undefined;
}

/** The most that a crash can lose: bytes of the source by default, and milliseconds of work. */
const JOURNAL_BYTES = 8 * 1024 * 1024;
const JOURNAL_MS = 2000;
/** Milliseconds of work before yielding to the event loop, so that a worker receives its messages. */
const YIELD_INTERVAL_MS = 24;

/** The result of {@link fillWeights}. */
export interface Filled {
  /** The plan's tensors, with their checksums. */
  readonly tensors: StoredTensor[];
  /** Whether all bytes came from files that matched their published SHA-256. */
  readonly hashed: boolean;
}

/**
 * Writes all blocks of `feed`. Throws `source-cancelled` after `signal`, `import-paused` after `pause`, `store-full`,
 * and the feed's errors. The journal is up to date after every failure but a cancellation.
 */
export async function fillWeights(
  plan: readonly StoredTensor[],
  feed: Feed,
  file: FileWriter,
  hooks: FillHooks = {},
): Promise<Filled> {
  const cursor = createCursor(plan, hooks.from);
  const { signal, pause, journal, journalBytes = JOURNAL_BYTES } = hooks;
  const stop = signal && pause ? AbortSignal.any([signal, pause]) : (signal ?? pause);
  const yieldIfDue = eventLoopYielder();
  let lastEntry = { done: cursor.done(), at: performance.now() };
  let recorded = cursor.finished().length;
  const record = async () => {
    await file.flush();
    const finished = cursor.finished();
    await journal?.add(cursor.position(), finished.slice(recorded), pause?.aborted === true);
    recorded = finished.length;
    lastEntry = { done: cursor.done(), at: performance.now() };
  };
  try {
    for await (const block of feed.blocks(cursor.position(), stop, (offset, length) =>
      file.read(offset, length),
    )) {
      if (stop?.aborted === true) break;
      for (const { offset, part } of cursor.place(block)) await file.write(offset, part);
      cursor.advance(block);
      hooks.onProgress?.(cursor.done(), feed.total, plan[block.tensor]?.name ?? '');
      const due =
        cursor.done() - lastEntry.done >= journalBytes || performance.now() - lastEntry.at >= JOURNAL_MS;
      if (journal !== undefined && due) await record();
      await yieldIfDue();
    }
    if (signal?.aborted === true) cancelled(feed.name);
    if (pause?.aborted === true) paused(feed.name);
  } catch (error) {
    // On a full disk this fails too; the previous line is still correct.
    if (journal !== undefined && signal?.aborted !== true) await record().catch(() => {});
    if (signal?.aborted === true) cancelled(feed.name);
    if (pause?.aborted === true) paused(feed.name);
    throw error;
  }
  return cursor.complete();
}

function paused(name: string): never {
  fail('import-paused', { who: name, message: 'paused on request' });
}

/** Tracks how far each section is written, and its checksum so far. */
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

  /** Completes tensors up to `next`; empty tensors have no block. */
  const moveTo = (next: number) => {
    for (; tensor < next; tensor++, open([], [])) {
      const target = plan[tensor] as StoredTensor;
      for (const [s, { bytes }] of target.sections.entries()) {
        invariant(written[s] === bytes, target.name, `only ${written[s]} of ${bytes} bytes were written`);
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

/** Returns a function to await often; it yields to the event loop once per {@link YIELD_INTERVAL_MS}. */
function eventLoopYielder(): () => Promise<void> {
  let last = performance.now();
  return async () => {
    if (performance.now() - last < YIELD_INTERVAL_MS) return;
    await new Promise((resolve) => setTimeout(resolve, 0));
    last = performance.now();
  };
}
