/** What the Models page knows and does. */
import { type Signal, signal } from '@preact/signals';
import { type ModelPreview, toWire, type WireError } from '../../engine/index.ts';
import type { CatalogueEntry } from '../catalogue/catalogue.ts';
import type { Client } from '../protocol/client.ts';
import { type PickedFile, sendFiles } from '../protocol/files.ts';
import type { Diagnostics, PageText } from '../protocol/types.ts';
import { LiveRequests } from './requests.ts';

/** How the check of a stored model goes. */
export type Verified =
  | { readonly kind: 'running' }
  | { readonly kind: 'good'; readonly bytes: number }
  | { readonly kind: 'failed'; readonly error: WireError };

/** A look at an address before anything large is fetched. */
export type Look =
  | { readonly kind: 'running' }
  | { readonly kind: 'found'; readonly preview: ModelPreview }
  | { readonly kind: 'failed'; readonly error: WireError };

/** What a page of Linnet brings along: the catalogue, and the text of the first summary. */
export interface Material {
  readonly catalogue: readonly CatalogueEntry[];
  readonly article: PageText;
}

export class ModelsState extends LiveRequests {
  readonly catalogue: readonly CatalogueEntry[];
  readonly article: PageText;
  readonly diagnostics: Signal<Diagnostics | undefined> = signal<Diagnostics | undefined>(undefined);
  /** By the model's id. */
  readonly verified: Signal<ReadonlyMap<string, Verified>> = signal(new Map());
  readonly look: Signal<Look | undefined> = signal<Look | undefined>(undefined);
  readonly measuring: Signal<boolean> = signal(false);

  constructor(client: Client, { catalogue, article }: Material) {
    super(client);
    this.catalogue = catalogue;
    this.article = article;
  }

  async open(): Promise<void> {
    await this.attempt(async () => {
      this.diagnostics.value = await this.client.request('diagnostics', {});
    });
  }

  async importFiles(name: string, files: readonly PickedFile[]): Promise<void> {
    if (files.length === 0) return;
    await this.attempt(async () => {
      // An answer proves that the worker is there and listens to the channel.
      await this.client.request('set-settings', { settings: {} });
      sendFiles(name, files);
    });
  }

  async verify(id: string): Promise<void> {
    const set = (result: Verified) => {
      this.verified.value = new Map(this.verified.value).set(id, result);
    };
    set({ kind: 'running' });
    try {
      set({ kind: 'good', ...(await this.client.request('verify-model', { id })) });
    } catch (error) {
      set({ kind: 'failed', error: toWire(error) });
    }
  }

  async lookAt(address: string, revision: string): Promise<void> {
    const running: Look = { kind: 'running' };
    this.look.value = running;
    const show = (result: Look) => {
      if (this.look.value === running) this.look.value = result;
    };
    try {
      const preview = await this.client.request('preview-import', {
        address,
        ...(revision === '' ? {} : { revision }),
      });
      show({ kind: 'found', preview });
    } catch (error) {
      show({ kind: 'failed', error: toWire(error) });
    }
  }

  async measure(): Promise<void> {
    this.measuring.value = true;
    await this.request('benchmark', {});
    this.measuring.value = false;
  }

  /** The first summary, of the article that Linnet brings along. */
  async summariseArticle(): Promise<void> {
    await this.attempt(async () => {
      const style = { type: 'key-points', length: 'short' } as const;
      const { conversation } = await this.client.request('summarise', { page: this.article, style });
      this.live.follow(conversation);
    });
  }
}
