/**
 * What the worker does to everything that is stored: at its start, when the time of something is over, and when all of it
 * is erased. Each part of each stands alone.
 */
import { log } from '../../engine/index.ts';
import { toWire } from '../protocol/errors.ts';
import type { StoredIds } from '../protocol/keeping.ts';
import { isPractice } from '../protocol/model-traits.ts';
import type { ServerEvent, Topic } from '../protocol/requests.ts';
import type { Settings } from '../protocol/types.ts';
import type { ConversationService } from './conversation-service.ts';
import type { JobService } from './job-service.ts';
import { type EraseStep, eraseInSteps } from './keeping/erase-steps.ts';
import { Forgetter } from './keeping/forgetter.ts';
import type { Engine } from './models/engine.ts';
import type { ModelService } from './models/model-service.ts';
import type { SavedPrefixes } from './reading/saved-prefixes.ts';
import type { Notices } from './start/notices.ts';
import type { SettingsService } from './start/settings-service.ts';
import { runParts, type StartPart } from './start/start-parts.ts';
import { within } from './start/within.ts';
import type { GlossaryStore } from './store/lists/glossary-store.ts';
import type { WordStore } from './store/lists/word-store.ts';
import type { Store } from './store/store.ts';

export interface UpkeepOptions {
  readonly engine: Engine;
  readonly store: Store;
  readonly glossary: GlossaryStore;
  readonly words: WordStore;
  readonly settings: SettingsService;
  readonly notices: Notices;
  readonly models: ModelService;
  readonly jobs: JobService;
  readonly conversations: ConversationService;
  readonly prefixes: SavedPrefixes;
  change(patch: Partial<Settings>): Promise<Settings>;
  emit(topic: Topic, event: ServerEvent): void;
  now(): number;
  /** Milliseconds for each part of the start, and for each step of erasing. */
  readonly partMs?: number;
}

const PART_MS = 10_000;
const DEMO_IMPORT = 'demo';

export class Upkeep {
  private readonly options: UpkeepOptions;
  private readonly partMs: number;
  private readonly forgetter: Forgetter;

  constructor(options: UpkeepOptions) {
    const { store, settings, now, partMs = PART_MS } = options;
    this.options = options;
    this.partMs = partMs;
    this.forgetter = new Forgetter({
      keepFor: () => settings.value.keepFor,
      unchangedSince: (time) => store.unchangedSince(time),
      remove: (old, time) => this.removeOld(old, time),
      now,
    });
  }

  /** Never rejects: what fails is in the notices. */
  async start(): Promise<void> {
    const { store, engine, models, settings, notices, prefixes, now } = this.options;
    const parts = (...list: readonly StartPart[]) => runParts(list, notices, this.partMs);
    const upkeep = (run: () => unknown): StartPart => ({ part: 'upkeep', run });
    await parts(
      {
        part: 'settings',
        run: async () => {
          await settings.load();
          engine.setPace(settings.value.pace);
        },
      },
      upkeep(async () => {
        const interrupted = await store.interruptUnfinished(now());
        if (interrupted > 0) log('info', 'worker', `${interrupted} answers were interrupted`);
      }),
      // The worker before may have ended before it could remove them.
      upkeep(() => store.removeDeleted()),
      { part: 'models', run: () => models.refresh() },
    );
    await parts(
      upkeep(() => this.forgetter.start()),
      { part: 'imports', run: () => models.imports.adopt(!onMeteredConnection()) },
      upkeep(() => this.countRecords()),
      upkeep(() => this.countFolders()),
    );
    void prefixes.retain(async (id) => (await store.conversation(id)) !== undefined);
    if (settings.known && settings.value.demoImported !== true) this.importDemo().catch(logFailure);
  }

