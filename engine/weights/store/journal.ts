/**
 * `import.jsonl`, by which an import that was cut off goes on where it stopped. The first line says what is imported;
 * each later line how far `weights.bin` is filled, written after the bytes themselves are durable. Lines are only
 * ever added, so a cut leaves at most one torn line, which does not count. A head may come again, when more is known of
 * what is imported; nothing before it counts then.
 *
 * A checkpoint's conversion depends on whole rows only, so going on from any row gives the same bytes.
 */
import { type ChecksumState, checksum } from '../integrity/checksum.ts';
import { isObject } from '../sources/json.ts';
import { formatTag, hasFormat } from './format-tag.ts';
import type { WeightProfile } from './profiles.ts';
import { isSha256State, type Sha256State } from '../integrity/sha256.ts';
import type { FileWriter } from './storage.ts';

export const JOURNAL = 'import.jsonl';
/** More than the longest import writes: a line per 8 MiB, a finished tensor per line. */
const MAX_BYTES = 64 * 1024 * 1024;

export interface JournalHead {
  /** Of the model that is made. */
  readonly id: string;
  readonly name: string;
  readonly weights: WeightProfile;
  /** What the caller said of where it comes from. */
  readonly origin?: string;
  /**
   * What must be the same for going on: files with size and tag, the plan of the store, the small files. Empty while
   * the source was not looked at, or cannot be told from another: then there is nothing to go on with.
   */
  readonly identity: string;
  /** Bytes to read of the source, and bytes of the finished model; 0 while nobody knows. */
  readonly total: number;
  readonly bytes: number;
  readonly startedAt: number;
}

/** How far `weights.bin` is filled. Tensors before `tensor` are complete, those behind it untouched. */
export interface Position {
  readonly tensor: number;
  /** Bytes per section of that tensor. */
  readonly written: readonly number[];
  /** One per section. */
  readonly sums: readonly ChecksumState[];
  /** Bytes read of the source so far. */
  readonly done: number;
  /** Of the file that is being read, exactly up to here; absent where it is not hashed. */
  readonly hash?: Sha256State;
  /** Bytes came from a file that was not hashed. */
  readonly unhashed?: true;
}

export interface Journal {
  readonly head: JournalHead;
  /** Checksums of the complete tensors' sections. */
  readonly finished: readonly (readonly number[])[];
  readonly position: Position;
  /** A person stopped it, so only a person lets it go on. */
  readonly paused: boolean;
  /** Bytes of the file up to its last whole line. */
  readonly end: number;
}

export const START: Position = { tensor: 0, written: [], sums: [], done: 0 };

type JournalLine = Position & {
  readonly finished: readonly (readonly number[])[];
  readonly paused?: boolean;
};

/** Undefined for what is no journal or has no whole first line. */
export function parseJournal(bytes: Uint8Array): Journal | undefined {
  if (bytes.length > MAX_BYTES) return undefined;
  const end = bytes.lastIndexOf(0x0a) + 1;
  const [first, ...lines] = new TextDecoder().decode(bytes.subarray(0, end)).split('\n').slice(0, -1);
  const begun = parsed(first ?? '');
  if (!isHead(begun)) return undefined;
  let head: JournalHead = begun;
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

/** Adds lines to the journal's file. */
export interface JournalWriter {
  /** Says anew what is imported. */
  begin(head: JournalHead): Promise<void>;
  /** `finished`: checksums of the tensors completed since the last line. */
  add(position: Position, finished: readonly (readonly number[])[], paused: boolean): Promise<void>;
  close(): Promise<void>;
}

/** Begins a file with its first line, or goes on behind `end`. */
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

/** Hash of texts and bytes, for {@link JournalHead.identity}. */
export function digest(parts: Iterable<Uint8Array | string>): number {
  const sum = checksum();
  for (const part of parts) sum.add(typeof part === 'string' ? new TextEncoder().encode(part) : part);
  return sum.value();
}
