/** State and actions of the section for a person's own server. */
import { type Signal, signal } from '@preact/signals';
import { AppError, toWire, type WireError } from '../../../protocol/errors.ts';
import type { Client } from '../../../protocol/client.ts';
import type { OwnServer, ServerModel, ServerTrial } from '../../../protocol/server/own-server.ts';
import { type ServerAddress, serverAddress } from '../../../protocol/server/server-address.ts';
import { RequestController } from '../../state/requester.ts';

/** What the browser does for the section; passed in by the page. */
export interface ServerBrowser {
  /** Asks the person; must be called from a click. */
  ask(pattern: string): Promise<boolean>;
  allowed(pattern: string): Promise<boolean>;
  /** Gives back all such permissions but that for `keep`. */
  release(keep?: string): Promise<void>;
}

export type Found =
  | { readonly kind: 'running' }
  | { readonly kind: 'models'; readonly address: ServerAddress; readonly models: readonly ServerModel[] }
  | { readonly kind: 'failed'; readonly error: WireError };

export type TriedServer =
  | { readonly kind: 'running' }
  | { readonly kind: 'answered'; readonly trial: ServerTrial }
  | { readonly kind: 'failed'; readonly error: WireError };

/** What was typed besides the address. */
export interface TypedKey {
  /** Empty for none; a key that the worker has stays then. */
  readonly key: string;
  readonly keep: boolean;
}

export class ServerController extends RequestController {
  readonly found: Signal<Found | undefined> = signal<Found | undefined>(undefined);
  readonly tried: Signal<TriedServer | undefined> = signal<TriedServer | undefined>(undefined);
  /** The form is shown for a server that is set up. */
  readonly changing: Signal<boolean> = signal(false);
  /** The browser no longer allows the connection. */
  readonly forbidden: Signal<boolean> = signal(false);
  private readonly browser: ServerBrowser;

  constructor(client: Client, browser: ServerBrowser) {
    super(client);
    this.browser = browser;
  }

  /** Called when the page opens: permissions of servers that were never used are given back. */
  async open(server: OwnServer | undefined): Promise<void> {
    const pattern = server && serverAddress(server.address).pattern;
    await this.browser.release(pattern).catch(() => {});
    this.forbidden.value = pattern !== undefined && !(await this.browser.allowed(pattern));
  }

  /** Asks the browser and then the server. Must be called from a click. */
  async look(typed: string, key: TypedKey): Promise<void> {
    const running: Found = { kind: 'running' };
    this.found.value = running;
    this.tried.value = undefined;
    const show = (found: Found) => {
      if (this.found.value === running) this.found.value = found;
    };
    try {
      const address = serverAddress(typed);
      // Before anything is awaited: the browser asks the person only at a click.
      await requireAgreed(this.browser.ask(address.pattern));
      if (key.key.trim() !== '') await this.client.request('server-key', { address: address.base, ...key });
      const models = await this.client.request('server-models', { address: address.base });
      show({ kind: 'models', address, models });
    } catch (error) {
      show({ kind: 'failed', error: toWire(error) });
    }
  }

  async tryOut(server: OwnServer): Promise<void> {
    const running: TriedServer = { kind: 'running' };
    this.tried.value = running;
    const tried = await this.client.request('try-server', { server }).then(
      (trial): TriedServer => ({ kind: 'answered', trial }),
      (error: unknown): TriedServer => ({ kind: 'failed', error: toWire(error) }),
    );
    if (this.tried.value === running) this.tried.value = tried;
  }

  /** Sets the server up, or changes it. Resolves to whether it was stored. */
  async set(server: OwnServer): Promise<boolean> {
    const stored = await this.attempt(() => this.client.request('set-settings', { settings: { server } }));
    if (!stored) return false;
    this.found.value = undefined;
    this.changing.value = false;
    await this.browser.release(serverAddress(server.address).pattern).catch(() => {});
    return true;
  }

  /** Forgets the server with its key, and gives the permission back. */
  async remove(): Promise<void> {
    const removed = await this.attempt(() =>
      this.client.request('set-settings', { settings: {}, unset: ['server'] }),
    );
    if (!removed) return;
    this.drop();
    this.changing.value = false;
    this.forbidden.value = false;
    await this.browser.release().catch(() => {});
  }

  /** Asks for the permission once more. Must be called from a click. */
  async allow(server: OwnServer): Promise<void> {
    const asked = this.browser.ask(serverAddress(server.address).pattern);
    if (await this.attempt(() => requireAgreed(asked))) this.forbidden.value = false;
  }

  /** What was found belongs to another address than what is typed now. */
  drop(): void {
    this.found.value = undefined;
    this.tried.value = undefined;
    this.failure.value = undefined;
  }
}

async function requireAgreed(asked: Promise<boolean>): Promise<void> {
  if (!(await asked))
    throw new AppError('server-permission', { who: 'browser', message: 'the permission was not given' });
}
