/** What the state of every page of Linnet is made on: it asks the worker, and tells why a request failed. */
import { type Signal, signal } from '@preact/signals';
import { toWire, type WireError } from '../../protocol/errors.ts';
import type { Client } from '../../protocol/client.ts';
import type { RequestKind, Send } from '../../protocol/requests.ts';
import type { Settings } from '../../protocol/types.ts';
import { createWorkerState, type WorkerState } from './worker-state.ts';

export class RequestController {
  /** Of the last request itself; errors of jobs are in the jobs. */
  readonly failure: Signal<WireError | undefined> = signal<WireError | undefined>(undefined);
  protected readonly client: Client;

  constructor(client: Client) {
    this.client = client;
  }

  /** Whether it was done. */
  request<K extends RequestKind>(kind: K, send: Send<K>): Promise<boolean> {
    return this.attempt(() => this.client.request(kind, send));
  }

  /** Whether it was done; what it throws is shown. */
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

/** Of pages that show conversations, models or settings as they change. */
export class WorkerController extends RequestController {
  readonly worker: WorkerState;

  constructor(client: Client) {
    super(client);
    this.worker = createWorkerState(client);
  }

  /** Shown at once, and taken back if it cannot be kept. */
  change(settings: Partial<Settings>): Promise<boolean> {
    return this.attempt(() => this.worker.change(settings));
  }
}
