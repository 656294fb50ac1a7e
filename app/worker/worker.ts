/**
 * Joins the worker's services (models, jobs, conversations, settings) behind one server.
 * The worker's entry point passes in an engine, a store and channels; tests pass in their own.
 */
import { isPractice } from '../protocol/model-traits.ts';
import { EngineError, type LoadedModel, log } from '../../engine/index.ts';
import type { ModelAbilities, TaskOffer } from '../protocol/abilities.ts';
import { toWire } from '../protocol/errors.ts';
import { type FilesMessage, nameOfFiles } from '../protocol/files.ts';
import { checked } from '../protocol/edge/check.ts';
import { filesMessage } from '../protocol/edge/request-schemas.ts';
import { createGate } from '../protocol/edge/gate.ts';
import { createServer, type Handlers, type Server } from '../protocol/server.ts';
import type { Diagnostics, ServerEvent, Topic } from '../protocol/requests.ts';
import type { Caller } from '../protocol/sender.ts';
import { IDLE_MINUTES, isOver, type Job, type Models, type Settings, type Task } from '../protocol/types.ts';
import { withoutUndefined } from '../text/without-undefined.ts';
import { type GlossaryStore, memoryGlossary } from './store/glossary-store.ts';
import type { Store } from './store/store.ts';
import { currentAbilities, isTriable, offerOf } from './abilities/offer.ts';
import { Prober } from './abilities/prober.ts';
import { ConversationService } from './conversation-service.ts';
import type { Engine } from './models/engine.ts';
import { JobService } from './job-service.ts';
import { modelHandlers } from './model-handlers.ts';
import { promptHandlers } from './prompt-handlers.ts';
import { profileOfLoaded } from './prompts/choose-profile.ts';
import { withOwnPrompts } from './prompts/own-prompts.ts';
import { ModelService } from './models/model-service.ts';
import { SavedPrefixes } from './models/saved-prefixes.ts';
import { languagesOf, translationHandlers } from './translation-handlers.ts';

export interface AppWorkerOptions {
  readonly engine: Engine;
  readonly store: Store;
  /** Where absent, one in memory. */
  readonly glossary?: GlossaryStore;
  readonly now?: () => number;
  /** Milliseconds without a job before a model is tried. */
  readonly probeAfterMs?: number;
}

/** Progress changes with every block of a file; pages are updated ten times a second. */
const MODELS_INTERVAL_MS = 100;
const DEMO_IMPORT = 'demo';

export class AppWorker {
  readonly server: Server;
  readonly models: ModelService;
  readonly jobs: JobService;
  readonly conversations: ConversationService;
  private readonly prober: Prober;
  private readonly prefixes: SavedPrefixes;
  private readonly engine: Engine;
  private readonly store: Store;
  private readonly glossary: GlossaryStore;
  private readonly now: () => number;
  private settings: Settings | undefined;
  private modelsTimer: ReturnType<typeof setTimeout> | undefined;
  /** Requests wait until settings and stored models are known. */
  private readonly started: Promise<void>;

  constructor(options: AppWorkerOptions) {
    const { engine, store, glossary = memoryGlossary(), now = () => Date.now() } = options;
    this.engine = engine;
    this.glossary = glossary;
    this.store = store;
    this.now = now;
    this.prefixes = new SavedPrefixes({ storage: () => engine.storage() });
    const emit = (topic: Topic, event: ServerEvent) => this.server.emit(topic, event);
    this.models = new ModelService({
      engine,
      now,
      preferred: (task) => (task === undefined ? this.settings?.model : this.settings?.models?.[task]),
      cache: () => this.settings?.cache ?? 'plain',
      idleMs: () => (this.settings?.idleMinutes ?? IDLE_MINUTES) * 60_000,
      busy: () => this.jobs.running().length > 0,
      between: (work) => this.jobs.between(work),
      changed: () => this.notifyModels(),
      afterLoad: () => this.prober.schedule(),
      afterImport: () => this.tryImported(),
    });
    this.prober = this.createProber(options.probeAfterMs);
    const { prefixes, prober: pauses } = this;
    const offer = (task: Task) => this.offer(task);
    const profile = (loaded: LoadedModel) => {
      const own = profileOfLoaded(loaded);
      return withOwnPrompts(own, this.settings?.taskPrompts?.[own.id]);
    };
    this.jobs = new JobService({ models: this.models, store, prefixes, profile, emit, now, offer, pauses });
    this.conversations = new ConversationService({ jobs: this.jobs, store, prefixes, emit, now });
    const gate = createGate((id) => this.jobs.find(id));
    this.server = createServer(this.afterStart(this.handlers()), (topic) => this.state(topic), gate);
    this.started = this.start();
  }

  private createProber(quietMs: number | undefined): Prober {
    const { models } = this;
    return new Prober({
      loaded: () => models.loaded(),
      load: () => models.ready(),
      profile: profileOfLoaded,
      known: (id) => this.settings?.abilities?.[id],
      languages: () => this.languages(),
      save: (id, abilities) => this.keepAbilities(id, abilities),
      between: (work) => this.jobs.inPause(work),
      changed: () => this.notifyModels(),
      now: this.now,
      ...(quietMs === undefined ? {} : { quietMs }),
    });
  }

