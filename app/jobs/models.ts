/**
 * Which model answers: what is stored, what is on the GPU, what is being imported. Loading happens once for all
 * who ask; a failed load or a lost GPU is kept as the state to show, and the next request tries anew.
 *
 * Not here: what is asked of the model (jobs.ts), how it is imported and loaded (the engine).
 */
import {
  fail,
  type ImportProgress,
  type LoadedModel,
  LinnetError,
  type LoadProgress,
  type StoredModel,
  toWire,
  type WireError,
} from '../../engine/index.ts';
import type { ActiveModel, ImportState, Models } from '../protocol/types.ts';
import type { Checkpoint, Engine } from './engine.ts';

interface Import {
  readonly id: string;
  readonly controller: AbortController;
  readonly startedAt: number;
  readonly finished: Promise<unknown>;
  name: string;
  progress: ImportProgress;
  error?: WireError;
}

type Loading =
  | {
      readonly kind: 'loading';
      readonly model: StoredModel;
      progress: LoadProgress;
      readonly promise: Promise<LoadedModel>;
    }
  | { readonly kind: 'ready'; readonly loaded: LoadedModel }
  | { readonly kind: 'failed'; readonly error: WireError };

export interface ModelsOptions {
  readonly engine: Engine;
  /** The model that the person chose, if any. */
  preferred(): string | undefined;
  /** Something shown has changed. */
  changed(): void;
  now(): number;
}

export class ModelDesk {
  private readonly options: ModelsOptions;
  private stored: readonly StoredModel[] = [];
  private storage: Models['storage'];
  private readonly imports = new Map<string, Import>();
  private current: Loading | undefined;
  /** Set while a model must not be loaded twice; the next load waits for the disposal. */
  private tail: Promise<unknown> = Promise.resolve();

  constructor(options: ModelsOptions) {
    this.options = options;
  }

  async refresh(): Promise<void> {
    this.stored = await this.options.engine.list();
    this.storage = await this.options.engine.estimate().catch(() => undefined);
    this.options.changed();
  }

  /** The model to use: the chosen one, else the newest real one, else the demo model. */
  chosen(): StoredModel | undefined {
    const preferred = this.options.preferred();
    return (
      this.stored.find((model) => model.id === preferred) ??
      this.stored.find((model) => model.demo !== true) ??
      this.stored[0]
    );
  }

  snapshot(): Models {
    return {
      active: this.active(),
      stored: this.stored,
      imports: [...this.imports.values()].map((entry) => this.importState(entry)),
      ...(this.storage === undefined ? {} : { storage: this.storage }),
    };
  }

  private active(): ActiveModel {
    const { current } = this;
    if (current?.kind === 'loading')
      return { kind: 'loading', model: current.model, progress: current.progress };
    if (current?.kind === 'failed') return current;
    if (current?.kind === 'ready') {
      const { model, adapter } = current.loaded.facts;
      return { kind: 'ready', model, adapter };
    }
    const model = this.chosen();
    if (model !== undefined) return { kind: 'idle', model };
    const running = [...this.imports.values()].find((entry) => entry.error === undefined);
    return running === undefined
      ? { kind: 'none' }
      : { kind: 'importing', name: running.name, progress: running.progress };
  }

  private importState({ id, name, progress, startedAt, error }: Import): ImportState {
    const seconds = (this.options.now() - startedAt) / 1000;
    const bytesPerSecond = seconds > 0.5 ? progress.done / seconds : 0;
    return { id, name, progress, bytesPerSecond, ...(error === undefined ? {} : { error }) };
  }

  /** The loaded model; loads it, after a first import if that is still under way. */
  async ready(): Promise<LoadedModel> {
    if (this.current?.kind === 'ready') return this.current.loaded;
    if (this.current?.kind === 'loading') return this.current.promise;
    if (this.chosen() === undefined) {
      await Promise.allSettled([...this.imports.values()].map((entry) => entry.finished));
    }
    const model = this.chosen();
    if (model === undefined)
      fail('no-model', { who: 'models', message: 'there is no model on this device yet' });
    return this.load(model);
  }

