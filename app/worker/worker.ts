/**
 * Joins the worker's services (models, jobs, conversations, settings) behind one server.
 * The worker's entry point passes in an engine, a store and channels; tests pass in their own.
 */
import { EngineError } from '../../engine/index.ts';
import type { Answerer } from './answerer/answerer.ts';
import type { ModelAbilities, TaskOffer } from '../protocol/abilities.ts';
import type { Notice } from '../protocol/errors.ts';
import { type FilesMessage, nameOfFiles } from '../protocol/files.ts';
import { checked } from '../protocol/edge/check.ts';
import { filesMessage } from '../protocol/edge/request-schemas.ts';
import { createGate } from '../protocol/edge/gate.ts';
import { createServer, type Handlers, type Server } from '../protocol/server.ts';
import type { ServerEvent, Topic } from '../protocol/requests.ts';
import type { ReportedRules } from '../protocol/page/page-rules.ts';
import { IDLE_MINUTES, isOver, type Job, type Models, type Settings, type Task } from '../protocol/types.ts';
import { type GlossaryStore, memoryGlossary } from './store/lists/glossary-store.ts';
import { memoryWords, type WordStore } from './store/lists/word-store.ts';
import { memoryStore } from './store/store-memory.ts';
import { splitStore } from './store/split-store.ts';
import type { Store } from './store/store.ts';
import { withoutUndefined } from '../text/without-undefined.ts';
import { originOf } from './keeping/in-memory.ts';
import { OftenService, withForgotten } from './keeping/often-service.ts';
import { aheadHandlers, createReadAhead, pausesOf } from './ahead/ahead-service.ts';
import type { ReadAhead } from './ahead/read-ahead.ts';
import { afterStart } from './start/after-start.ts';
import { Notices } from './start/notices.ts';
import { SettingsService } from './start/settings-service.ts';
import { Upkeep } from './upkeep.ts';
import { currentAbilities, isTriable, offerOf } from './abilities/offer.ts';
import { offerFor } from './abilities/offer-for.ts';
import { Prober } from './abilities/prober.ts';
import { ConversationService } from './conversation-service.ts';
import type { ConnectionOptions } from './server/connection.ts';
import type { Engine } from './models/engine.ts';
import { JobService } from './job-service.ts';
import { conversationHandlers } from './handlers/conversation-handlers.ts';
import { diagnosticsOf } from './handlers/diagnostics.ts';
import { improvedForm, modelHandlers } from './handlers/model-handlers.ts';
import { promptHandlers } from './handlers/prompt-handlers.ts';
import { reportedRules, ruleHandlers } from './handlers/rule-handlers.ts';
import { wordHandlers } from './handlers/word-handlers.ts';
import { serverHandlers } from './handlers/server-handlers.ts';
import { stateOf } from './handlers/topic-states.ts';
import { profileOfLoaded } from './prompts/choose-profile.ts';
import { withOwnPrompts } from './prompts/own-prompts.ts';
import { createMeaning } from './meaning/meaning-service.ts';
import { LossService } from './models/loss-service.ts';
import { ModelService } from './models/model-service.ts';
import { answerersOf } from './server/answerers.ts';
import { ServerService } from './server/server-service.ts';
import { ReadingPacker } from './reading/reading-packer.ts';
import { SavedPrefixes } from './reading/saved-prefixes.ts';
import { MIB } from '../protocol/limits.ts';
import { languagesOf, translationHandlers } from './handlers/translation-handlers.ts';

export interface AppWorkerOptions {
  readonly engine: Engine;
  readonly store: Store;
  /** Where absent, one in memory; so for the word list. */
  readonly glossary?: GlossaryStore;
  readonly words?: WordStore;
  /** Receives the rules for pages at the start and whenever they change: pages are opened while no worker runs. */
  onRules?(rules: ReportedRules): void;
  readonly now?: () => number;
  /** Milliseconds without a job before a model is tried. */
  readonly probeAfterMs?: number;
  /** What is known already not to work. */
  readonly notices?: readonly Notice[];
  /** Milliseconds for each part of the start, and for each step of erasing. */
  readonly partMs?: number;
  /** How the person's own server is reached; where absent, it is not. */
  readonly connection?: ConnectionOptions;
}

/** Progress changes with every block of a file; pages are updated ten times a second. */
const MODELS_INTERVAL_MS = 100;

