/**
 * Imports under way, paused, cut off and failed. One that stopped for any reason but a person's cancelling keeps what
 * it has on the device and goes on from there: by itself where it was cut off or the connection was lost, on request
 * where a person paused it.
 *
 * Not here: how an import goes on (the engine), which model answers (`model-service.ts`).
 */
import { type ImportProgress, EngineError, type StoredModel } from '../../../engine/index.ts';
import { toWire, type WireError } from '../../protocol/errors.ts';
import type { ImportState } from '../../protocol/types.ts';
import type { ImportOrigin, Engine } from './engine.ts';
import { rateMeter } from './throughput.ts';

interface TrackedImport {
  readonly id: string;
  name: string;
  /** Undefined for files that a person must choose again: a browser forgets them when it closes. */
  readonly checkpoint: ImportOrigin | undefined;
  /** Of the model that it makes, once known. */
  model: string | undefined;
  progress: ImportProgress;
  readonly rate: ReturnType<typeof rateMeter>;
  /** While it runs. */
  run: ImportRun | undefined;
  error: WireError | undefined;
  /** Whether it could go on after the error. */
  kept: boolean;
  /** While it waits for the connection. */
  waiting: ReturnType<typeof setTimeout> | undefined;
}

/**
 * Milliseconds from one attempt to the next while a server cannot be reached. The browser says when its own line is
 * back; nobody says when a server is.
 */
const AGAIN_MS = 3 * 60_000;

interface ImportRun {
  readonly stop: AbortController;
  readonly pause: AbortController;
  readonly finished: Promise<void>;
}

export interface ImportServiceOptions {
  readonly engine: Engine;
  now(): number;
  /** Something shown has changed. */
  changed(): void;
  /** The store has changed; `model` is new in it. */
  stored(model?: StoredModel): Promise<void>;
  /** Tells when the browser's line is back. */
  whenOnline(listener: () => void): void;
}

const NOTHING: ImportProgress = { phase: 'reading', done: 0, total: 0 };

export class ImportService {
  private readonly options: ImportServiceOptions;
  private readonly entries = new Map<string, TrackedImport>();

  constructor(options: ImportServiceOptions) {
    this.options = options;
    options.whenOnline(() => {
      for (const entry of this.entries.values()) if (entry.waiting !== undefined) this.resume(entry.id);
    });
  }

  states(): ImportState[] {
    return [...this.entries.values()].map(stateOf);
  }

  /** The first that runs. */
  running(): ImportState | undefined {
    return this.states().find(({ status }) => status === 'running');
  }

  finished(id: string): Promise<void> {
    return this.entries.get(id)?.run?.finished ?? Promise.resolve();
  }

  async allFinished(): Promise<void> {
    await Promise.allSettled([...this.entries.values()].map((entry) => entry.run?.finished));
  }

  /** Starts an import and returns at once. */
  start(checkpoint: ImportOrigin, id: string, name: string): void {
    const entry = this.newEntry(id, name, checkpoint);
    this.entries.set(id, entry);
    this.begin(entry, checkpoint);
  }

  /** Takes up what an earlier life of this worker left; what was cut off goes on unless `mayContinue` is false. */
  async adopt(mayContinue: boolean): Promise<void> {
    for (const left of await this.options.engine.unfinished()) {
      // The demo model is imported again by whoever wants it.
      if (left.checkpoint?.kind === 'demo' || this.ofModel(left.id).length > 0) continue;
      const entry = this.newEntry(`left:${left.id}`, left.name, left.checkpoint);
      entry.model = left.id;
      entry.progress = {
        phase: left.total === 0 ? 'reading' : 'converting',
        done: left.done,
        total: left.total,
      };
      this.entries.set(entry.id, entry);
      if (left.checkpoint !== undefined && !left.paused && mayContinue) this.begin(entry, left.checkpoint);
    }
    this.options.changed();
  }

  pause(id: string): void {
    const entry = this.entries.get(id);
    // One that waits is begun for a moment: only an import itself can write down that it is paused.
    if (entry?.waiting !== undefined) this.resume(id);
    entry?.run?.pause.abort();
  }

