/** What the Settings page does. */
import { type Signal, signal } from '@preact/signals';
import { toWire, type WireError } from '../../engine/index.ts';
import type { Client } from '../protocol/client.ts';
import type { RequestKind, Send, Settings } from '../protocol/types.ts';
import { createLive, type Live } from './live.ts';

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

export class SettingsState {
  readonly live: Live;
  readonly outside: SettingsBrowser;
  readonly failure: Signal<WireError | undefined> = signal<WireError | undefined>(undefined);
  readonly erasing: Signal<'working' | 'done' | undefined> = signal<'working' | 'done' | undefined>(
    undefined,
  );
  private readonly client: Client;

  constructor(client: Client, outside: SettingsBrowser) {
    this.client = client;
    this.outside = outside;
    this.live = createLive(client);
  }

  async ask<K extends RequestKind>(kind: K, send: Send<K>): Promise<void> {
    await this.attempt(() => this.client.request(kind, send));
  }

  change(settings: Partial<Settings>): Promise<void> {
    return this.ask('set-settings', { settings });
  }

  async erase(models: boolean): Promise<void> {
    this.erasing.value = 'working';
    await this.attempt(async () => {
      await this.client.request('erase', { models });
      await this.outside.eraseRest();
      this.erasing.value = 'done';
    });
    if (this.failure.value !== undefined) this.erasing.value = undefined;
  }

  private async attempt(work: () => Promise<unknown>): Promise<void> {
    this.failure.value = undefined;
    try {
      await work();
    } catch (error) {
      this.failure.value = toWire(error);
    }
  }
}
