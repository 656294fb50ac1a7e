/** What the Models page knows and does. */
import { type Signal, signal } from '@preact/signals';
import { fail, type ModelPreview } from '../../../engine/index.ts';
import { toWire, type WireError } from '../../protocol/errors.ts';
import type { CatalogueEntry } from '../../catalogue/catalogue.ts';
import type { Client } from '../../protocol/client.ts';
import { sendFiles } from '../../protocol/files.ts';
import type { Diagnostics, Send } from '../../protocol/requests.ts';
import type { PageText } from '../../protocol/types.ts';
import type { PickedFiles } from '../files/file-picker.ts';
import { WorkerController } from '../state/requester.ts';

/** How the check of a stored model goes. */
export type VerificationState =
  | { readonly kind: 'running' }
  | { readonly kind: 'good'; readonly bytes: number }
  | { readonly kind: 'failed'; readonly error: WireError };

/** A look at an address before anything large is fetched. */
export type PreviewState =
  | { readonly kind: 'running' }
  | { readonly kind: 'found'; readonly preview: ModelPreview }
  | { readonly kind: 'failed'; readonly error: WireError };

/** What a page of Linnet brings along: the catalogue, the text of the first summary, and what the browser knows. */
export interface ModelsPageData {
  readonly catalogue: readonly CatalogueEntry[];
  readonly article: PageText;
  /** The keys that summarise; undefined where there are none. */
  readonly shortcut: string | undefined;
  /** Of Linnet. */
  readonly version: string;
  openSettings(): void;
}

/** Requests that end or await an answer under way first. */
type PendingAction = 'use-model' | 'delete-model' | 'unload';

export class ModelsController extends WorkerController {
  readonly catalogue: readonly CatalogueEntry[];
  readonly article: PageText;
  readonly diagnostics: Signal<Diagnostics | undefined> = signal<Diagnostics | undefined>(undefined);
  /** Diagnostics are there, or cannot be had. */
  readonly checked: Signal<boolean> = signal(false);
  /** By the model's id. */
  readonly verified: Signal<ReadonlyMap<string, VerificationState>> = signal(new Map());
  readonly look: Signal<PreviewState | undefined> = signal<PreviewState | undefined>(undefined);
  readonly measuring: Signal<boolean> = signal(false);
  readonly outside: Pick<ModelsPageData, 'shortcut' | 'version' | 'openSettings'>;
  private readonly waiting: Signal<ReadonlySet<string>> = signal(new Set());

  constructor(client: Client, { catalogue, article, ...outside }: ModelsPageData) {
    super(client);
    this.catalogue = catalogue;
    this.article = article;
    this.outside = outside;
  }

  async open(): Promise<void> {
    await this.attempt(async () => {
      this.diagnostics.value = await this.client.request('diagnostics', {});
    });
    this.checked.value = true;
  }

  /** Says what is wrong where nothing of it is a model; `undefined` is a picker that was closed. */
  async importPicked(choice: PickedFiles | Promise<PickedFiles | undefined>): Promise<void> {
    await this.attempt(async () => {
      const picked = await choice;
      if (picked === undefined) return;
      const { name, files, others } = picked;
      if (!files.some(({ path }) => !path.endsWith('.txt'))) nothingIn(others);
      // An answer proves that the worker is there and listens to the channel.
      await this.client.request('settings', {});
      sendFiles(name, files);
    });
  }

  /** What {@link isWaiting} tells until it is done. */
  async waitFor<K extends PendingAction>(kind: K, send: Send<K>): Promise<void> {
    const what = waitingName(kind, send);
    this.waiting.value = new Set([...this.waiting.value, what]);
    await this.request(kind, send);
    this.waiting.value = new Set([...this.waiting.value].filter((other) => other !== what));
  }

  isWaiting<K extends PendingAction>(kind: K, send: Send<K>): boolean {
    return this.waiting.value.has(waitingName(kind, send));
  }

  async verify(id: string): Promise<void> {
    const set = (result: VerificationState) => {
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
    const running: PreviewState = { kind: 'running' };
    this.look.value = running;
    const show = (result: PreviewState) => {
      if (this.look.value === running) this.look.value = result;
    };
    try {
      const preview = await this.client.request('preview-import', {
        address,
        revision: revision || undefined,
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
      const { conversation } = await this.client.request('summarise', {
        request: { kind: 'summary', style: { type: 'key-points', length: 'short' } },
        target: { page: this.article },
      });
      this.worker.follow(conversation);
    });
  }
}

const waitingName = (kind: PendingAction, send: object): string => `${kind} ${JSON.stringify(send)}`;

function nothingIn(others: readonly string[]): never {
  return fail('source-unknown', {
    who: 'the chosen files',
    message: 'none of them belongs to a model',
    expected: 'config.json and .safetensors, or .gguf',
    got: others.slice(0, 5).join(', ') || 'no files; a browser does not follow links',
  });
}
