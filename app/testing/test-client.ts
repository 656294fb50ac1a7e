/** For unit tests: a worker with a fake engine, and a client of it. */
import type { Notice } from '../protocol/errors.ts';
import type { ClientFrame, ServerChannel, ServerFrame } from '../protocol/messages.ts';
import type { Reply, RequestKind, Send, ServerEvent, Topic } from '../protocol/requests.ts';
import {
  type ChatRequest,
  type Conversation,
  isOver,
  type Job,
  type JobTarget,
  type Models,
  type PageText,
  type SummaryRequest,
  type TranslationRequest,
} from '../protocol/types.ts';
import type { Sender } from '../protocol/sender.ts';
import type { Store } from '../worker/store/store.ts';
import { memoryStore } from '../worker/store/store-memory.ts';
import type { ConnectionOptions } from '../worker/server/connection.ts';
import { AppWorker } from '../worker/worker.ts';
import { type FakeEngine, fakeEngine } from './fake-engine.ts';
import { ownPage } from './fake-pipe.ts';

export const page: PageText = {
  url: 'https://example.org/linnet',
  title: 'The linnet',
  lang: 'en',
  dir: 'ltr',
  text: 'The linnet is a small finch. It sings.',
  source: 'readability',
};
export const style = { type: 'tldr', length: 'short' } as const;

/** A client that builds its state from events alone, as pages of Linnet do. */
export class TestClient {
  readonly jobs = new Map<string, Job>();
  readonly deltas: string[] = [];
  conversation: Conversation | undefined;
  models: Models | undefined;
  notices: readonly Notice[] = [];
  listChanges = 0;
  settingsEvents = 0;
  /** Ids of watched conversations that were deleted. */
  readonly gone: string[] = [];
  /** Called with every event. */
  onEvent: (event: ServerEvent) => void = () => {};
  private receive: (frame: ClientFrame) => void = () => {};
  private leave: () => void = () => {};
  private readonly waiting = new Map<number, (frame: ServerFrame) => void>();
  private id = 0;

  constructor(worker: AppWorker, sender: Sender = ownPage) {
    const channel: ServerChannel = {
      sender,
      post: (frame) => this.receiveFrame(structuredClone(frame)),
      onMessage: (listener) => {
        this.receive = listener;
      },
      onClose: (listener) => {
        this.leave = listener;
      },
      close: () => {},
    };
    worker.server.accept(channel);
  }

  close(): void {
    this.leave();
  }

  private receiveFrame(frame: ServerFrame): void {
    if (frame.kind === 'reply' || frame.kind === 'refusal') this.waiting.get(frame.id)?.(frame);
    if (frame.kind !== 'event') return;
    const { event } = frame;
    this.onEvent(event);
    if (event.kind === 'job') this.jobs.set(event.job.id, event.job);
    if (event.kind === 'conversations') this.listChanges++;
    if (event.kind === 'settings') this.settingsEvents++;
    if (event.kind === 'gone') this.gone.push(event.conversation);
    if (event.kind === 'notices') this.notices = event.notices;
    if (event.kind === 'models') this.models = event.models;
    if (event.kind === 'conversation') {
      this.conversation = event.conversation;
      for (const job of event.jobs) this.jobs.set(job.id, job);
    }
    if (event.kind === 'delta') {
      const job = this.jobs.get(event.job)!;
      this.deltas.push(event.text);
      this.jobs.set(event.job, { ...job, text: job.text.slice(0, event.at) + event.text });
    }
  }

  request<K extends RequestKind>(kind: K, send: Send<K>): Promise<Reply<K>> {
    const id = ++this.id;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, (frame) => {
        if (frame.kind === 'reply') resolve(frame.value as Reply<K>);
        if (frame.kind === 'refusal') reject(frame.error);
      });
      this.receive({ id, request: { kind, ...send } as ClientFrame['request'] });
    });
  }

  summarise({ style, language, ...target }: Omit<SummaryRequest, 'kind'> & Send<'summarise'>['target']) {
    return this.request('summarise', { request: { kind: 'summary', style, language }, target });
  }

  chat({ text, alone, ...target }: Omit<ChatRequest, 'kind'> & JobTarget) {
    return this.request('chat', { request: { kind: 'chat', text, alone }, target });
  }

  translate({ passing, ...request }: Omit<TranslationRequest, 'kind'> & { passing?: boolean }) {
    return this.request('translate', { request: { kind: 'translation', ...request }, passing });
  }

  watch(...topics: Topic[]): Promise<null> {
    return this.request('watch', { topics });
  }

  /** Resolves to the job once it is over. Throws if it is not of the given kind. */
  async over<K extends Job['kind']>(id: string, kind?: K): Promise<Extract<Job, { kind: K }>> {
    const job = await this.until(id, isOver);
    if (kind !== undefined && job.kind !== kind) throw new Error(`a ${job.kind}, not a ${kind}`);
    return job as Extract<Job, { kind: K }>;
  }

  /** Resolves to the job once the model writes its answer, and this client has seen that. */
  begun(id: string): Promise<Job> {
    return this.until(id, ({ progress }) => progress.phase === 'writing');
  }

  private async until(id: string, is: (job: Job) => boolean): Promise<Job> {
    for (;;) {
      const job = this.jobs.get(id);
      if (job !== undefined && is(job)) return job;
      await soon(2);
    }
  }
}

/** A store in memory that passes for the one on the disk. */
export function diskStore(): Store {
  const store = memoryStore();
  return { ...store, lasting: true, keeps: async (id) => (await store.conversation(id)) !== undefined };
}

/** `connection`: how a server of the person's own is reached. */
export function setUp(
  engine: FakeEngine = fakeEngine(),
  store: Store = diskStore(),
  connection?: ConnectionOptions,
) {
  const worker = new AppWorker({ engine, store, ...(connection === undefined ? {} : { connection }) });
  return { worker, engine, store, viewer: new TestClient(worker) };
}

/** Answers stop after each token until `go` is called. */
export function stepwise(engine: FakeEngine): { go(): void } {
  const waiting: (() => void)[] = [];
  let free = false;
  engine.pause = () => (free ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve)));
  return {
    go() {
      free = true;
      for (const resume of waiting.splice(0)) resume();
    },
  };
}

export const soon = (ms = 50) => new Promise((resolve) => setTimeout(resolve, ms));
