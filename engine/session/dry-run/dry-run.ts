/**
 * Tries a source in a worker of its own before an import opens it, and a stored model before it is loaded by a version that
 * has not tried it. Files from outside are parsed there first: JSON,
 * vocabularies, regular expressions, templates. All of these have budgets; the dry run is for what the budgets do not
 * know. A worker that computes for too long is ended, and one that dies takes nothing with it.
 *
 * The process that starts the worker reads the files and sends their bytes. It keeps them, and the import or load that follows
 * gets the same bytes from memory: what was tried is what is opened.
 */
import { EngineError, fail } from '../../base/errors.ts';
import { log } from '../../base/log.ts';
import { type ByteSource, cancelled, type CheckpointFolder } from '../../weights/sources/byte-source.ts';
import type {
  FromDryRun,
  ToDryRun,
  DryRunError,
  DryRunFile,
  DryRunKind,
  DryRunQuestion,
} from './messages.ts';

/** The part of a `Worker` that a dry run uses. */
export interface DryRunWorker {
  postMessage(message: ToDryRun): void;
  terminate(): void;
  onmessage: ((event: MessageEvent<FromDryRun>) => void) | null;
  onerror: ((event: ErrorEvent) => void) | null;
}

export interface DryRun {
  /** Of the program that tries. A stored model that another version has tried is tried again. */
  readonly version: string;
  /** Throws what opening the files would throw, `model-limit` where the worker was ended or died, and `source-cancelled`. */
  run(folder: CheckpointFolder, kind: DryRunKind, signal?: AbortSignal): Promise<Tried>;
}

export interface Tried {
  /** The folder to open. It has the bytes that were tried. */
  readonly folder: CheckpointFolder;
  /** False where no worker could be started. */
  readonly passed: boolean;
}

export interface DryRunOptions {
  readonly version?: string;
  /** Ticks of computing after which the worker is ended; waiting for bytes does not count. */
  readonly ticks?: number;
  /** Calls `tick` {@link TICKS_PER_SECOND} times a second, and returns what ends that; for tests. */
  readonly clock?: (tick: () => void) => () => void;
}

const TICKS_PER_SECOND = 4;
/** A minute: the largest vocabularies take 5 s on a computer of 2020, and phones are several times slower. */
const TICKS = 60 * TICKS_PER_SECOND;

/** A tick that comes late counts once, so a busy process does not end a dry run. */
function interval(tick: () => void): () => void {
  const timer = setInterval(tick, 1000 / TICKS_PER_SECOND);
  return () => clearInterval(timer);
}

/** Makes a {@link DryRun}. `start` starts a worker that runs `serveDryRun`. */
export function dryRunIn(start: () => DryRunWorker, options: DryRunOptions = {}): DryRun {
  return {
    version: options.version ?? '',
    async run(folder, kind, signal) {
      if (signal?.aborted === true) cancelled(folder.name);
      const kept = keepingFolder(folder, signal);
      const worker = started(start);
      const outcome =
        worker === undefined ? 'not-started' : await runIn(worker, kept, folder, kind, options, signal);
      if (outcome === 'not-started')
        log('warn', 'dry-run', 'the worker could not be started; files are opened without it');
      return { folder: kept.folder, passed: outcome === 'passed' };
    },
  };
}

/** The worker; undefined where the platform throws, as for a program that its policy forbids. */
function started(start: () => DryRunWorker): DryRunWorker | undefined {
  try {
    return start();
  } catch (error) {
    log('warn', 'dry-run', String(error));
    return undefined;
  }
}

function runIn(
  worker: DryRunWorker,
  { ask, folder: { name } }: KeepingFolder,
  { list }: CheckpointFolder,
  kind: DryRunKind,
  { ticks = TICKS, clock = interval }: DryRunOptions,
  signal: AbortSignal | undefined,
): Promise<'passed' | 'not-started'> {
  let isReady = false;
  let questions = 0;
  let spent = 0;
  const { promise, resolve, reject } = Promise.withResolvers<'passed' | 'not-started'>();
  const stopClock = clock(() => {
    // Starting counts as waiting: an idle phone may take long to load a program.
    if (!isReady || questions > 0) return;
    if (++spent > ticks) reject(ended(name, ticks / TICKS_PER_SECOND));
  });
  const stop = () =>
    reject(new EngineError('source-cancelled', { who: name, message: 'stopped on request' }));
  signal?.addEventListener('abort', stop);
  worker.onerror = (event) => {
    event.preventDefault?.();
    if (isReady) reject(died(name, event.message));
    else resolve('not-started');
  };
  worker.onmessage = ({ data }) => {
    if (data.kind === 'ready') {
      isReady = true;
      worker.postMessage({ kind: 'try', name, lists: list !== undefined, what: kind });
    } else if (data.kind === 'ask') {
      questions++;
      ask(data.question)
        .then((answer) => {
          questions--;
          worker.postMessage({ kind: 'answer', id: data.id, answer });
        })
        .catch(reject);
    } else if (data.kind === 'passed') resolve('passed');
    else reject(asError(data.error));
  };
  return promise.finally(() => {
    stopClock();
    signal?.removeEventListener('abort', stop);
    worker.onmessage = null;
    worker.terminate();
  });
}