const noNetwork = () => Promise.reject(new TypeError('there is no network here'));

export class AppWorker {
  readonly server: Server;
  readonly models: ModelService;
  readonly jobs: JobService;
  readonly conversations: ConversationService;
  readonly remote: ServerService;
  private readonly prober: Prober;
  private readonly losses: LossService;
  private readonly prefixes: SavedPrefixes;
  private readonly packer: ReadingPacker;
  private readonly ahead: ReadAhead;
  private readonly often: OftenService;
  private readonly engine: Engine;
  private readonly store: Store;
  private readonly glossary: GlossaryStore;
  private readonly words: WordStore;
  private readonly now: () => number;
  private readonly stored: SettingsService;
  private readonly notices: Notices;
  private readonly upkeep: Upkeep;
  private readonly onRules: (rules: ReportedRules) => void;
  private modelsTimer: ReturnType<typeof setTimeout> | undefined;
  /** Requests wait until settings and stored models are known, or cannot be read. */
  private readonly started: Promise<void>;

  constructor(options: AppWorkerOptions) {
    const { engine, glossary = memoryGlossary(), words = memoryWords(), now = () => Date.now() } = options;
    const store = splitStore(options.store, memoryStore(options.store.defaults.language));
    this.engine = engine;
    this.glossary = glossary;
    this.words = words;
    this.store = store;
    this.now = now;
    this.stored = new SettingsService(store);
    this.notices = new Notices(options.notices ?? [], () => this.server.emit('notices', this.noticesState()));
    this.prefixes = new SavedPrefixes({
      storage: () => engine.storage(),
      keeps: (id) => store.keeps(id),
      budget: () => (this.settings.prefixMiB === undefined ? undefined : this.settings.prefixMiB * MIB),
    });
    this.packer = new ReadingPacker({
      prefixes: this.prefixes,
      may: () => this.settings.packReading !== false && this.ahead.isAllowed(),
      between: (work) => this.jobs.inPause(work),
    });
    const emit = (topic: Topic, event: ServerEvent) => {
      if (topic === 'conversations') this.conversations.finder.listChanged();
      else if (topic.startsWith('conversation:')) this.conversations.finder.changed(topic.slice(13));
      this.server.emit(topic, event);
    };
    const settings = () => this.settings;
    const meaning = createMeaning({ engine, models: () => this.models, settings });
    this.models = new ModelService({
      engine,
      now,
      preferredEmbedder: () => this.settings.embedder,
      makeRoom: meaning.makeRoom,
      preferred: (task) => (task === undefined ? this.settings.model : this.settings.models?.[task]),
      cache: () => this.settings.cache ?? 'plain',
      idleMs: () => (this.settings.idleMinutes ?? IDLE_MINUTES) * 60_000,
      busy: () => this.jobs.running().length > 0,
      between: (work) => this.jobs.between(work),
      pause: () => this.jobs.inPause(async () => {}),
      changed: () => this.notifyModels(),
      afterLoad: () => this.prober.schedule(),
      afterImport: () => this.tryImported(),
      removed: (id) => this.prefixes.removeModel(id),
    });
    this.prober = this.createProber(options.probeAfterMs);
    this.losses = new LossService({
      engine,
      now,
      turn: () => this.jobs.inPause(async () => {}),
      changed: () => this.notifyModels(),
      save: (id, loss) => this.change({ losses: { ...this.settings.losses, [id]: loss } }),
    });
    const { prefixes, prober, packer } = this;
    this.remote = new ServerService({
      server: () => this.settings.server,
      storage: () => engine.storage(),
      ...(options.connection ?? { fetch: noNetwork }),
    });
    const offer = (task: Task, isPrivate: boolean) => this.offer(task, isPrivate);
    const profile = (loaded: Answerer) => {
      const own = profileOfLoaded(loaded);
      return withOwnPrompts(own, this.settings.taskPrompts?.[own.id]);
    };
    const models = answerersOf(this.models, this.remote);
    this.ahead = createReadAhead({
      ...{ models: this.models, remote: this.remote, store, glossary, prefixes, profile, offer },
      ...{ settings, meaning: meaning.pages, others: pausesOf(prober, packer) },
      jobs: () => this.jobs,
      pages: () => this.conversations.pages,
    });
    const pauses = pausesOf(this.ahead, prober, packer);
    const measured = (id: string) => this.settings.benchmarks?.[id]?.prefillTokensPerSecond;
    const shared = { store, prefixes, emit, now };
    const more = { models, profile, offer, pauses, packer, measured, meaning: meaning.pages };
    this.jobs = new JobService({ ...shared, ...more });
    this.often = new OftenService({
      ...{ settings, change: (patch) => this.change(patch), now },
      find: (id) => store.conversation(id),
    });
    this.conversations = new ConversationService({
      ...{ ...shared, jobs: this.jobs, keeping: settings },
      removedForGood: (ids) => this.often.forget(ids),
    });
    const gate = createGate((id) => this.jobs.find(id));
    this.server = createServer(
      afterStart(this.handlers(), () => this.started),
      async (topic) => {
        await this.started;
        return stateOf(topic, {
          ...{ glossary, words, conversations: this.conversations, jobs: this.jobs, settings },
          models: () => this.modelsState(),
          notices: () => this.noticesState(),
        });
      },
      gate,
      (sender) => this.ahead.drop(sender),
    );
    this.upkeep = new Upkeep({
      ...{ engine, store, glossary, words, prefixes, now, emit, partMs: options.partMs },
      ...{ settings: this.stored, notices: this.notices, models: this.models },
      ...{ jobs: this.jobs, conversations: this.conversations, change: (patch) => this.change(patch) },
    });
    this.onRules = options.onRules ?? (() => {});
    this.started = this.upkeep.start().then(() => {
      // Those that could not be read are not told: what pages have of them stays.
      if (!this.stored.known) return;
      this.onRules(reportedRules(this.settings, this.now()));
      void this.often.tidy().catch(() => {});
    });
  }