  resume(id: string): void {
    const entry = this.entries.get(id);
    if (entry?.checkpoint !== undefined && entry.run === undefined) this.begin(entry, entry.checkpoint);
  }

  /** Cancels an import, with what it has on the device. */
  async dismiss(id: string): Promise<void> {
    const entry = this.entries.get(id);
    if (entry === undefined) return;
    clearTimeout(entry.waiting);
    if (entry.run !== undefined) {
      entry.run.stop.abort();
      await entry.run.finished;
    }
    this.entries.delete(id);
    if (entry.model !== undefined) await this.options.engine.discard(entry.model);
    await this.options.stored();
  }

  private newEntry(id: string, name: string, checkpoint: ImportOrigin | undefined): TrackedImport {
    const rate = rateMeter(this.options.now);
    return {
      id,
      name,
      checkpoint,
      rate,
      model: undefined,
      progress: NOTHING,
      run: undefined,
      error: undefined,
      kept: false,
      waiting: undefined,
    };
  }

  private ofModel(model: string): TrackedImport[] {
    return [...this.entries.values()].filter((entry) => entry.model === model);
  }

  private begin(entry: TrackedImport, checkpoint: ImportOrigin): void {
    const stop = new AbortController();
    const pause = new AbortController();
    entry.error = undefined;
    clearTimeout(entry.waiting);
    entry.waiting = undefined;
    entry.rate.restart();
    // The run must be known before the engine says its first word.
    const finished = Promise.resolve().then(() => this.run(entry, checkpoint, stop.signal, pause.signal));
    entry.run = { stop, pause, finished };
    this.options.changed();
  }

  private async run(
    entry: TrackedImport,
    checkpoint: ImportOrigin,
    signal: AbortSignal,
    pause: AbortSignal,
  ): Promise<void> {
    const { engine, changed, stored } = this.options;
    try {
      const model = await engine.import(checkpoint, {
        signal,
        pause,
        onBegin: (id) => this.takeOver(entry, id),
        onProgress: (progress) => {
          entry.progress = progress;
          if (progress.phase === 'converting') entry.rate.add(progress.done);
          changed();
        },
      });
      await stored(model);
      // Not before the model is in the list: who waits for it would find neither.
      this.entries.delete(entry.id);
      changed();
    } catch (error) {
      entry.run = undefined;
      if (codeOf(error) === 'source-cancelled') this.entries.delete(entry.id);
      else if (codeOf(error) !== 'import-paused') {
        entry.kept = (await engine.unfinished()).some(({ id }) => id === entry.model);
        entry.error = toWire(error, entry.name);
        if (codeOf(error) === 'source-read' && checkpoint.kind === 'address' && this.entries.has(entry.id))
          entry.waiting = setTimeout(() => this.resume(entry.id), AGAIN_MS);
      }
      await stored();
    }
  }

  /** The same model, begun anew while a remainder of it waited: there is one import of it now. */
  private takeOver(entry: TrackedImport, model: string): void {
    entry.model = model;
    for (const other of this.ofModel(model)) {
      if (other !== entry && other.run === undefined) this.entries.delete(other.id);
    }
    this.options.changed();
  }
}

function stateOf(entry: TrackedImport): ImportState {
  const { id, name, progress, rate, run, error, kept, checkpoint } = entry;
  return {
    id,
    name,
    progress,
    status: statusOf(entry),
    bytesPerSecond: run === undefined ? 0 : rate.perSecond(),
    needsFiles: checkpoint === undefined ? true : undefined,
    error,
    kept: error === undefined ? undefined : kept,
  };
}

function statusOf({ run, waiting, error }: TrackedImport): ImportState['status'] {
  if (run !== undefined) return 'running';
  if (waiting !== undefined) return 'waiting';
  return error === undefined ? 'paused' : 'failed';
}

/** In a worker as in a page; Node has no such event. */
export function whenOnline(listener: () => void): void {
  globalThis.addEventListener?.('online', listener);
}

const codeOf = (error: unknown): string => (error instanceof EngineError ? error.code : '');
