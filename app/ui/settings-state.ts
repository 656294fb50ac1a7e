/** What the Settings page does. */
import { type Signal, signal } from '@preact/signals';
import type { Client } from '../protocol/client.ts';
import { LiveRequests } from './requests.ts';

/** What the page needs of the browser, handed in. */
export interface SettingsBrowser {
  readonly version: string;
  /** A locale that the person chose; undefined: the browser's language. */
  readonly language: string | undefined;
  /** The texts of the page change with it. */
  chooseLanguage(tag: string | undefined): Promise<void>;
  /** The keys that start a summary; undefined where there are none. */
  readonly shortcut: string | undefined;
  openModels(): void;
  /** Forgets what lies outside the worker's stores. */
  eraseRest(): Promise<void>;
}

export class SettingsState extends LiveRequests {
  readonly outside: SettingsBrowser;
  readonly erasing: Signal<'working' | 'done' | undefined> = signal<'working' | 'done' | undefined>(
    undefined,
  );

  constructor(client: Client, outside: SettingsBrowser) {
    super(client);
    this.outside = outside;
  }

  async erase(models: boolean): Promise<void> {
    this.erasing.value = 'working';
    const done = await this.attempt(async () => {
      await this.client.request('erase', { models });
      await this.outside.eraseRest();
    });
    this.erasing.value = done ? 'done' : undefined;
  }
}