  private createProber(quietMs: number | undefined): Prober {
    const { models } = this;
    return new Prober({
      loaded: () => models.loaded(),
      load: () => models.ready(),
      profile: profileOfLoaded,
      known: (id) => this.settings.abilities?.[id],
      languages: () => this.languages(),
      save: (id, abilities) => this.keepAbilities(id, abilities),
      between: (work) => {
        // A person may wait for a trial.
        this.packer.interrupt();
        return this.jobs.inPause(work).finally(() => this.packer.schedule());
      },
      changed: () => this.notifyModels(),
      now: this.now,
      ...(quietMs === undefined ? {} : { quietMs }),
    });
  }

  /** The model in use is loaded for its trial if it is new; every other one is tried when it is used. */
  private tryImported(): void {
    const model = this.models.chosen();
    if (model === undefined || !isTriable({ model })) return;
    const known = currentAbilities(this.settings.abilities?.[model.id], model);
    if (known === undefined) this.prober.afterImport();
  }

  /** The languages that a person reads answers in. */
  private languages(): readonly string[] {
    const { language, secondLanguage, summaryLanguage } = this.settings;
    return [language, secondLanguage, summaryLanguage].filter((tag) => tag !== undefined);
  }

  /** Forgets models that are gone. */
  private async keepAbilities(id: string, abilities: ModelAbilities): Promise<void> {
    const { stored } = this.models.snapshot();
    const known = Object.entries(this.settings.abilities ?? {});
    const kept = known.filter(([other]) => stored.some((model) => model.id === other));
    await this.change({ abilities: { ...Object.fromEntries(kept), [id]: abilities } });
    this.notifyModels();
  }

  /** What the model for a task is offered for. */
  private offer(task: Task, isPrivate: boolean): TaskOffer | undefined {
    return offerFor(this.remote.answerer(isPrivate), this.models.chosen(task), this.settings.abilities);
  }

  private modelsState(): Models {
    const models = this.models.snapshot();
    const { abilities = {} } = this.settings;
    const offers = models.stored.map((model) => [model.id, offerOf(abilities[model.id], model)] as const);
    const probing = this.prober.progress();
    const comparing = this.losses.progress();
    const server = this.remote.used ? this.offer('chat', false) : undefined;
    return {
      ...models,
      offers: Object.fromEntries(offers),
      ...withoutUndefined({ probing, comparing, server }),
    };
  }

  private get settings(): Settings {
    return this.stored.value;
  }

  private noticesState(): ServerEvent {
    return { kind: 'notices', notices: this.notices.list() };
  }

