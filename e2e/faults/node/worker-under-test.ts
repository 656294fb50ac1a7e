/**
 * The worker's services in Node, on stores in memory whose calls can be made to fail, with a ledger of what they
 * acknowledged. The engine is a stand-in that answers at once: what is tried here is what becomes of words that a person
 * wrote and of records, not the model.
 */
import { fakeEngine } from '../../../app/testing/fake-engine.ts';
import { TestClient } from '../../../app/testing/test-client.ts';
import type { Reply, RequestKind, Send } from '../../../app/protocol/requests.ts';
import { isOver } from '../../../app/protocol/types.ts';
import { memoryGlossary } from '../../../app/worker/store/lists/glossary-store.ts';
import type { Store } from '../../../app/worker/store/store.ts';
import { memoryStore } from '../../../app/worker/store/store-memory.ts';
import { AppWorker } from '../../../app/worker/worker.ts';
import type { Outcome } from '../in-page.ts';
import { Ledger, type Loss, type Write } from '../ledger.ts';
import { type Ask, jobKey, listed } from '../listing.ts';
import { type JobKind, startJob, write } from '../writes.ts';

/** The stores of one device; they outlive the worker. */
export interface DeviceStores {
  readonly store: Store;
  readonly glossary: ReturnType<typeof memoryGlossary>;
}

export const emptyDisk = (): DeviceStores => ({ store: memoryStore(), glossary: memoryGlossary() });

const CHANGES = [
  'saveSettings',
  'saveJob',
  'saveConversation',
  'removeConversation',
  'removeDeleted',
  'erase',
];

/**
 * A disk that refuses changes: `refuses` is asked before each one, with its number from 0. Reading always works, as on a
 * full disk.
 */
export function brittle(
  disk: DeviceStores,
  refuses: (change: number) => boolean,
): DeviceStores & { changes(): number } {
  let changes = 0;
  const guard = async () => {
    if (refuses(changes++)) throw new DOMException('there is no room', 'QuotaExceededError');
  };
  return { ...guarded(disk, guard), changes: () => changes };
}

/** A disk that changes reach a moment later, and only while `alive` says so. */
export function delayed(disk: DeviceStores, alive: () => boolean): DeviceStores {
  return guarded(disk, async () => {
    await new Promise((resolve) => setTimeout(resolve, 2));
    if (!alive()) await new Promise(() => {});
  });
}

/** Awaits `guard` before each change. */
function guarded({ store, glossary }: DeviceStores, guard: () => Promise<void>): DeviceStores {
  const around = <T extends object>(target: T, names: readonly string[]): T =>
    new Proxy(target, {
      get(inner, name) {
        const value = inner[name as keyof T];
        if (typeof name !== 'string' || !names.includes(name) || typeof value !== 'function') return value;
        return async (...values: unknown[]) => {
          await guard();
          return value.apply(inner, values);
        };
      },
    });
  return { store: around(store, CHANGES), glossary: around(glossary, ['put', 'remove']) };
}

/** A worker that runs on a disk, as a page of the extension sees it. */
export class WorkerUnderTest {
  readonly ledger: Ledger;
  private readonly worker: AppWorker;
  private readonly client: TestClient;
  private watching = Promise.resolve();

  constructor(disk: DeviceStores, ledger = new Ledger(), now?: () => number) {
    this.ledger = ledger;
    const { store, glossary } = disk;
    const engine = fakeEngine();
    // An answer ends after the page watches it, as every real one does.
    engine.pause = () => this.watching;
    this.worker = new AppWorker({
      engine,
      store,
      glossary,
      ...(now === undefined ? {} : { now }),
    });
    this.client = new TestClient(this.worker);
  }

  readonly ask: Ask = async <K extends RequestKind>(kind: K, send: Send<K>): Promise<Outcome<Reply<K>>> => {
    try {
      return { kind: 'acknowledged', value: await this.client.request(kind, send) };
    } catch (error) {
      const { code, message } = error as { code: string; message: string };
      return { kind: 'refused', code, message };
    }
  };

  write<K extends RequestKind>(values: Write, kind: K, send: Send<K>): Promise<Reply<K> | undefined> {
    return write(this.ask, this.ledger, values, [kind, send]);
  }

  /** Starts a job and waits for its end; what pages show as not saved is taken out again. */
  async answer(
    kind: JobKind,
    send: Send<JobKind>,
  ): Promise<{ job: string; conversation: string } | undefined> {
    let watched = () => {};
    this.watching = new Promise((resolve) => {
      watched = resolve;
    });
    const started = await startJob(this.ask, this.ledger, kind, send);
    if (started === undefined) {
      watched();
      return undefined;
    }
    const { job, conversation } = started;
    await this.client.watch(`conversation:${conversation}`, `job:${job}`);
    watched();
    const done = await this.client.over(job);
    // The mark that a save failed comes after the end.
    await new Promise((resolve) => setTimeout(resolve));
    if ((this.client.jobs.get(job) ?? done).unsaved === true) this.ledger.exempt(jobKey(conversation, job));
    else if (done.progress.phase === 'done')
      this.ledger.acknowledge({ [`${jobKey(conversation, job)}/answer`]: done.text });
    return started;
  }

  /** Jobs that never ended. */
  running(): number {
    return [...this.client.jobs.values()].filter((job) => !isOver(job)).length;
  }

  async losses(): Promise<Loss[]> {
    return this.ledger.compare(await listed(this.ask, this.ledger));
  }
}
