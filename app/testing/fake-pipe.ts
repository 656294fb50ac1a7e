/** For unit tests: a fake connection between a page of Linnet and its worker. */
import { AppError } from '../protocol/errors.ts';
import type { ClientRequest } from '../protocol/requests.ts';
import type { Gate } from '../protocol/server.ts';
import type { Sender } from '../protocol/sender.ts';
import type { ClientChannel, ClientFrame, ServerChannel, ServerFrame } from '../protocol/messages.ts';

function deliver<T>(to: readonly ((message: T) => void)[], message: T): void {
  for (const listener of to) listener(JSON.parse(JSON.stringify(message)));
}

/** A page of Linnet in no tab, as its popup. */
export const ownPage: Sender = { role: 'own-page', incognito: false };

/** A gate through which everything passes, for tests of what is behind it. */
export const openGate: Gate = {
  read: (message) => message as ClientRequest,
  admit: async () => {},
  mayWatch: async () => true,
  notAllowed: (_, message, expected) =>
    new AppError('request-refused', { who: 'the open gate', message, expected }),
  shown: (event) => event,
};

/** Two connected channels. Messages arrive asynchronously and as copies, as through a runtime port. */
export function pipe(sender: Sender = ownPage): {
  client: ClientChannel;
  server: ServerChannel;
  cut(): void;
} {
  const listeners: { client: ((m: ServerFrame) => void)[]; server: ((m: ClientFrame) => void)[] } = {
    client: [],
    server: [],
  };
  const closed: { client: (() => void)[]; server: (() => void)[] } = { client: [], server: [] };
  let open = true;
  const later = (work: () => void) => queueMicrotask(() => open && work());
  const end = (side: 'client' | 'server') => {
    if (!open) return;
    open = false;
    for (const listener of closed[side]) listener();
  };
  return {
    client: {
      post: (m) => later(() => deliver(listeners.server, m)),
      onMessage: (f) => listeners.client.push(f),
      onClose: (f) => closed.client.push(f),
      close: () => end('server'),
    },
    server: {
      sender,
      post: (m) => later(() => deliver(listeners.client, m)),
      onMessage: (f) => listeners.server.push(f),
      onClose: (f) => closed.server.push(f),
      close: () => end('client'),
    },
    cut: () => {
      end('client');
    },
  };
}