  /** A setting that is undefined in `patch` is removed. */
  private async change(patch: Partial<Settings>): Promise<Settings> {
    const whole = withForgotten(this.settings, patch);
    const settings = await this.stored.change(whole, (changed) => this.apply(changed, patch));
    this.server.emit('settings', { kind: 'settings', settings });
    this.server.emit('languages', { kind: 'languages', languages: languagesOf(settings) });
    this.onRules(reportedRules(this.settings, this.now()));
    if (patch.keepFor !== undefined) await this.upkeep.forgetOld();
    return settings;
  }

  private apply(settings: Settings, patch: Partial<Settings>): void {
    this.engine.setPace(settings.pace);
    if (patch.idleMinutes !== undefined) this.models.idleChanged();
    if ('prefixMiB' in patch) void this.prefixes.budgetChanged();
    const other = this.remote.changed() || 'server' in patch;
    if (patch.model !== undefined || patch.embedder !== undefined || other) this.notifyModels();
    // Called for every change, since erasing resets the cache setting without naming it.
    void this.jobs.between(async () => this.models.cacheChanged());
  }

  private notifyModels(): void {
    this.modelsTimer ??= setTimeout(() => {
      this.modelsTimer = undefined;
      this.server.emit('models', { kind: 'models', models: this.modelsState() });
    }, MODELS_INTERVAL_MS);
  }

  /** Throws `request-invalid` if it is no such message. */
  importFiles(message: FilesMessage): void {
    const { id, name, files, improves, measures } = checked(filesMessage, message, 'the picked files');
    const checkpoint = { kind: 'files', name, files } as const;
    const model = this.models.snapshot().stored.find((one) => one.id === (measures ?? improves));
    if (measures !== undefined) {
      this.losses.start(model, checkpoint);
      return;
    }
    // Loose files have no folder's name, and the engine's name for them comes a moment later.
    const called = model?.name ?? (name || nameOfFiles(files));
    this.models.imports.start(checkpoint, id, called, model && improvedForm(model));
  }

  private handlers(): Handlers {
    const { conversations, jobs } = this;
    const emit: Server['emit'] = (topic, event) => this.server.emit(topic, event);
    const { glossary, words, now, models, prober, losses, engine } = this;
    const own = { settings: () => this.settings, change: (patch: Partial<Settings>) => this.change(patch) };
    return {
      summarise: async ({ request, target }, sender) => {
        const started = await conversations.ask(request, target, originOf(sender, target.private));
        if (started.conversation !== undefined)
          this.often.note(target.page.url, started.conversation).catch(() => {});
        return started;
      },
      chat: ({ request, target }, sender) =>
        conversations.ask(request, target, originOf(sender, target.private)),
      edit: async ({ job, text }, sender) =>
        conversations.edit(await this.finished(job), text, originOf(sender)),
      ...translationHandlers({ glossary, jobs, emit, now, ...own }),
      ...wordHandlers({ words, jobs, emit, now }),
      ...ruleHandlers(own),
      stop: ({ job }) => {
        jobs.stop(job);
        return null;
      },
      regenerate: async ({ job, whole }, sender) =>
        conversations.regenerate(await this.finished(job), originOf(sender), whole),
      continue: async ({ job }, sender) =>
        conversations.continueAnswer(await this.finished(job), originOf(sender)),
      'find-passage': async ({ job, point }) => conversations.findPassage(await this.finished(job), point),
      prompt: ({ job }) => jobs.prompt(job),
      current: (where, sender) => conversations.pages.current(where, originOf(sender, where.private).private),
      'page-changed': ({ conversation, page }) => conversations.pageChanged(conversation, page),
      summarised: ({ page, private: isPrivate }, sender) =>
        conversations.pages.summarised(page, originOf(sender, isPrivate).private),
      ...conversationHandlers({
        conversations,
        store: this.store,
        remote: this.remote,
        upkeep: () => this.upkeep,
      }),
      ...aheadHandlers(this.ahead, this.often),
      ...modelHandlers({ engine, models, jobs, prober, losses, now, ...own }),
      ...serverHandlers(this.remote, (task, isPrivate) => this.offer(task, isPrivate)),
      ...promptHandlers({ model: () => models.chosen(), ...own }),
      settings: () => this.settings,
      'set-settings': ({ settings, unset = [] }) =>
        this.change({
          ...withoutUndefined(settings),
          ...Object.fromEntries(unset.map((name) => [name, undefined])),
        }),
      diagnostics: () => diagnosticsOf(engine, models),
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
}