interface KeepingFolder {
  /** Has the files that were opened and, once each, the bytes that were read. */
  readonly folder: CheckpointFolder;
  ask(question: DryRunQuestion): Promise<DryRunFile | Uint8Array | readonly string[] | undefined>;
}

/** A file that was opened. */
interface KeptFile {
  readonly source: ByteSource;
  /** Bytes that were read, by {@link pieceKey}. */
  readonly pieces: Map<string, Uint8Array>;
  /** The source with the pieces. */
  readonly replaying: ByteSource;
}

const pieceKey = (offset: number, length: number): string => `${offset} ${length}`;

function keepingFolder(folder: CheckpointFolder, signal: AbortSignal | undefined): KeepingFolder {
  const opened = new Map<string, Promise<ByteSource | undefined>>();
  const files: KeptFile[] = [];
  let names: Promise<readonly string[]> | undefined;
  const open = (file: string, stop = signal) => {
    const known = opened.get(file) ?? folder.open(file, stop);
    opened.set(file, known);
    return known;
  };
  const list = () => (names ??= folder.list?.() ?? Promise.resolve([]));
  const numberOf = (source: ByteSource): number => {
    const known = files.findIndex((file) => file.source === source);
    if (known >= 0) return known;
    const pieces = new Map<string, Uint8Array>();
    return files.push({ source, pieces, replaying: replaying(source, pieces) }) - 1;
  };
  return {
    folder: {
      name: folder.name,
      async open(file, stop) {
        const source = await open(file, stop);
        return source === undefined ? undefined : files[numberOf(source)]?.replaying;
      },
      ...(folder.list === undefined ? {} : { list }),
    },
    async ask(question) {
      if (question.what === 'list') return list();
      if (question.what === 'open') {
        const source = await open(question.file);
        if (source === undefined) return undefined;
        const { name, size, tag, sha256 } = source;
        return { source: numberOf(source), name, size, tag, sha256 };
      }
      const { offset, length } = question;
      const file = files[question.source];
      if (file === undefined) return fail('internal', { who: 'dry-run', message: 'there is no such file' });
      const bytes = await file.source.read(offset, length, signal);
      file.pieces.set(pieceKey(offset, length), bytes);
      // A message has the whole buffer of a view, which may be that of the whole file.
      return bytes.length === bytes.buffer.byteLength ? bytes : bytes.slice();
    },
  };
}

/** The source, which takes bytes that were read before from `pieces`, once each. */
function replaying(source: ByteSource, pieces: Map<string, Uint8Array>): ByteSource {
  const { name, size, tag, sha256 } = source;
  return {
    name,
    size,
    ...(tag === undefined ? {} : { tag }),
    ...(sha256 === undefined ? {} : { sha256 }),
    read(offset, length, signal) {
      const key = pieceKey(offset, length);
      const piece = pieces.get(key);
      pieces.delete(key);
      return piece === undefined ? source.read(offset, length, signal) : Promise.resolve(piece);
    },
    stream: (offset, length, signal) => source.stream(offset, length, signal),
  };
}

function ended(who: string, seconds: number): EngineError {
  return new EngineError('model-limit', {
    who,
    message: 'trying these files was ended, because it took far longer than with any known model',
    expected: `at most ${seconds} seconds of computing`,
    got: 'more',
  });
}

function died(who: string, got: string | undefined): EngineError {
  return new EngineError('model-limit', {
    who,
    message: 'the worker that tried these files died of them',
    expected: 'files that can be read in the memory of this device',
    got: got || 'no message',
  });
}

function asError({ code, who, message, ...facts }: DryRunError): Error {
  return code === undefined ? new Error(message) : new EngineError(code, { who, message, ...facts });
}
