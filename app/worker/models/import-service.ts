/**
 * Tracks imports that are running, paused, cut off or failed. An import that stopped keeps what it has on the device,
 * unless a person cancelled it. It continues from there: automatically if it was cut off or the connection was lost, on
 * request if a person paused it, or if this worker ended in it twice at the same place.
 *
 * Not here: how an import continues (the engine), which model answers (`model-service.ts`).
 */
import {
  CALIBRATED_PROFILE,
  DEFAULT_PROFILE,
  EngineError,
  type ImportHooks,
  type ImportProgress,
  plainProfile,
  type StoredModel,
  type UnfinishedImport,
} from '../../../engine/index.ts';
import { AppError, toWire, type WireError } from '../../protocol/errors.ts';
import type { ImportState } from '../../protocol/types.ts';
import type { Engine, EngineImportHooks, ImportForm, ImportOrigin } from './engine.ts';
import { throughputMeter } from './throughput.ts';
import { untilAborted } from './until-aborted.ts';

interface TrackedImport {
  readonly id: string;
  /** As in {@link ImportState}. */
  name: string | undefined;
  /** Undefined for files, which a person must choose again: a browser loses access to them when it closes. */
  readonly checkpoint: ImportOrigin | undefined;
  /** Id of the model that it makes, once known. */
  model: string | undefined;
  progress: ImportProgress;
  throughput: ReturnType<typeof throughputMeter>;
  /** In which form it is stored. */
  form: ImportForm;
  /** Its weights are being calibrated. */
  calibrates: boolean;
  /** Set while it runs. */
  run: ImportRun | undefined;
  error: WireError | undefined;
  /** Whether it can continue after the error. */
  resumable: boolean;
  /** Set while it waits for the connection. */
  waiting: ReturnType<typeof setTimeout> | undefined;
}

/**
 * Milliseconds from one attempt to the next while a server cannot be reached. The browser reports when its own
 * connection is back; there is no such event for a server.
 */
const AGAIN_MS = 3 * 60_000;

/** Attempts without progress in which this worker ended, after which only a person continues an import. */
const MOST_ATTEMPTS = 2;

