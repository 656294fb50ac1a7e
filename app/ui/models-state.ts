/** What the Models page does. */
import { type Signal, signal } from '@preact/signals';
import { toWire, type WireError } from '../../engine/index.ts';
import type { Client } from '../protocol/client.ts';
import { type PickedFile, sendFiles } from '../protocol/files.ts';
import type { Diagnostics, RequestKind, Send } from '../protocol/types.ts';
import { createLive, type Live } from './live.ts';

export class ModelsState {
  readonly live: Live;
  readonly failure: Signal<WireError | undefined> = signal<WireError | undefined>(undefined);
  readonly diagnostics: Signal<Diagnostics | undefined> = signal<Diagnostics | undefined>(undefined);
  private readonly client: Client;

  constructor(client: Client) {
    this.client = client;
    this.live = createLive(client);
  }

  async open(): Promise<void> {
    await this.attempt(async () => {
      this.diagnostics.value = await this.client.request('diagnostics', {});
    });
  }

  async ask<K extends RequestKind>(kind: K, send: Send<K>): Promise<void> {
    await this.attempt(() => this.client.request(kind, send));
  }

  async importFiles(name: string, files: readonly PickedFile[]): Promise<void> {
    if (files.length === 0) return;
    await this.attempt(async () => {
      // An answer proves that the worker is there and listens to the channel.
      await this.client.request('set-settings', { settings: {} });
      sendFiles(name, files);
    });
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