  /** The model in use is loaded for its trial if it is new; every other one is tried when it is used. */
  private tryImported(): void {
    const model = this.models.chosen();
    if (model === undefined || !isTriable({ model })) return;
    const known = currentAbilities(this.settings?.abilities?.[model.id], model);
    if (known === undefined) this.prober.afterImport();
  }

  /** The languages that a person reads answers in. */
  private languages(): readonly string[] {
    const { language, secondLanguage, summaryLanguage } = this.settings ?? {};
    return [language, secondLanguage, summaryLanguage].filter((tag) => tag !== undefined);
  }

  /** Forgets models that are gone. */
  private async keepAbilities(id: string, abilities: ModelAbilities): Promise<void> {
    const { stored } = this.models.snapshot();
    const known = Object.entries(this.settings?.abilities ?? {});
    const kept = known.filter(([other]) => stored.some((model) => model.id === other));
    await this.change({ abilities: { ...Object.fromEntries(kept), [id]: abilities } });
    this.notifyModels();
  }

  /** What the model for a task is offered for. */
  private offer(task: Task): TaskOffer | undefined {
    const model = this.models.chosen(task);
    return model && { model: model.name, offer: offerOf(this.settings?.abilities?.[model.id], model) };
  }

  private modelsState(): Models {
    const models = this.models.snapshot();
    const { abilities = {} } = this.settings ?? {};
    const offers = models.stored.map((model) => [model.id, offerOf(abilities[model.id], model)] as const);
    const probing = this.prober.progress();
    return { ...models, offers: Object.fromEntries(offers), ...(probing === undefined ? {} : { probing }) };
  }

  private async start(): Promise<void> {
    const interrupted = await this.store.interruptUnfinished(this.now());
    if (interrupted > 0) log('info', 'worker', `${interrupted} answers were interrupted`);
    // The worker before may have ended before it could remove them.
    await this.store.removeDeleted();
    void this.prefixes.retain(async (id) => (await this.store.conversation(id)) !== undefined);
    this.settings = await this.store.settings();
    this.engine.setPace(this.settings.pace);
    await this.models.refresh();
    await this.models.imports.adopt(!onMeteredConnection());
    if (!this.settings.demoImported) void this.importDemo();
  }

  /** Runs once, on the first start. In a build without a demo model the import is dismissed. */
  private async importDemo(): Promise<void> {
    this.models.imports.start({ kind: 'demo' }, DEMO_IMPORT, undefined);
    await this.models.imports.finished(DEMO_IMPORT);
    const { imports, stored } = this.models.snapshot();
    const missing = imports.find(({ id }) => id === DEMO_IMPORT)?.error?.code === 'source-missing';
    if (missing) await this.models.imports.dismiss(DEMO_IMPORT);
    if (stored.some(isPractice)) await this.change({ demoImported: true });
  }

  /** A setting that is undefined in `patch` is removed. */
  private async change(patch: Partial<Settings>): Promise<Settings> {
    const settings = withoutUndefined({ ...(this.settings ?? (await this.store.settings())), ...patch });
    this.settings = settings;
    this.engine.setPace(settings.pace);
    if (patch.idleMinutes !== undefined) this.models.idleChanged();
    if (patch.model !== undefined) this.notifyModels();
    // Called for every change, since erasing resets the cache setting without naming it.
    void this.jobs.between(async () => this.models.cacheChanged());
    await this.store.saveSettings(settings);
    this.server.emit('settings', { kind: 'settings', settings });
    this.server.emit('languages', { kind: 'languages', languages: languagesOf(settings) });
    return settings;
  }

  private notifyModels(): void {
    this.modelsTimer ??= setTimeout(() => {
      this.modelsTimer = undefined;
      this.server.emit('models', { kind: 'models', models: this.modelsState() });
    }, MODELS_INTERVAL_MS);
  }

  private async state(topic: Topic): Promise<(() => ServerEvent | undefined) | undefined> {
    await this.started;
    if (topic === 'glossary') {
      const entries = await this.glossary.entries();
      return () => ({ kind: 'glossary', entries });
    }
    if (topic === 'models') return () => ({ kind: 'models', models: this.modelsState() });
    if (topic === 'settings') return () => this.settings && { kind: 'settings', settings: this.settings };
    if (topic === 'languages')
      return () => this.settings && { kind: 'languages', languages: languagesOf(this.settings) };
    if (topic === 'conversations') return () => this.conversations.listState();
    const id = topic.slice(topic.indexOf(':') + 1);
    if (topic.startsWith('conversation:')) return this.conversations.state(id);
    const jobs = await this.jobs.prepare([id]);
    return () => {
      const job = jobs()[0];
      return job && { kind: 'job', job };
    };
  }

  /** Throws `request-invalid` if it is no such message. */
  importFiles(message: FilesMessage): void {
    const { id, name, files } = checked(filesMessage, message, 'the picked files');
    // Loose files have no folder's name, and the engine's name for them comes a moment later.
    this.models.imports.start({ kind: 'files', name, files }, id, name || nameOfFiles(files));
  }

