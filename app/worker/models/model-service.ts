/**
 * Chooses the model that answers, and loads it: one model is on the GPU at a time. Concurrent requests share one load.
 * A failed load or a lost GPU stays as the state to show, and the next request tries again. A model that is idle for a
 * while is unloaded.
 *
 * Not here: requests to the model (job-service.ts), imports (import-service.ts), how a model is loaded (the engine).
 */
import { isPractice, writesText } from '../../protocol/model-traits.ts';
import {
  type CacheForm,
  type DialogueReport,
  EngineError,
  type EngineErrorCode,
  type LoadedModel,
  type LoadProgress,
  type StoredModel,
} from '../../../engine/index.ts';
import { AppError, toWire, type WireError } from '../../protocol/errors.ts';
import type { ActiveModel, Models, Task } from '../../protocol/types.ts';
import type { Engine } from './engine.ts';
import { ImportService, whenOnline } from './import-service.ts';

type Loading =
  | {
      readonly kind: 'loading';
      readonly model: StoredModel;
      readonly cache: CacheForm;
      progress: LoadProgress;
      readonly promise: Promise<LoadedModel>;
    }
  | { readonly kind: 'ready'; readonly loaded: LoadedModel; readonly cache: CacheForm }
  | { readonly kind: 'failed'; readonly error: WireError };

/**
 * `gpu-limit`: there was no room when it was loaded again in full precision. `gpu-program`: a pipeline did not compile, which shows
 * after the load where only answers need it.
 */
const UNUSABLE: readonly EngineErrorCode[] = ['gpu-lost', 'gpu-limit', 'gpu-program'];

export interface ModelServiceOptions {
  readonly engine: Engine;
  /** The model that the person chose, for a task or else for all, if any. */
  preferred(task?: Task): string | undefined;
  /** The model that the person chose for passages, if any. */
  preferredEmbedder?(): string | undefined;
  /** Form of the KV cache; `plain` if absent. */
  cache?(): CacheForm;
  /** Milliseconds after which an idle model is unloaded; 0: never. */
  idleMs?(): number;
  /** Whether the model is in use; then it is not idle. */
  busy?(): boolean;
  /** Runs `work` when no job runs; at once if absent. */
  between?(work: () => Promise<void>): Promise<void>;
  /** Resolves when no job runs. */
  pause?(): Promise<void>;
  /** The GPU's memory is about to be free for another model, or to be needed for one. */
  makeRoom?(): void;
  /** A model is on the GPU. */
  afterLoad?(): void;
  /** A model was imported, and the chosen one is up to date. */
  afterImport?(): void;
  /** A model was removed from the device. */
  removed?(id: string): Promise<void>;
  /** Something shown has changed. */
  changed(): void;
  now(): number;
}

export class ModelService {
  private readonly options: ModelServiceOptions;
  private stored: readonly StoredModel[] = [];
  /** By model id: what models of earlier versions, which were stored without it, showed when they were loaded. */
  private readonly learnt = new Map<string, DialogueReport>();
  private storage: Models['storage'];
  private hubToken: Models['hubToken'];
  readonly imports: ImportService;
  private idle: ReturnType<typeof setTimeout> | undefined;
  private current: Loading | undefined;
  /** The next load waits for this, so that a model that is still loading is disposed of first. */
  private tail: Promise<unknown> = Promise.resolve();

  constructor(options: ModelServiceOptions) {
    this.options = options;
    const { engine, now, changed } = options;
    const stored = (model?: StoredModel) => this.afterImport(model);
    // A job may wait for the first import, which must not wait for the job.
    const turn = async () => {
      if (this.chosen() !== undefined) await options.pause?.();
    };
    this.imports = new ImportService({ engine, now, changed, stored, whenOnline, turn });
  }

  async refresh(): Promise<void> {
    this.stored = await this.options.engine.list();
    this.storage = await this.options.engine.estimate().catch(() => undefined);
    this.hubToken = await this.options.engine.hubToken().catch(() => undefined);
    this.options.changed();
  }

  /** The model to use, of those that write text: the chosen one, else the newest real one, else the demo model. */
  chosen(task?: Task): StoredModel | undefined {
    const writing = this.stored.filter(writesText);
    const stored = (id: string | undefined) => writing.find((model) => model.id === id);
    return (
      (task === undefined ? undefined : stored(this.options.preferred(task))) ??
      stored(this.options.preferred()) ??
      writing.find((model) => !isPractice(model)) ??
      writing[0]
    );
  }

  /** The model that finds passages by meaning: the chosen one, else the newest. */
  embedder(): StoredModel | undefined {
    const searching = this.stored.filter((model) => !writesText(model));
    const preferred = this.options.preferredEmbedder?.();
    return searching.find(({ id }) => id === preferred) ?? searching[0];
  }

  snapshot(): Models {
    const chosen = this.chosen();
    const embedder = this.embedder();
    return {
      active: this.active(),
      chosen: chosen?.id,
      ...(embedder === undefined ? {} : { embedder: embedder.id }),
      stored: this.stored.map((model) => this.withLearnt(model)),
      imports: this.imports.states(),
      storage: this.storage,
      ...(this.hubToken === undefined ? {} : { hubToken: this.hubToken }),
    };
  }

  private withLearnt(model: StoredModel): StoredModel {
    const dialogue = model.dialogue ?? this.learnt.get(model.id);
    return dialogue === undefined ? model : { ...model, dialogue };
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
    const running = this.imports.running();
    return running === undefined
      ? { kind: 'none' }
      : { kind: 'importing', name: running.name, progress: running.progress };
  }

