/** State and actions of the Models page. */
import { type Signal, signal } from '@preact/signals';
import {
  addressOrigin,
  fail,
  type FoundModels,
  type ModelChoice,
  type ModelPreview,
} from '../../../engine/index.ts';
import { toWire, type WireError } from '../../protocol/errors.ts';
import type { CatalogueEntry } from '../../catalogue/catalogue.ts';
import type { Client } from '../../protocol/client.ts';
import { type FilesPurpose, sendFiles } from '../../protocol/files.ts';
import type { Diagnostics, Send } from '../../protocol/requests.ts';
import type { PageText } from '../../protocol/types.ts';
import type { PickedFiles } from '../files/file-picker.ts';
import { missingFrom, WEIGHTS, withEarlier } from '../files/two-goes.ts';
import { WorkerController } from '../state/requester.ts';
import { type ServerBrowser, ServerController } from './server/server-controller.ts';

/** Progress or result of verifying a stored model. */
export type VerificationState =
  | { readonly kind: 'running' }
  | { readonly kind: 'good'; readonly bytes: number }
  | { readonly kind: 'failed'; readonly error: WireError };

/** Progress or result of inspecting an address before anything large is fetched. */
export type PreviewState =
  | { readonly kind: 'running' }
  | {
      readonly kind: 'found';
      readonly preview: ModelPreview;
      /** Names this model alone; undefined for the address as it was typed. */
      readonly address?: string;
    }
  /** The address has several models, or none. */
  | { readonly kind: 'choices'; readonly found: FoundModels }
  /** Linnet may not fetch from this mirror yet. */
  | { readonly kind: 'mirror'; readonly origin: string }
  | { readonly kind: 'failed'; readonly error: WireError };

/** Data and browser functions passed in by the page: catalogue, the article of the first summary, shortcut, version. */
export interface ModelsPageData {
  readonly catalogue: readonly CatalogueEntry[];
  readonly article: PageText;
  /** The keyboard shortcut of a summary; undefined if none is set. */
  readonly shortcut: string | undefined;
  /** The version of Linnet. */
  readonly version: string;
  openSettings(): void;
  /** Whether Linnet may fetch from an origin. */
  mayFetchFrom(origin: string): Promise<boolean>;
  /** Asks the person, by the browser; from a click. Resolves to the answer. */
  askToFetchFrom(origin: string): Promise<boolean>;
  /** Permissions for a server of the person's own. */
  readonly serverBrowser: ServerBrowser;
}

export interface WaitingFiles extends PickedFiles {
  /** Names of files, or {@link WEIGHTS}. */
  readonly missing: readonly string[];
}

/** Requests that wait for a running answer to end. */
type PendingAction = 'use-model' | 'delete-model' | 'unload';

export class ModelsController extends WorkerController {
  readonly catalogue: readonly CatalogueEntry[];
  readonly article: PageText;
  readonly diagnostics: Signal<Diagnostics | undefined> = signal<Diagnostics | undefined>(undefined);
  /** Whether the request for diagnostics has ended, with or without a result. */
  readonly checked: Signal<boolean> = signal(false);
  /** Keyed by model id. */
  readonly verified: Signal<ReadonlyMap<string, VerificationState>> = signal(new Map());
  readonly preview: Signal<PreviewState | undefined> = signal<PreviewState | undefined>(undefined);
  /** Files that are no whole model yet; they wait for the others. */
  readonly rest: Signal<WaitingFiles | undefined> = signal<WaitingFiles | undefined>(undefined);
  readonly measuring: Signal<boolean> = signal(false);
  readonly environment: Omit<ModelsPageData, 'catalogue' | 'article' | 'serverBrowser'>;
  readonly server: ServerController;
  private readonly pending: Signal<ReadonlySet<string>> = signal(new Set());

  constructor(client: Client, { catalogue, article, ...environment }: ModelsPageData) {
    super(client);
    this.catalogue = catalogue;
    this.article = article;
    this.environment = environment;
    this.server = new ServerController(client, environment.serverBrowser);
  }

  async open(): Promise<void> {
    await this.attempt(async () => {
      this.diagnostics.value = await this.client.request('diagnostics', {});
    });
    this.checked.value = true;
  }