/** Milliseconds: a calibrated import reads a layer, and then computes for a while. */
const CALIBRATION_WINDOW_MS = 120_000;

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
  /** Awaited before each short piece of work on the GPU. */
  turn?(): Promise<void>;
  /** Calls `listener` when the browser's connection is back. */
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

  /** The first import that runs. */
  running(): ImportState | undefined {
    return this.states().find(({ status }) => status === 'running');
  }

  finished(id: string): Promise<void> {
    return this.entries.get(id)?.run?.finished ?? Promise.resolve();
  }

  async allFinished(): Promise<void> {
    await Promise.allSettled([...this.entries.values()].map((entry) => entry.run?.finished));
  }

  /** Starts an import. Resolves once it is on the disk, so that an end of this worker does not lose it, or has ended. */
  start(
    checkpoint: ImportOrigin,
    id: string,
    name: string | undefined,
    form: ImportForm = {},
  ): Promise<void> {
    const entry = this.newEntry(id, name, checkpoint, form);
    this.entries.set(id, entry);
    const { promise, resolve } = Promise.withResolvers<void>();
    this.begin(entry, checkpoint, resolve);
    return Promise.race([promise, this.finished(id).catch(() => {})]);
  }

  /**
   * Adopts the imports of an earlier run of this worker. Those that were cut off continue if `mayContinue`, unless the
   * worker ended in them again and again: these wait for a person.
   */
  async adopt(mayContinue: boolean): Promise<void> {
    for (const left of await this.options.engine.unfinished()) {
      // An unfinished demo model is not adopted: the worker starts its import again.
      if (left.checkpoint?.kind === 'demo' || this.ofModel(left.id).length > 0) continue;
      const entry = this.newEntry(`left:${left.id}`, left.name, left.checkpoint, formOf(left));
      entry.model = left.id;
      entry.progress = {
        phase: left.total === 0 ? 'reading' : 'converting',
        done: left.done,
        total: left.total,
      };
      this.entries.set(entry.id, entry);
      if (left.checkpoint === undefined || left.paused) continue;
      if (left.attempts >= MOST_ATTEMPTS) {
        entry.error = stuck(left.name, left.attempts);
        entry.resumable = true;
      } else if (mayContinue) this.begin(entry, left.checkpoint);
    }
    this.options.changed();
  }

  /** Resolves once that is on the disk. */
  async pause(id: string): Promise<void> {
    const entry = this.entries.get(id);
    // A waiting import is started for a moment: only a running import can record that it is paused.
    if (entry?.waiting !== undefined) this.resume(id);
    entry?.run?.pause.abort();
    await entry?.run?.finished;
  }

  resume(id: string): void {
    const entry = this.entries.get(id);
    if (entry?.checkpoint !== undefined && entry.run === undefined) this.begin(entry, entry.checkpoint);
  }

  /** Cancels an import and removes what it has on the device. */
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

  private newEntry(
    id: string,
    name: string | undefined,
    checkpoint: ImportOrigin | undefined,
    form: ImportForm,
  ): TrackedImport {
    const throughput = throughputMeter(this.options.now);
    return {
      id,
      name,
      checkpoint,
      throughput,
      form,
      calibrates: false,
      model: undefined,
      progress: NOTHING,
      run: undefined,
      error: undefined,
      resumable: false,
      waiting: undefined,
    };
  }

  private ofModel(model: string): TrackedImport[] {
    return [...this.entries.values()].filter((entry) => entry.model === model);
  }

  private begin(entry: TrackedImport, checkpoint: ImportOrigin, onKept = () => {}): void {
    const stop = new AbortController();
    const pause = new AbortController();
    entry.error = undefined;
    clearTimeout(entry.waiting);
    entry.waiting = undefined;
    entry.throughput.restart();
    // `entry.run` must be set before the engine calls its first hook.
    const hooks = { signal: stop.signal, pause: pause.signal, onKept };
    const finished = Promise.resolve().then(() => this.run(entry, checkpoint, hooks));
    entry.run = { stop, pause, finished };
    this.options.changed();
  }

  private async run(
    entry: TrackedImport,
    checkpoint: ImportOrigin,
    hooks: Pick<ImportHooks, 'signal' | 'pause' | 'onKept'>,
  ): Promise<void> {
    const { engine, changed, stored } = this.options;
    try {
      const all: EngineImportHooks = {
        ...hooks,
        turn: (stop) => untilAborted(this.options.turn?.() ?? Promise.resolve(), stop),
        onCalibration: () => {
          // What was begun so is finished so, however long it takes.
          entry.form = { ...entry.form, patient: true };
          entry.calibrates = true;
          entry.throughput = throughputMeter(this.options.now, CALIBRATION_WINDOW_MS);
        },
        onBegin: (id, name) => {
          // Only the engine knows how the model of some files is called.
          if (checkpoint.kind === 'files') entry.name = name;
          this.setModel(entry, id);
        },
        onProgress: (progress) => {
          entry.progress = progress;
          if (progress.phase === 'converting') entry.throughput.add(progress.done);
          changed();
        },
      };
      const model = await engine.import(checkpoint, all, entry.form);
      await stored(model);
      // Only once the model is in the list: a request that waits for it would otherwise find neither.
      this.entries.delete(entry.id);
      changed();
    } catch (error) {
      entry.run = undefined;
      const plainly = plainForm(entry, error);
      if (plainly !== undefined) {
        entry.form = plainly;
        entry.calibrates = false;
        return this.begin(entry, checkpoint);
      }
      if (codeOf(error) === 'source-cancelled') this.entries.delete(entry.id);
      else if (codeOf(error) !== 'import-paused') {
        entry.resumable = (await engine.unfinished()).some(({ id }) => id === entry.model);
        entry.error = toWire(error, entry.name);
        if (codeOf(error) === 'source-read' && checkpoint.kind === 'address' && this.entries.has(entry.id))
          entry.waiting = setTimeout(() => this.resume(entry.id), AGAIN_MS);
      }
      await stored();
    }
  }

  /** Sets the entry's model and drops stopped entries of the same model, which this import continues. */
  private setModel(entry: TrackedImport, model: string): void {
    entry.model = model;
    for (const other of this.ofModel(model)) {
      if (other !== entry && other.run === undefined) this.entries.delete(other.id);
    }
    this.options.changed();
  }
}

/** The form of an unfinished import. */
function formOf({ id, name, weights, replaces }: UnfinishedImport): ImportForm {
  return {
    ...(weights === DEFAULT_PROFILE ? {} : { weights }),
    ...(replaces === true ? { replaces: { id, name } } : {}),
    ...(plainProfile(weights) === undefined ? {} : { patient: true as const }),
  };
}

/** Without room on the GPU a model that nobody asked to calibrate is converted plainly. */
function plainForm({ form, calibrates }: TrackedImport, error: unknown): ImportForm | undefined {
  if (codeOf(error) !== 'gpu-limit' || !calibrates || form.replaces !== undefined) return undefined;
  return { weights: plainProfile(form.weights ?? CALIBRATED_PROFILE) };
}

function stuck(who: string, attempts: number): WireError {
  const message = `the worker ended in ${attempts} attempts at this import, each time before it got further`;
  return toWire(new AppError('import-stuck', { who, message }));
}

function stateOf(entry: TrackedImport): ImportState {
  const { id, name, progress, throughput, run, error, resumable, checkpoint, form, calibrates } = entry;
  return {
    id,
    name,
    progress,
    status: statusOf(entry),
    bytesPerSecond: run === undefined ? 0 : throughput.perSecond(),
    needsFiles: checkpoint === undefined ? true : undefined,
    improves: form.replaces?.id,
    calibrates: calibrates ? true : undefined,
    error,
    kept: error === undefined ? undefined : resumable,
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