  private load(model: StoredModel): Promise<LoadedModel> {
    // Two callers may both have waited for the same import.
    if (this.current?.kind === 'ready') return Promise.resolve(this.current.loaded);
    if (this.current?.kind === 'loading') return this.current.promise;
    const onProgress = (progress: LoadProgress) => {
      if (this.current !== loading) return;
      loading.progress = progress;
      this.options.changed();
    };
    const promise = this.tail.then(() => this.options.engine.load(model.id, { onProgress }));
    const loading: Extract<Loading, { kind: 'loading' }> = {
      kind: 'loading',
      model,
      progress: { phase: 'reading', done: 0, total: model.bytes },
      promise,
    };
    this.current = loading;
    this.options.changed();
    promise.then(
      (loaded) => {
        if (this.current === loading) this.current = { kind: 'ready', loaded };
        else loaded.dispose();
        this.options.changed();
      },
      (error) => {
        if (this.current === loading) this.current = { kind: 'failed', error: toWire(error, model.name) };
        this.options.changed();
      },
    );
    return promise;
  }

  /** After an error of the GPU the loaded model is worth nothing; the next request loads it anew. */
  lost(loaded: LoadedModel, error: unknown): void {
    if (this.current?.kind !== 'ready' || this.current.loaded !== loaded) return;
    loaded.dispose();
    this.current = { kind: 'failed', error: toWire(error) };
    this.options.changed();
  }

  /** Takes the model off the GPU; the next request loads the chosen one. Answers under way are ended first. */
  unload(): void {
    const before = this.current;
    this.current = undefined;
    if (before?.kind === 'ready') before.loaded.dispose();
    if (before?.kind === 'loading')
      this.tail = before.promise.then(
        () => {},
        () => {},
      );
    this.options.changed();
  }

  /** Starts an import and returns at once; its end is awaited by {@link finished}. */
  import(checkpoint: Checkpoint, id: string, name: string): void {
    const controller = new AbortController();
    const entry: Import = {
      id,
      name,
      controller,
      startedAt: this.options.now(),
      progress: { phase: 'reading', done: 0, total: 0 },
      finished: this.runImport(checkpoint, id, controller.signal),
    };
    this.imports.set(id, entry);
    this.options.changed();
  }

  private async runImport(checkpoint: Checkpoint, id: string, signal: AbortSignal): Promise<void> {
    // The entry is in the map only after this function was called.
    await Promise.resolve();
    const onProgress = (progress: ImportProgress) => {
      const entry = this.imports.get(id);
      if (entry !== undefined) entry.progress = progress;
      this.options.changed();
    };
    try {
      const model = await this.options.engine.import(checkpoint, { onProgress, signal });
      this.imports.delete(id);
      await this.refresh();
      // A model replaced by an import of the same name must not go on answering with old weights.
      if (this.current?.kind === 'ready' && this.current.loaded.facts.model.id === model.id) this.unload();
      if (this.current?.kind === 'failed') this.unload();
    } catch (error) {
      const entry = this.imports.get(id);
      if (entry === undefined || isAbort(error)) this.imports.delete(id);
      else entry.error = toWire(error, entry.name);
      await this.refresh();
    }
  }

  finished(id: string): Promise<unknown> {
    return this.imports.get(id)?.finished ?? Promise.resolve();
  }

  /** Cancels an import, or puts away the report of a failed one. */
  dismiss(id: string): void {
    const entry = this.imports.get(id);
    entry?.controller.abort();
    if (entry?.error !== undefined) this.imports.delete(id);
    this.options.changed();
  }

  async remove(id: string): Promise<void> {
    const { current } = this;
    const inUse =
      (current?.kind === 'ready' && current.loaded.facts.model.id === id) ||
      (current?.kind === 'loading' && current.model.id === id) ||
      current?.kind === 'failed';
    if (inUse) this.unload();
    await this.tail;
    await this.options.engine.remove(id);
    await this.refresh();
  }
}

const isAbort = (error: unknown): boolean =>
  error instanceof LinnetError && (error.code === 'request-aborted' || error.code === 'source-cancelled');