  private afterStart(handlers: Handlers): Handlers {
    const wrapped = Object.entries(handlers).map(([kind, handle]) => [
      kind,
      async (send: never, caller: Caller) => {
        await this.started;
        return (handle as (send: never, caller: Caller) => unknown)(send, caller);
      },
    ]);
    return Object.fromEntries(wrapped) as Handlers;
  }

  private handlers(): Handlers {
    const { conversations, jobs } = this;
    return {
      summarise: ({ request, target }) => conversations.ask(request, target),
      chat: ({ request, target }) => conversations.ask(request, target),
      edit: async ({ job, text }) => conversations.edit(await this.finished(job), text),
      ...translationHandlers({
        glossary: this.glossary,
        jobs,
        settings: async () => this.settings ?? (await this.store.settings()),
        change: (patch) => this.change(patch),
        emit: (topic, event) => this.server.emit(topic, event),
        now: this.now,
      }),
      stop: ({ job }) => {
        jobs.stop(job);
        return null;
      },
      regenerate: async ({ job }) => conversations.regenerate(await this.finished(job)),
      continue: async ({ job }) => conversations.continueAnswer(await this.finished(job)),
      'find-passage': async ({ job, point }) => conversations.findPassage(await this.finished(job), point),
      prompt: ({ job }) => jobs.prompt(job),
      current: (where) => conversations.current(where),
      'page-changed': ({ conversation, page }) => conversations.pageChanged(conversation, page),
      summarised: ({ page }) => conversations.summarised(page),
      ...this.conversationHandlers(),
      ...modelHandlers({
        engine: this.engine,
        models: this.models,
        jobs,
        prober: this.prober,
        now: this.now,
        settings: () => this.settings,
        change: (patch) => this.change(patch),
      }),
      offer: ({ task }) => this.offer(task) ?? null,
      ...promptHandlers({
        model: () => this.models.chosen(),
        settings: () => this.settings,
        change: (patch) => this.change(patch),
      }),
      settings: () => this.settings ?? this.store.settings(),
      'set-settings': ({ settings, unset = [] }) =>
        this.change({
          ...withoutUndefined(settings),
          ...Object.fromEntries(unset.map((name) => [name, undefined])),
        }),
      diagnostics: () => this.diagnostics(),
    };
  }

  /** A job that is over; throws for one under way, which must be stopped before its answer is replaced. */
  private async finished(id: string): Promise<Job> {
    const job = await this.jobs.find(id);
    if (job !== undefined && isOver(job)) return job;
    throw new EngineError('request-invalid', {
      who: 'jobs',
      message: 'there is no finished answer to replace',
    });
  }

  private conversationHandlers() {
    const { conversations } = this;
    type At = { conversation: string };
    return {
      conversations: ({ limit, find }: { limit: number; find?: string }) => conversations.list(limit, find),
      'show-branch': ({ conversation, job }: At & { job: string }) =>
        conversations.showBranch(conversation, job).then(() => null),
      'rename-conversation': ({ conversation, title }: At & { title: string }) =>
        conversations.rename(conversation, title).then(() => null),
      'delete-conversation': ({ conversation }: At) => conversations.remove(conversation).then(() => null),
      'restore-conversation': ({ conversation }: At) => conversations.restore(conversation).then(() => null),
      transcript: ({ conversation }: At) => conversations.transcript(conversation),
      erase: ({ models }: { models: boolean }) => this.erase(models),
    };
  }

  private async erase(models: boolean): Promise<null> {
    await this.jobs.clear();
    await this.conversations.erase(() => this.store.erase());
    await this.prefixes.clear();
    this.settings = undefined;
    await this.change({});
    if (models) await this.eraseCollected();
    return null;
  }

  /** Deletes what took effort to collect, which a plain erase keeps: the glossary, models and unfinished imports. */
  private async eraseCollected(): Promise<void> {
    const { glossary, models } = this;
    await glossary.remove(await glossary.entries());
    this.server.emit('glossary', { kind: 'glossary', entries: [] });
    for (const { id } of models.imports.states()) await models.imports.dismiss(id);
    for (const { id } of models.snapshot().stored) await models.remove(id);
  }

  private async diagnostics(): Promise<Diagnostics> {
    const { stored, active } = this.models.snapshot();
    const cache = this.models.cacheForm();
    const { userAgent, hardwareConcurrency, deviceMemory } = navigator as Navigator & {
      deviceMemory?: number;
    };
    const device = {
      userAgent,
      cores: hardwareConcurrency,
      models: stored,
      active: active.kind,
      cache,
      memoryGiB: deviceMemory,
    };
    try {
      return { ...device, adapter: await this.engine.adapter() };
    } catch (error) {
      return { ...device, adapterError: toWire(error) };
    }
  }
}

/** Whether the person asked the browser to save data: then large imports do not continue automatically. */
function onMeteredConnection(): boolean {
  const { connection } = navigator as Navigator & { connection?: { saveData?: boolean } };
  return connection?.saveData === true;
}
