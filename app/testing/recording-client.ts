/**
 * A client for tests of controllers and components: records requests, returns the test's answers, and emits events.
 * Requests without an answer get `null`; `set-settings` merges the change into the settings of the last event.
 */
import { type ErrorCode, fromWire } from '../protocol/errors.ts';
import type { Client } from '../protocol/client.ts';
import type { Reply, RequestKind, Send, ServerEvent, Topic } from '../protocol/requests.ts';
import type { Settings } from '../protocol/types.ts';
import { settings, wireError } from './builders.ts';

type Answer = (send: never) => unknown;

export class RecordingClient implements Client {
  readonly requests: (readonly [kind: RequestKind, send: object])[] = [];
  /** The topics watched now. */
  topics: readonly Topic[] = [];
  closed = false;
  private current: Settings = settings();
  private readonly answers = new Map<RequestKind, Answer>();
  private readonly eventListeners = new Set<(event: ServerEvent) => void>();
  private readonly connectionListeners = new Set<(up: boolean) => void>();

  constructor() {
    this.answer('set-settings', (send) => {
      this.current = { ...this.current, ...send.settings };
      return this.current;
    });
  }

  async request<K extends RequestKind>(kind: K, send: Send<K>): Promise<Reply<K>> {
    this.requests.push([kind, send]);
    const answer = this.answers.get(kind) ?? (() => null);
    return (await answer(send as never)) as Reply<K>;
  }

  /** What was sent with the requests of a kind, in order. */
  sent<K extends RequestKind>(kind: K): Send<K>[] {
    return this.requests.filter(([asked]) => asked === kind).map(([, send]) => send as Send<K>);
  }

  answer<K extends RequestKind>(kind: K, answer: (send: Send<K>) => Reply<K> | Promise<Reply<K>>): void {
    this.answers.set(kind, answer as Answer);
  }

  refuse(kind: RequestKind, code: ErrorCode): void {
    this.answers.set(kind, () => {
      throw fromWire(wireError({ code }));
    });
  }

  /** Keeps requests of a kind pending. Returns a function that answers the oldest of them. */
  hold<K extends RequestKind>(kind: K): (reply: Reply<K>) => void {
    const pending: ((reply: Reply<K>) => void)[] = [];
    this.answers.set(kind, () => new Promise<Reply<K>>((resolve) => void pending.push(resolve)));
    return (reply) => pending.shift()?.(reply);
  }

  emit(event: ServerEvent): void {
    if (event.kind === 'settings') this.current = event.settings;
    for (const listener of this.eventListeners) listener(event);
  }

  setConnected(up: boolean): void {
    for (const listener of this.connectionListeners) listener(up);
  }

  watch(topics: readonly Topic[]): void {
    this.topics = topics;
  }

  onEvent(listener: (event: ServerEvent) => void): () => void {
    this.eventListeners.add(listener);
    return () => this.eventListeners.delete(listener);
  }

  onConnection(listener: (up: boolean) => void): () => void {
    this.connectionListeners.add(listener);
    return () => this.connectionListeners.delete(listener);
  }

  close(): void {
    this.closed = true;
  }
}
