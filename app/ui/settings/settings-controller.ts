/** State and actions of the Settings page. */
import { type Signal, signal } from '@preact/signals';
import type { Client } from '../../protocol/client.ts';
import { toWire } from '../../protocol/errors.ts';
import type { TaskPrompts } from '../../protocol/task-prompts.ts';
import { KEEP_MS, type KeepFor } from '../../protocol/keeping.ts';
import { LIMITS } from '../../protocol/limits.ts';
import type { Job, TaskName } from '../../protocol/types.ts';
import type { Rule, RuleAbout } from '../../protocol/page/page-rules.ts';
import { WorkerController } from '../state/requester.ts';
import type { SiteAccess } from './rules/rules-section.tsx';

export interface AllSitesAccess {
  /** The state when the page was opened; undefined if the browser does not support it. */
  readonly initial: boolean | undefined;
  /** Requests the permission if necessary and resolves to the state afterwards. */
  set(on: boolean): Promise<boolean>;
}

/** Browser functions passed in by the page. */
export interface SettingsEnvironment {
  readonly version: string;
  /** The locale that the person chose; undefined for the browser's language. */
  readonly language: string | undefined;
  /** The locale that fits the browser's languages best. */
  readonly browserLocale: string;
  /** Also changes the texts of the page. */
  chooseLanguage(tag: string | undefined): Promise<void>;
  /** The keyboard shortcut of a summary; undefined if none is set. */
  readonly shortcut: string | undefined;
  /** Whether the bubble is offered on every site. */
  readonly allSites: AllSitesAccess;
  /** The leave to run on single sites that are always translated. */
  readonly siteAccess: SiteAccess;
  openModels(): void;
  /** Erases what is stored outside of the worker. */
  eraseRest(): Promise<void>;
}

export interface Shortening {
  readonly keepFor: KeepFor;
  readonly older: number;
}

export class SettingsController extends WorkerController {
  readonly environment: SettingsEnvironment;
  readonly erasing: Signal<'working' | 'done' | undefined> = signal<'working' | 'done' | undefined>(
    undefined,
  );
  /** The words that the model in use is asked with; undefined until they are known. */
  readonly taskPrompts: Signal<TaskPrompts | undefined> = signal<TaskPrompts | undefined>(undefined);
  /** Undefined if the browser does not support it. */
  readonly allSites: Signal<boolean | undefined>;

  /** Translations that are stored; undefined until they are known. */
  readonly translations: Signal<readonly Job[] | undefined> = signal<readonly Job[] | undefined>(undefined);
  /** A choice that would delete `older` conversations and translations, until it is confirmed. */
  readonly shortening: Signal<Shortening | undefined> = signal<Shortening | undefined>(undefined);

  constructor(client: Client, environment: SettingsEnvironment) {
    super(client);
    this.environment = environment;
    this.allSites = signal(environment.allSites.initial);
  }

  /** Reads the words of prompts; again when another model may be in use. */
  async readPrompts(): Promise<void> {
    await this.attempt(async () => {
      this.taskPrompts.value = await this.client.request('task-prompts', {});
    });
  }

  /** `text` undefined: the words that the prompt came with. Resolves to whether they were stored. */
  changePrompt(task: TaskName, text: string | undefined): Promise<boolean> {
    const { profile } = this.taskPrompts.value ?? {};
    return this.attempt(async () => {
      if (profile === undefined) return;
      this.taskPrompts.value = await (text === undefined
        ? this.client.request('reset-task-prompt', { profile, task })
        : this.client.request('change-task-prompt', { profile, task, text }));
    });
  }

  async readTranslations(): Promise<void> {
    await this.attempt(async () => {
      this.translations.value = await this.client.request('translations', { limit: LIMITS.list });
    });
  }

  /** All of them where `jobs` is absent. */
  async deleteTranslations(jobs?: readonly string[]): Promise<void> {
    if (await this.request('delete-translations', jobs === undefined ? {} : { jobs }))
      await this.readTranslations();
  }

  /** Undefined: until a person deletes them. What would delete something is confirmed first. */
  async chooseKeeping(keepFor: KeepFor | undefined): Promise<void> {
    this.shortening.value = undefined;
    const older = keepFor === undefined || keepFor === 'session' ? 0 : await this.olderThan(KEEP_MS[keepFor]);
    if (older === undefined) return;
    if (keepFor === undefined || older === 0) await this.keepFor(keepFor);
    else this.shortening.value = { keepFor, older };
  }

  async keepFor(keepFor: KeepFor | undefined): Promise<void> {
    this.shortening.value = undefined;
    if (await this.change({ keepFor })) await this.readTranslations();
  }

  keepAsBefore(): void {
    this.shortening.value = undefined;
  }

  /** How many would be deleted; undefined if they cannot be counted. */
  private async olderThan(ms: number): Promise<number | undefined> {
    let older: number | undefined;
    const before = Date.now() - ms;
    await this.attempt(async () => {
      const lists = await Promise.all([
        this.client.request('conversations', { limit: LIMITS.list }),
        this.client.request('translations', { limit: LIMITS.list }),
      ]);
      older = lists.flat().filter(({ updatedAt }) => updatedAt < before).length;
    });
    return older;
  }

  async setRule(about: RuleAbout, rule: Rule | undefined): Promise<void> {
    await this.request('set-rule', { about, ...(rule === undefined ? {} : { rule }) });
  }

  async setAllSites(on: boolean): Promise<void> {
    const { allSites, environment } = this;
    allSites.value = await environment.allSites.set(on).catch(() => !on);
  }

  async erase(models: boolean): Promise<void> {
    this.erasing.value = 'working';
    const done = await this.attempt(async () => {
      // Where the worker could not delete everything, the rest is deleted all the same.
      const incomplete = await this.client.request('erase', { models }).then(
        () => undefined,
        (error: unknown) => {
          if (toWire(error).code === 'erase-incomplete') return error;
          throw error;
        },
      );
      await this.environment.eraseRest();
      if (this.allSites.value === true) this.allSites.value = false;
      await this.readTranslations();
      if (incomplete !== undefined) throw incomplete;
    });
    this.erasing.value = done ? 'done' : undefined;
  }
}
