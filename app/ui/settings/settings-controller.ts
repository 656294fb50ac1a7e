/** What the Settings page does. */
import { type Signal, signal } from '@preact/signals';
import type { Client } from '../../protocol/client.ts';
import { WorkerController } from '../state/requester.ts';

export interface AllSitesAccess {
  /** When the page was opened; undefined where the browser cannot do it. */
  readonly before: boolean | undefined;
  /** Asks the person where it must, and gives how it is afterwards. */
  set(on: boolean): Promise<boolean>;
}

/** What the page needs of the browser, handed in. */
export interface SettingsBrowser {
  readonly version: string;
  /** A locale that the person chose; undefined: the browser's language. */
  readonly language: string | undefined;
  /** The texts of the page change with it. */
  chooseLanguage(tag: string | undefined): Promise<void>;
  /** The keys that start a summary; undefined where there are none. */
  readonly shortcut: string | undefined;
  /** Whether the bubble is offered on every page. */
  readonly everywhere: AllSitesAccess;
  openModels(): void;
  /** Forgets what lies outside the worker's stores. */
  eraseRest(): Promise<void>;
}

export class SettingsController extends WorkerController {
  readonly outside: SettingsBrowser;
  readonly erasing: Signal<'working' | 'done' | undefined> = signal<'working' | 'done' | undefined>(
    undefined,
  );
  /** Undefined where the browser cannot do it. */
  readonly everywhere: Signal<boolean | undefined>;

  constructor(client: Client, outside: SettingsBrowser) {
    super(client);
    this.outside = outside;
    this.everywhere = signal(outside.everywhere.before);
  }

  async setEverywhere(on: boolean): Promise<void> {
    const { everywhere, outside } = this;
    everywhere.value = await outside.everywhere.set(on).catch(() => !on);
  }

  async erase(models: boolean): Promise<void> {
    this.erasing.value = 'working';
    const done = await this.attempt(async () => {
      await this.client.request('erase', { models });
      await this.outside.eraseRest();
      if (this.everywhere.value === true) this.everywhere.value = false;
    });
    this.erasing.value = done ? 'done' : undefined;
  }
}
