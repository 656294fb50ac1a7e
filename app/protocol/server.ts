/**
 * The worker's end of the connections: passes each request to its handler, and sends every connection the events of the
 * topics it watches. Handlers are a record keyed by request, so a missing one does not compile. Nothing passes in either
 * direction but through the {@link Gate}.
 */
import { type AppError, toWire } from './errors.ts';
import type { ServerChannel } from './messages.ts';
import type { ClientRequest, Reply, RequestKind, Send, ServerEvent, Topic } from './requests.ts';
import type { Sender } from './sender.ts';

/** Answered by the server itself, which knows the connections. */
type SubscriptionRequest = 'watch' | 'resync';

export type Handlers = {
  [K in Exclude<RequestKind, SubscriptionRequest>]: (
    send: Send<K>,
    sender: Sender,
  ) => Reply<K> | Promise<Reply<K>>;
};

/** Decides what may pass; edge/gate.ts is the real one. */
export interface Gate {
  /** The request in a message. Throws if the sender may not send it, or if it has another form. */
  read(message: unknown, sender: Sender): ClientRequest;
  /** Rejects if the request names a job that the sender does not own and must. */
  admit(request: ClientRequest, sender: Sender): Promise<void>;
  mayWatch(topic: Topic, sender: Sender): Promise<boolean>;
  /** The refusal of `what`; `expected`: who or what may. */
  notAllowed(sender: Sender, what: string, expected: string): AppError;
  /** The event as the sender receives it; undefined if it is not for it. */
  shown(event: ServerEvent, sender: Sender): ServerEvent | undefined;
}

export interface Server {
  accept(channel: ServerChannel): void;
  /** Sends to every connection that watches the topic. */
  emit(topic: Topic, event: ServerEvent): void;
}

/**
 * The first event of a topic, in two steps: the promise reads what it needs, and the function that it resolves to builds
 * the event when it is sent, so that a change in between is not overwritten by older state. Undefined for a topic that
 * does not exist.
 */
export type TopicState = (topic: Topic) => Promise<(() => ServerEvent | undefined) | undefined>;

interface Connection {
  readonly channel: ServerChannel;
  topics: ReadonlySet<Topic>;
  /** Number of its requests to watch; a later one replaces an earlier one that is still being checked. */
  watches: number;
}

/** `closed`: called when a connection is gone. */
export function createServer(
  handlers: Handlers,
  state: TopicState,
  gate: Gate,
  closed: (sender: Sender) => void = () => {},
): Server {
  const connections = new Set<Connection>();

  function send({ channel }: Connection, event: ServerEvent): void {
    const shown = gate.shown(event, channel.sender);
    if (shown !== undefined) channel.post({ kind: 'event', event: shown });
  }

  /** Watches the topics that the sender may watch, and refuses the others by name. */
  async function watch(connection: Connection, topics: readonly Topic[]): Promise<void> {
    const { sender } = connection.channel;
    const turn = ++connection.watches;
    const allowed = await Promise.all(topics.map((topic) => gate.mayWatch(topic, sender)));
    if (!connections.has(connection) || connection.watches !== turn) return;
    const before = connection.topics;
    const watched = topics.filter((_, i) => allowed[i]);
    connection.topics = new Set(watched);
    for (const topic of watched) if (!before.has(topic)) await sendState(connection, topic);
    const others = topics.filter((_, i) => !allowed[i]);
    if (others.length > 0) throw gate.notAllowed(sender, others.join(', '), 'a topic of this sender');
  }

  /** Sends the whole state of a topic to a connection that watches it. */
  async function sendState(connection: Connection, topic: Topic): Promise<void> {
    const now = await state(topic);
    if (!connections.has(connection) || !connection.topics.has(topic)) return;
    const event = now?.();
    if (event !== undefined) send(connection, event);
  }

  async function reply(connection: Connection, message: unknown): Promise<unknown> {
    const { sender } = connection.channel;
    const request = gate.read(message, sender);
    if (request.kind === 'watch') await watch(connection, request.topics);
    else if (request.kind === 'resync') {
      if (!(await gate.mayWatch(request.topic, sender)))
        throw gate.notAllowed(sender, request.topic, 'a topic of this sender');
      await sendState(connection, request.topic);
    } else {
      await gate.admit(request, sender);
      return (handlers[request.kind] as (send: unknown, sender: Sender) => unknown)(request, sender);
    }
    return null;
  }

  async function answer(connection: Connection, frame: unknown): Promise<void> {
    const { channel } = connection;
    const { id, request } = contentOf(frame);
    try {
      const value = await reply(connection, request);
      if (connections.has(connection)) channel.post({ kind: 'reply', id, value });
    } catch (error) {
      if (connections.has(connection)) channel.post({ kind: 'refusal', id, error: toWire(error) });
    }
  }

  return {
    accept(channel) {
      const connection: Connection = { channel, topics: new Set(), watches: 0 };
      connections.add(connection);
      channel.onMessage((frame) => void answer(connection, frame));
      channel.onClose(() => {
        connections.delete(connection);
        closed(channel.sender);
      });
      channel.post({ kind: 'hello' });
    },
    emit(topic, event) {
      for (const connection of connections) if (connection.topics.has(topic)) send(connection, event);
    },
  };
}

/** The number that a refusal of a frame without a number has; no client has a request of this number. */
const NO_ID = 0;

function contentOf(frame: unknown): { readonly id: number; readonly request: unknown } {
  const { id, request } = (frame ?? {}) as { readonly id?: unknown; readonly request?: unknown };
  return { id: typeof id === 'number' && Number.isSafeInteger(id) ? id : NO_ID, request };
}
