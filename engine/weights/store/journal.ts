/**
 * `import.jsonl`, the journal from which an interrupted import resumes. The first line is the head, which describes
 * the import. Each later line records how far `weights.bin` is filled; it is written after the bytes themselves are
 * durable. Lines are only appended. A later head, written when more is known about the import, replaces everything
 * before it. Attempts are counted: a line says so before one begins, so a process that ends in it leaves the count.
 *
 * A line is JSON, a tab, and eight hexadecimal digits: the checksum of the line and of that of the line before. The first
 * line that is damaged, cut off or out of its place ends what is trusted; the import resumes from the lines before it, and
 * what follows is read from the source again. Journals of version 1 have no checksums. They are read, and lines that
 * are appended to them have one.
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

/** Without checksums, and with them. */
const VERSIONS = [1, 2];

/** The first line: describes the import. */
export interface JournalHead {
  /** Id of the new model. */
  readonly id: string;
  readonly name: string;
  readonly weights: WeightProfile;
  /** The caller's description of the source. */
  readonly origin?: string;
  /** When it is complete, it replaces the stored model of its id, whatever that is. */
  readonly replaces?: true;
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
  /**
   * Attempts since the last progress that neither ended in order nor reported a failure: the process ended in them. An
   * attempt that is under way counts.
   */
  readonly attempts: number;
  /** The place after the last line that is trusted. */
  readonly end: JournalEnd;
}

/** Where the next line is appended. */
export interface JournalEnd {
  /** Bytes of the journal up to here. */
  readonly bytes: number;
  /** Checksum of the line before. */
  readonly sum: number;
}

/** The position of an import that has written nothing. */
export const START: Position = { tensor: 0, written: [], sums: [], done: 0 };

/** Written before an attempt begins, and with 0 when it has ended in order. */
interface AttemptLine {
  readonly attempts: number;
}

type JournalLine = Position & {
  readonly finished: readonly (readonly number[])[];
  readonly paused?: boolean;
};

/** Parses a journal up to the first line that is not as it was written; undefined if that is the first line. */
export function parseJournal(bytes: Uint8Array): Journal | undefined {
  if (bytes.length > MAX_BYTES) return undefined;
  const lines = trustedLines(bytes);
  const first = lines.next().value;
  if (first === undefined || !isHead(first.value)) return undefined;
  let journal: Journal = { ...beginning(first.value), end: first.end };
  const finished: (readonly number[])[] = [];
  // An import that starts over makes no progress until it gets further than before.
  let furthest = 0;
  for (const { value, end } of lines) {
    const { attempts } = journal;
    if (isHead(value)) {
      finished.length = 0;
      journal = { ...beginning(value), attempts, end };
      continue;
    }
    if (isAttempt(value)) {
      journal = { ...journal, attempts: value.attempts, end };
      continue;
    }
    if (!isLine(value) || finished.length + value.finished.length !== value.tensor) break;
    const { finished: more, paused, ...position } = value;
    finished.push(...more);
    const isProgress = position.done > furthest;
    furthest = Math.max(furthest, position.done);
    journal = { ...journal, position, paused: paused === true, attempts: isProgress ? 0 : attempts, end };
  }
  return { ...journal, finished };
}

const beginning = (head: JournalHead) => ({
  head,
  finished: [],
  position: START,
  paused: false,
  attempts: 0,
});

/** Yields whole lines as parsed JSON, with the place after each, until one is damaged. */
function* trustedLines(bytes: Uint8Array): Generator<{ value: unknown; end: JournalEnd }> {
  const text = new TextDecoder();
  let sum = 0;
  let summed = false;
  for (let at = 0; at < bytes.length; ) {
    const newline = bytes.indexOf(NEWLINE, at);
    if (newline < 0) return;
    const tab = bytes.subarray(at, newline).lastIndexOf(TAB);
    const json = bytes.subarray(at, tab < 0 ? newline : at + tab);
    sum = lineSum(sum, json);
    summed ||= tab >= 0;
    if (summed && text.decode(bytes.subarray(at + tab + 1, newline)) !== hexSum(sum)) return;
    const value = parsed(text.decode(json));
    if (value === undefined || (!summed && isObject(value) && hasFormat(value.format, 'import', 2))) return;
    at = newline + 1;
    yield { value, end: { bytes: at, sum } };
  }
}

const NEWLINE = 0x0a;
/** JSON text on one line contains no tab. */
const TAB = 0x09;

/** u32 checksum of a line after a line with checksum `before`. */
function lineSum(before: number, json: Uint8Array): number {
  const sum = checksum();
  sum.add(new Uint8Array(Uint32Array.of(before).buffer));
  sum.add(json);
  return sum.value();
}

const hexSum = (sum: number): string => sum.toString(16).padStart(8, '0');

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
  if (!isObject(x) || !VERSIONS.some((version) => hasFormat(x.format, 'import', version))) return false;
  const texts = [x.id, x.name, x.weights, x.identity];
  return texts.every((t) => typeof t === 'string') && isCounts([x.total, x.bytes, x.startedAt]);
}

const isAttempt = (x: unknown): x is AttemptLine =>
  isObject(x) && isCount(x.attempts) && x.tensor === undefined;

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
  /** Records an attempt before it begins (`attempts`: those since the last progress), or with 0 its end in order. */
  attempt(attempts: number): Promise<void>;
  close(): Promise<void>;
}

/** Starts a file with its head, or appends at `end`. */
export async function journalWriter(
  file: FileWriter,
  begin: { readonly head: JournalHead } | { readonly end: JournalEnd },
): Promise<JournalWriter> {
  let { bytes: at, sum } = 'end' in begin ? begin.end : { bytes: 0, sum: 0 };
  const write = async (line: object) => {
    const json = JSON.stringify(line);
    const next = lineSum(sum, new TextEncoder().encode(json));
    const text = new TextEncoder().encode(`${json}\t${hexSum(next)}\n`);
    await file.write(at, text);
    await file.flush();
    at += text.length;
    sum = next;
  };
  const writeHead = (head: JournalHead) => write({ format: formatTag('import', 2), ...head });
  if ('head' in begin) await writeHead(begin.head);
  return {
    begin: writeHead,
    add: (position, finished, paused) => write({ ...position, finished, ...(paused ? { paused } : {}) }),
    attempt: (attempts) => write({ attempts }),
    close: () => file.close(),
  };
}

/** Returns a u32 checksum of texts and bytes, for {@link JournalHead.identity}. */
export function digest(parts: Iterable<Uint8Array | string>): number {
  const sum = checksum();
  for (const part of parts) sum.add(typeof part === 'string' ? new TextEncoder().encode(part) : part);
  return sum.value();
}
