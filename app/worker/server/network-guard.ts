/**
 * Takes the network from a worker, but for the hosts that models come from. The content security policy of an extension
 * cannot name an address that a person types later, so it leaves workers open; this closes them again. What may reach
 * another origin is one function, which is handed to the connection to the person's own server and to nothing else.
 */
import type { ConnectPolicy } from '../../../engine/index.ts';

/** What a worker connects by, besides `fetch`. */
const OTHERS = [
  'XMLHttpRequest',
  'WebSocket',
  'WebSocketStream',
  'EventSource',
  'WebTransport',
  'importScripts',
] as const;

/** The global object of a worker. */
export interface NetworkScope {
  fetch: typeof fetch;
}

/** Call it before anything else of the worker runs. Returns the `fetch` that the worker had. */
export function guardNetwork(scope: NetworkScope, hosts: ConnectPolicy): typeof fetch {
  const open = scope.fetch.bind(scope);
  define(scope, 'fetch', async (input: RequestInfo | URL, init?: RequestInit) => {
    const url = new URL(input instanceof Request ? input.url : input);
    if (!hosts.allows(url)) throw new TypeError('this worker may not connect there');
    return open(input, init);
  });
  closeOthers(scope);
  return open;
}

/** For a worker that needs no network: it opens files of strangers. */
export function closeNetwork(scope: NetworkScope): void {
  define(scope, 'fetch', () => Promise.reject(new TypeError('this worker connects to nothing')));
  closeOthers(scope);
}

function closeOthers(scope: object): void {
  for (const name of OTHERS) define(scope, name, undefined);
}

/** On the object itself, which hides what it inherits, and for good. */
function define(scope: object, name: string, value: unknown): void {
  Object.defineProperty(scope, name, { value, configurable: false, writable: false });
}
