/**
 * `import.jsonl`, the journal from which an interrupted import resumes. The first line is the head, which describes
 * the import. Each later line records how far `weights.bin` is filled; it is written after the bytes themselves are
 * durable. Lines are only appended, so an interruption leaves at most one incomplete line, which is ignored. A later
 * head, written when more is known about the import, replaces everything before it.
 *
 * A checkpoint's conversion depends on whole rows only, so resuming from any row gives the same bytes.
 */
import { type ChecksumState, checksum } from '../integrity/checksum.ts';
import { isObject } from '../sources/json.ts';
import { formatTag, hasFormat } from './format-tag.ts';
import type { WeightProfile } from './profiles.ts';
import { isSha256State, type Sha256State } from '../integrity/sha256.ts';
import type { FileWriter } from './storage.ts';

export const JOURNAL = 'import.jsonl';
/** Size limit, above that of the longest import: one line per 8 MiB, one finished tensor per line. */
const MAX_BYTES = 64 * 1024 * 1024;

/** The first line: describes the import. */
export interface JournalHead {
  /** Id of the new model. */
  readonly id: string;
  readonly name: string;
  readonly weights: WeightProfile;
  /** The caller's description of the source. */
  readonly origin?: string;
  /**
   * Must be equal to resume: covers files with size and tag, the plan of the store, and the small files. Empty while
   * the source has not been opened, or if it has no tags: then the import cannot resume.
   */
  readonly identity: string;
  /** Bytes to read from the source; 0 while unknown. */
  readonly total: number;
  /** Bytes of the finished model; 0 while unknown. */
  readonly bytes: number;
  /** Unix time in milliseconds. */
  readonly startedAt: number;
}

/** How far `weights.bin` is filled. Tensors before `tensor` are complete, later ones not started. */
export interface Position {
  readonly tensor: number;
  /** Bytes written per section of that tensor. */
  readonly written: readonly number[];
  /** Checksum per section of that tensor. */
  readonly sums: readonly ChecksumState[];
  /** Source bytes read so far. */
  readonly done: number;
  /** Hash of the current source file up to exactly this position; absent if it is not hashed. */
  readonly hash?: Sha256State;
  /** Set if some bytes came from a file that was not hashed. */
  readonly unhashed?: true;
}

/** A parsed journal. */
export interface Journal {
  readonly head: JournalHead;
  /** Checksums of the sections of complete tensors. */
  readonly finished: readonly (readonly number[])[];
  readonly position: Position;
  /** The user paused the import, so only the user may resume it. */
  readonly paused: boolean;
  /** Bytes of the journal up to the end of its last whole line. */
  readonly end: number;
}

/** The position of an import that has written nothing. */
export const START: Position = { tensor: 0, written: [], sums: [], done: 0 };

type JournalLine = Position & {
  readonly finished: readonly (readonly number[])[];
  readonly paused?: boolean;
};

/** Parses a journal; undefined if it is invalid or has no whole first line. */
export function parseJournal(bytes: Uint8Array): Journal | undefined {
  if (bytes.length > MAX_BYTES) return undefined;
  const end = bytes.lastIndexOf(0x0a) + 1;
  const [first, ...lines] = new TextDecoder().decode(bytes.subarray(0, end)).split('\n').slice(0, -1);
  const firstHead = parsed(first ?? '');
  if (!isHead(firstHead)) return undefined;
  let head: JournalHead = firstHead;
  let finished: (readonly number[])[] = [];
  let position: Position = START;
  let paused = false;
  for (const text of lines) {
    const line = parsed(text);
    if (isHead(line)) {
      [head, finished, position, paused] = [line, [], START, false];
      continue;
    }
    if (!isLine(line) || finished.length + line.finished.length !== line.tensor) return undefined;
    const { finished: more, paused: stopped, ...rest } = line;
    finished.push(...more);
    position = rest;
    paused = stopped === true;
  }
  return { head, finished, position, paused, end };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const isCount = (x: unknown): x is number => Number.isSafeInteger(x) && (x as number) >= 0;
const isCounts = (x: unknown): x is number[] => Array.isArray(x) && x.every(isCount);

function isHead(x: unknown): x is JournalHead {
  if (!isObject(x) || !hasFormat(x.format, 'import')) return false;
  const texts = [x.id, x.name, x.weights, x.identity];
  return texts.every((t) => typeof t === 'string') && isCounts([x.total, x.bytes, x.startedAt]);
}

function isLine(x: unknown): x is JournalLine {
  if (!isObject(x) || !isCount(x.tensor) || !isCount(x.done) || !isCounts(x.written)) return false;
  if (!Array.isArray(x.finished) || !x.finished.every(isCounts)) return false;
  if (x.hash !== undefined && !isSha256State(x.hash)) return false;
  if (x.unhashed !== undefined && x.unhashed !== true) return false;
  const isState = (s: unknown) => Array.isArray(s) && s.length === 3 && s.every(Number.isInteger);
  return Array.isArray(x.sums) && x.sums.every(isState);
}

/** Appends lines to the journal's file; each is durable when its call returns. */
export interface JournalWriter {
  /** Appends a new head, which replaces everything before it. */
  begin(head: JournalHead): Promise<void>;
  /** Appends a position. `finished`: checksums of the tensors completed since the last line. */
  add(position: Position, finished: readonly (readonly number[])[], paused: boolean): Promise<void>;
  close(): Promise<void>;
}

/** Starts a file with its head, or appends at `end` bytes. */
export async function journalWriter(
  file: FileWriter,
  begin: { readonly head: JournalHead } | { readonly end: number },
): Promise<JournalWriter> {
  let at = 'end' in begin ? begin.end : 0;
  const write = async (line: object) => {
    const text = new TextEncoder().encode(`${JSON.stringify(line)}\n`);
    await file.write(at, text);
    await file.flush();
    at += text.length;
  };
  const writeHead = (head: JournalHead) => write({ format: formatTag('import'), ...head });
  if ('head' in begin) await writeHead(begin.head);
  return {
    begin: writeHead,
    add: (position, finished, paused) => write({ ...position, finished, ...(paused ? { paused } : {}) }),
    close: () => file.close(),
  };
}

/** Returns a u32 checksum of texts and bytes, for {@link JournalHead.identity}. */
export function digest(parts: Iterable<Uint8Array | string>): number {
  const sum = checksum();
  for (const part of parts) sum.add(typeof part === 'string' ? new TextEncoder().encode(part) : part);
  return sum.value();
}