  /**
   * Runs once, on the first start. One that is stored already, where only the settings were erased, stays as it is. In a
   * build without a demo model the import is dismissed.
   */
  private async importDemo(): Promise<void> {
    const { models, change } = this.options;
    const isThere = () => models.snapshot().stored.some(isPractice);
    if (!isThere()) {
      models.imports.start({ kind: 'demo' }, DEMO_IMPORT, undefined);
      await models.imports.finished(DEMO_IMPORT);
      const failed = models.snapshot().imports.find(({ id }) => id === DEMO_IMPORT)?.error;
      if (failed?.code === 'source-missing') await models.imports.dismiss(DEMO_IMPORT);
    }
    if (isThere()) await change({ demoImported: true });
  }

  private async countRecords(): Promise<void> {
    this.options.notices.count('records', await this.options.store.damaged());
  }

  private async countFolders(): Promise<void> {
    this.options.notices.count('folders', (await this.options.engine.unreadable()).length);
  }

  /** Deletes for good what is left out because it is damaged. */
  async deleteDamaged(): Promise<void> {
    await this.options.store.removeDamaged();
    await this.options.engine.discardUnreadable();
    await this.countRecords();
    await this.countFolders();
  }

  /** Deletes what is older than the settings allow. */
  forgetOld(): Promise<void> {
    return this.forgetter.run();
  }

  private async removeOld({ conversations, jobs }: StoredIds, time: number): Promise<void> {
    await this.options.conversations.expire(conversations, time);
    await this.removeTranslations(jobs);
  }

  /** `ids`: of jobs without a conversation; all of them where absent. */
  async removeTranslations(ids?: readonly string[]): Promise<void> {
    const { jobs, store } = this.options;
    const removed = ids ?? (await store.looseJobs(Number.POSITIVE_INFINITY)).map(({ id }) => id);
    for (const id of removed) jobs.stop(id);
    await jobs.between(async () => {
      jobs.forget(removed);
      await store.removeJobs(removed);
    });
  }

  /** `models`: also what took effort to collect: the glossary, the word list, models and unfinished imports. Throws `erase-incomplete`. */
  async erase(models: boolean): Promise<void> {
    const { jobs, conversations, prefixes, store, settings, change } = this.options;
    const steps: EraseStep[] = [
      { what: 'jobs', run: () => jobs.clear() },
      { what: 'conversations', run: () => conversations.erase(() => store.erase()) },
      { what: 'prefixes', run: () => prefixes.clear() },
      { what: 'settings', run: () => settings.reset().then(() => change({})) },
      ...(models ? this.collected() : []),
    ];
    await eraseInSteps(steps, 2 * this.partMs).finally(() =>
      Promise.all([this.countRecords(), this.countFolders()]).catch(logFailure),
    );
  }

  private collected(): EraseStep[] {
    const { engine, glossary, words, models, emit } = this.options;
    const emptied = () => emit('glossary', { kind: 'glossary', entries: [] });
    const wordless = () => emit('words', { kind: 'words', words: [] });
    const ends = [
      ...models.imports.states().map(
        ({ id }) =>
          () =>
            models.imports.dismiss(id),
      ),
      ...models.snapshot().stored.map(
        ({ id }) =>
          () =>
            models.remove(id),
      ),
    ];
    return [
      { what: 'glossary', run: () => glossary.erase().then(emptied) },
      { what: 'words', run: () => words.erase().then(wordless) },
      // One that does not end is left behind: what counts is that the last step leaves nothing of it on the disk.
      ...ends.map((end) => ({
        what: 'models',
        run: () => within(this.partMs, end, 'models').catch(logFailure),
      })),
      { what: 'models', run: () => engine.erase() },
      { what: 'models', run: () => models.refresh().catch(logFailure) },
    ];
  }
}

const logFailure = (error: unknown): void => log('warn', 'worker', toWire(error).code);

/** Whether the person asked the browser to save data: then large imports do not continue automatically. */
function onMeteredConnection(): boolean {
  const { connection } = navigator as Navigator & { connection?: { saveData?: boolean } };
  return connection?.saveData === true;
}
