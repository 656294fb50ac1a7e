/** Base classes of the controllers of Linnet's own pages: they send requests to the worker and keep the last failure. */
import { type Signal, signal } from '@preact/signals';
import { toWire, type WireError } from '../../protocol/errors.ts';
import type { Client } from '../../protocol/client.ts';
import type { RequestKind, Send } from '../../protocol/requests.ts';
import type { Settings } from '../../protocol/types.ts';
import { createWorkerState, type WorkerState } from './worker-state.ts';

export class RequestController {
  /** Why the last request failed. Errors of jobs are in the jobs. */
  readonly failure: Signal<WireError | undefined> = signal<WireError | undefined>(undefined);
  protected readonly client: Client;

  constructor(client: Client) {
    this.client = client;
  }

  /** Resolves to whether the request succeeded. */
  request<K extends RequestKind>(kind: K, send: Send<K>): Promise<boolean> {
    return this.attempt(() => this.client.request(kind, send));
  }

  /** Resolves to whether `work` succeeded; an error becomes {@link failure}. */
  protected async attempt(work: () => Promise<unknown>): Promise<boolean> {
    this.failure.value = undefined;
    try {
      await work();
      return true;
    } catch (error) {
      this.failure.value = toWire(error);
      return false;
    }
  }
}

/** For pages that show conversations, models or settings as they change. */
export class WorkerController extends RequestController {
  readonly worker: WorkerState;

  constructor(client: Client) {
    super(client);
    this.worker = createWorkerState(client);
  }

  /** Applies the change at once, and reverts it if the worker cannot store it. */
  change(settings: Partial<Settings>): Promise<boolean> {
    return this.attempt(() => this.worker.change(settings));
  }
}
