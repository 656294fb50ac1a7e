/**
 * A page's end of the connection to the worker: sends requests, receives replies and the events of watched topics.
 *
 * It connects directly to the offscreen document. If that does not answer, `ensure` has the service worker create it,
 * since only the service worker may, and the client connects again. A broken connection is restored and its topics are
 * watched again; every topic begins with its whole state, so nothing is missed. Requests in flight at that moment are
 * refused with `engine-unreachable`, since it is not known whether they were carried out.
 */
import { AppError, fromWire } from './errors.ts';
import type { ClientChannel, ServerFrame } from './messages.ts';
import type { ClientRequest, Reply, RequestKind, Send, ServerEvent, Topic } from './requests.ts';

export interface ClientOptions {
  connect(): ClientChannel;
  /** Makes the other side exist. */
  ensure(): Promise<void>;
  /** Milliseconds between attempts; attempts end after the last. */
  readonly patience?: readonly number[];
}

export interface Client {
  request<K extends RequestKind>(kind: K, send: Send<K>): Promise<Reply<K>>;
  /** Watches these topics in place of earlier ones. */
  watch(topics: readonly Topic[]): void;
  /** Returns an unsubscribe function. */
  onEvent(listener: (event: ServerEvent) => void): () => void;
  /** Called with false when the connection is lost, with true once it is up. Returns an unsubscribe function. */
  onConnection(listener: (up: boolean) => void): () => void;
  close(): void;
}

interface PendingRequest {
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

/** Milliseconds. A worker under load may take seconds to send its hello; a missing one closes the port at once. */
const PATIENCE = [0, 50, 200, 500, 1000, 2000];
const HELLO_MS = 15_000;

export function createClient(options: ClientOptions): Client {
  const patience = options.patience ?? PATIENCE;
  const waiting = new Map<number, PendingRequest>();
  const events = new Set<(event: ServerEvent) => void>();
  const connectionListeners = new Set<(up: boolean) => void>();
  let topics: readonly Topic[] = [];
  let connection: Promise<ClientChannel> | undefined;
  let closed = false;
  let nextId = 1;

  function receive(frame: ServerFrame): void {
    if (frame.kind === 'event') for (const listener of events) listener(frame.event);
    if (frame.kind !== 'reply' && frame.kind !== 'refusal') return;
    const entry = waiting.get(frame.id);
    waiting.delete(frame.id);
    if (frame.kind === 'reply') entry?.resolve(frame.value);
    else entry?.reject(fromWire(frame.error));
  }

  function lost(): void {
    connection = undefined;
    for (const entry of waiting.values()) entry.reject(unreachable('the engine went away while working'));
    waiting.clear();
    if (closed) return;
    for (const listener of connectionListeners) listener(false);
    // Watched topics need a connection; without any, the next request opens one.
    if (topics.length > 0) open().catch(() => {});
  }

  function open(): Promise<ClientChannel> {
    connection ??= connectPatiently(options, patience).then(
      (channel) => {
        channel.onMessage(receive);
        channel.onClose(lost);
        if (closed) channel.close();
        else if (topics.length > 0) post(channel, { kind: 'watch', topics });
        for (const listener of connectionListeners) listener(true);
        return channel;
      },
      (error) => {
        connection = undefined;
        throw error;
      },
    );
    return connection;
  }

  function post(channel: ClientChannel, request: ClientRequest, entry?: PendingRequest): void {
    const id = nextId++;
    if (entry !== undefined) waiting.set(id, entry);
    channel.post({ id, request });
  }

  return {
    async request(kind, send) {
      const channel = await open();
      return new Promise((resolve, reject) => {
        const entry = { resolve: resolve as (value: unknown) => void, reject };
        post(channel, { kind, ...send } as ClientRequest, entry);
      });
    },
    watch(wanted) {
      topics = wanted;
      // A connection that is still being opened sends `watch` itself, with these topics.
      const known = connection;
      if (known === undefined) open().catch(() => {});
      else
        known.then(
          (channel) => topics === wanted && post(channel, { kind: 'watch', topics }),
          () => {},
        );
    },
    onEvent: (listener) => subscribe(events, listener),
    onConnection: (listener) => subscribe(connectionListeners, listener),
    close() {
      closed = true;
      connection?.then(
        (channel) => channel.close(),
        () => {},
      );
    },
  };
}

function subscribe<T>(set: Set<T>, listener: T): () => void {
  set.add(listener);
  return () => set.delete(listener);
}

async function connectPatiently(options: ClientOptions, patience: readonly number[]): Promise<ClientChannel> {
  let cause: unknown;
  for (const pause of patience) {
    if (pause > 0) await new Promise((resolve) => setTimeout(resolve, pause));
    const channel = await greet(options.connect());
    if (channel !== undefined) return channel;
    await options.ensure().catch((error) => {
      cause = error;
    });
  }
  throw unreachable('the engine did not answer', cause);
}

/** The channel once it has received hello; undefined if it was closed or stayed silent for {@link HELLO_MS}. */
function greet(channel: ClientChannel): Promise<ClientChannel | undefined> {
  return new Promise((resolve) => {
    let greeted = false;
    const timer = setTimeout(() => {
      channel.close();
      resolve(undefined);
    }, HELLO_MS);
    channel.onMessage((frame) => {
      if (greeted || frame.kind !== 'hello') return;
      greeted = true;
      clearTimeout(timer);
      resolve(channel);
    });
    channel.onClose(() => {
      clearTimeout(timer);
      resolve(undefined);
    });
  });
}

function unreachable(message: string, cause?: unknown): AppError {
  return new AppError('engine-unreachable', { who: 'Linnet', message, cause });
}