  /**
   * Returns the loaded model, or loads it, after a first import if that is still running. With a task, this is the
   * model chosen for that task, and another one is unloaded: no job may be using it then. Throws `no-model`.
   */
  async ready(task?: Task): Promise<LoadedModel> {
    this.touch();
    if (task !== undefined && this.wantsOther(task)) this.unload();
    if (this.current?.kind === 'ready') return this.current.loaded;
    if (this.current?.kind === 'loading') return this.current.promise;
    if (this.chosen() === undefined) {
      await this.imports.allFinished();
    }
    const model = this.chosen(task);
    if (model === undefined)
      throw new AppError('no-model', { who: 'models', message: 'there is no model on this device yet' });
    return this.load(model);
  }

  /** Whether the task needs another model than the loaded one. */
  wantsOther(task: Task): boolean {
    return this.isOther(this.chosen(task));
  }

  /** Whether another model is loaded or loading. */
  private isOther(model: StoredModel | undefined): boolean {
    if (model === undefined || this.current === undefined || this.current.kind === 'failed') return false;
    return !this.isLoaded(model.id);
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
    const cache = this.cache();
    this.options.makeRoom?.();
    const promise = this.tail.then(() => this.options.engine.load(model.id, cache, { onProgress }));
    const loading: Extract<Loading, { kind: 'loading' }> = {
      kind: 'loading',
      model,
      cache,
      progress: { phase: 'reading', done: 0, total: model.bytes },
      promise,
    };
    this.current = loading;
    this.options.changed();
    promise.then(
      (loaded) => {
        const { id, dialogue } = loaded.facts.model;
        if (dialogue !== undefined) this.learnt.set(id, dialogue);
        if (this.current === loading) this.current = { kind: 'ready', loaded, cache };
        else loaded.dispose();
        this.touch();
        this.options.changed();
        this.options.afterLoad?.();
      },
      (error) => {
        if (this.current === loading) this.current = { kind: 'failed', error: toWire(error, model.name) };
        this.options.changed();
      },
    );
    return promise;
  }

  /** Drops a model that is unusable after this error of a request; the next request loads it again. */
  lost(loaded: object, error: unknown): void {
    if (!(error instanceof EngineError) || !UNUSABLE.includes(error.code)) return;
    if (this.current?.kind !== 'ready' || this.current.loaded !== loaded) return;
    this.current.loaded.dispose();
    this.current = { kind: 'failed', error: toWire(error) };
    this.options.changed();
  }

  /** Unloads the model; the next request loads the chosen one. Callers end running jobs first. */
  unload(): void {
    clearTimeout(this.idle);
    const before = this.current;
    this.current = undefined;
    this.options.makeRoom?.();
    if (before?.kind === 'ready') before.loaded.dispose();
    if (before?.kind === 'loading')
      this.tail = before.promise.then(
        () => {},
        () => {},
      );
    this.options.changed();
  }

  /** Restarts the idle timer. */
  private touch(): void {
    clearTimeout(this.idle);
    const after = this.options.idleMs?.() ?? 0;
    if (after <= 0) return;
    this.idle = setTimeout(() => {
      if (this.options.busy?.() === true) this.touch();
      else if (this.current?.kind === 'ready') this.unload();
    }, after);
  }

  /** Called when the setting has changed: the next request loads the model again. No job may be running. */
  cacheChanged(): void {
    const { current } = this;
    if (current !== undefined && current.kind !== 'failed' && current.cache !== this.cache()) this.unload();
  }

  private cache(): CacheForm {
    return this.options.cache?.() ?? 'plain';
  }

  /** The model on the GPU. */
  loaded(): LoadedModel | undefined {
    return this.current?.kind === 'ready' ? this.current.loaded : undefined;
  }

  /** Form of the loaded model's KV cache; undefined if none is loaded. */
  cacheForm(): CacheForm | undefined {
    return this.loaded()?.facts.cache;
  }

  /** Called when the setting has changed. */
  idleChanged(): void {
    if (this.current?.kind === 'ready') this.touch();
  }

  private async afterImport(model: StoredModel | undefined): Promise<void> {
    const before = this.chosen()?.id;
    await this.refresh();
    if (model === undefined) return;
    if (this.current?.kind === 'failed') this.unload();
    // A model that was imported again must not answer with its old weights, and the first real model replaces the demo
    // model. This is not awaited: a running job may itself have waited for this import.
    const old = this.chosen()?.id === before ? model.id : before;
    const unloadOld = async () => {
      if (old !== undefined && this.isLoaded(old)) this.unload();
    };
    void (this.options.between ?? ((work) => work()))(unloadOld).then(() => this.options.afterImport?.());
  }

  /** Whether the model is loaded or loading. */
  isLoaded(id: string): boolean {
    const { current } = this;
    if (current?.kind === 'ready') return current.loaded.facts.model.id === id;
    return current?.kind === 'loading' && current.model.id === id;
  }

  async remove(id: string): Promise<void> {
    if (this.isLoaded(id) || this.current?.kind === 'failed') this.unload();
    if (this.embedder()?.id === id) this.options.makeRoom?.();
    await this.tail;
    await this.options.engine.remove(id);
    await this.options.removed?.(id);
    await this.refresh();
  }
}