  /**
   * Imports picked files, together with those that waited for them; files that are no whole model wait ({@link rest}). Sets
   * `failure` if none of them belongs to a model. `undefined` means that the picker was closed.
   */
  async importPicked(choice: PickedFiles | Promise<PickedFiles | undefined>): Promise<void> {
    await this.attempt(async () => {
      const picked = await choice;
      if (picked === undefined) return;
      const joined = withEarlier(this.rest.value, picked);
      const missing = missingFrom(joined);
      if (missing.length > 2 && missing.includes(WEIGHTS)) failWithoutModel(joined);
      if (missing.length > 0) {
        this.rest.value = { ...joined, missing };
        return;
      }
      await this.send(joined);
      if (joined !== picked) this.rest.value = undefined;
    });
  }

  /** Imports the files that wait, without the missing ones: another program may have named them differently. */
  async importRest(): Promise<void> {
    await this.attempt(async () => {
      const { rest } = this;
      if (rest.value !== undefined) await this.send(rest.value);
      rest.value = undefined;
    });
  }

  private async send({ name, files }: PickedFiles): Promise<void> {
    // An answer proves that the worker is there and listens to the channel.
    await this.client.request('settings', {});
    sendFiles(name, files);
  }

  /** Improves a stored model from the files that it was imported from, or compares it with them. */
  async useOriginal(purpose: FilesPurpose, choice: Promise<PickedFiles>): Promise<void> {
    await this.attempt(async () => {
      const { name, files } = await choice;
      if (files.length === 0) return;
      await this.client.request('settings', {});
      sendFiles(name, files, purpose);
    });
  }

  /** Sends a request; {@link isWaiting} is true until it has ended. */
  async waitFor<K extends PendingAction>(kind: K, send: Send<K>): Promise<void> {
    const name = actionName(kind, send);
    this.pending.value = new Set([...this.pending.value, name]);
    await this.request(kind, send);
    this.pending.value = new Set([...this.pending.value].filter((other) => other !== name));
  }

  isWaiting<K extends PendingAction>(kind: K, send: Send<K>): boolean {
    return this.pending.value.has(actionName(kind, send));
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

  async previewAddress(address: string, revision: string): Promise<void> {
    const running: PreviewState = { kind: 'running' };
    this.preview.value = running;
    const show = (result: PreviewState) => {
      if (this.preview.value === running) this.preview.value = result;
    };
    const from = { address, revision: revision || undefined };
    try {
      const origin = addressOrigin(address);
      if (!(await this.environment.mayFetchFrom(origin))) {
        show({ kind: 'mirror', origin });
        return;
      }
      const found = await this.client.request('find-models', from);
      if (this.preview.value !== running) return;
      const [only, ...others] = found?.choices ?? [];
      if (found !== null && (only === undefined || others.length > 0)) {
        show({ kind: 'choices', found });
        return;
      }
      show({ kind: 'found', preview: await this.client.request('preview-import', from) });
    } catch (error) {
      show({ kind: 'failed', error: toWire(error) });
    }
  }

  /** Looks at one of the models that {@link previewAddress} found. */
  async previewChoice({ address }: Pick<ModelChoice, 'address'>): Promise<void> {
    const running: PreviewState = { kind: 'running' };
    this.preview.value = running;
    const result = await this.client.request('preview-import', { address }).then(
      (preview): PreviewState => ({ kind: 'found', preview, address }),
      (error: unknown): PreviewState => ({ kind: 'failed', error: toWire(error) }),
    );
    if (this.preview.value === running) this.preview.value = result;
  }

  /** Gives the hub's access token to the worker; `keep`: also for later. */
  async useToken(token: string, keep: boolean): Promise<void> {
    await this.request('hub-token', { token, keep });
  }

  async measure(): Promise<void> {
    this.measuring.value = true;
    await this.request('benchmark', {});
    this.measuring.value = false;
  }

  /** Starts the first summary, of the bundled article. */
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

const actionName = (kind: PendingAction, send: object): string => `${kind} ${JSON.stringify(send)}`;

function failWithoutModel({ files, others }: PickedFiles): never {
  const given = [...others, ...files.map(({ path }) => path)];
  return fail('source-unknown', {
    who: 'the chosen files',
    message: 'none of them belongs to a model',
    expected: 'config.json and .safetensors, or .gguf',
    got: given.slice(0, 5).join(', ') || 'no files; a browser does not follow links',
  });
}
