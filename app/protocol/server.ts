/**
 * The worker's end of the connections: passes each request to its handler, and sends every connection the events of the
 * topics it watches. Handlers are a record keyed by request, so a missing one does not compile.
 */
import { toWire } from './errors.ts';
import type { ClientFrame, ServerChannel } from './messages.ts';
import type { ClientRequest, Reply, RequestKind, Send, ServerEvent, Topic } from './requests.ts';
import type { Caller } from './sender.ts';

/** Answered by the server itself, which knows the connections. */
type SubscriptionRequest = 'watch' | 'resync';

export type Handlers = {
  [K in Exclude<RequestKind, SubscriptionRequest>]: (
    send: Send<K>,
    caller: Caller,
  ) => Reply<K> | Promise<Reply<K>>;
};

export interface Server {
  accept(channel: ServerChannel): void;
  /** Sends to every connection that watches the topic. */
  emit(topic: Topic, event: ServerEvent): void;
  watched(topic: Topic): boolean;
}

/**
 * The first event of a topic, in two steps: the promise reads what it needs, and the function that it resolves to builds
 * the event when it is sent, so that a change in between is not overwritten by older state. Undefined for a topic that
 * does not exist.
 */
export type TopicState = (topic: Topic) => Promise<(() => ServerEvent | undefined) | undefined>;

export function createServer(handlers: Handlers, state: TopicState): Server {
  let nextChannel = 1;
  const watchers = new Map<ServerChannel, ReadonlySet<Topic>>();

  async function watch(channel: ServerChannel, topics: readonly Topic[]): Promise<void> {
    const before = watchers.get(channel);
    if (before === undefined) return;
    watchers.set(channel, new Set(topics));
    for (const topic of topics) {
      if (!before.has(topic)) await sendState(channel, topic);
    }
  }

  /** Sends the whole state of a topic to a connection that watches it. */
  async function sendState(channel: ServerChannel, topic: Topic): Promise<void> {
    const now = await state(topic);
    if (watchers.get(channel)?.has(topic) !== true) return;
    const event = now?.();
    if (event !== undefined) channel.post({ kind: 'event', event });
  }

  async function reply(channel: ServerChannel, number: number, request: ClientRequest): Promise<unknown> {
    if (request.kind === 'watch') await watch(channel, request.topics);
    else if (request.kind === 'resync') await sendState(channel, request.topic);
    else return handle(handlers, request.kind, request, { sender: channel.sender, channel: number });
    return null;
  }

  async function answer(channel: ServerChannel, number: number, { id, request }: ClientFrame): Promise<void> {
    try {
      const value = await reply(channel, number, request);
      if (watchers.has(channel)) channel.post({ kind: 'reply', id, value });
    } catch (error) {
      if (watchers.has(channel)) channel.post({ kind: 'refusal', id, error: toWire(error) });
    }
  }

  return {
    accept(channel) {
      watchers.set(channel, new Set());
      const number = nextChannel++;
      channel.onMessage((frame) => void answer(channel, number, frame));
      channel.onClose(() => watchers.delete(channel));
      channel.post({ kind: 'hello' });
    },
    emit(topic, event) {
      for (const [channel, topics] of watchers) if (topics.has(topic)) channel.post({ kind: 'event', event });
    },
    watched(topic) {
      for (const topics of watchers.values()) if (topics.has(topic)) return true;
      return false;
    },
  };
}

async function handle(
  handlers: Handlers,
  kind: keyof Handlers,
  send: unknown,
  caller: Caller,
): Promise<unknown> {
  const handler = handlers[kind] as ((send: unknown, caller: Caller) => unknown) | undefined;
  // For a moment after an update, a page of the older version may still send its requests.
  if (handler === undefined) throw new TypeError(`no such request: ${String(kind)}`);
  return handler(send, caller);
}
