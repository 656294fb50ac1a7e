/** State and actions of the Settings page. */
import { type Signal, signal } from '@preact/signals';
import type { Client } from '../../protocol/client.ts';
import { WorkerController } from '../state/requester.ts';

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
  openModels(): void;
  /** Erases what is stored outside of the worker. */
  eraseRest(): Promise<void>;
}

export class SettingsController extends WorkerController {
  readonly environment: SettingsEnvironment;
  readonly erasing: Signal<'working' | 'done' | undefined> = signal<'working' | 'done' | undefined>(
    undefined,
  );
  /** Undefined if the browser does not support it. */
  readonly allSites: Signal<boolean | undefined>;

  constructor(client: Client, environment: SettingsEnvironment) {
    super(client);
    this.environment = environment;
    this.allSites = signal(environment.allSites.initial);
  }

  async setAllSites(on: boolean): Promise<void> {
    const { allSites, environment } = this;
    allSites.value = await environment.allSites.set(on).catch(() => !on);
  }

  async erase(models: boolean): Promise<void> {
    this.erasing.value = 'working';
    const done = await this.attempt(async () => {
      await this.client.request('erase', { models });
      await this.environment.eraseRest();
      if (this.allSites.value === true) this.allSites.value = false;
    });
    this.erasing.value = done ? 'done' : undefined;
  }
}
