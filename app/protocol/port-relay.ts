/**
 * The offscreen page between runtime ports and the worker: it numbers the ports, says who opened each, and copies
 * frames without reading them.
 * The worker's half turns numbered frames into channels.
 *
 * A worker that dies (an error it could not catch, or silence on {@link ALIVE_MS} long calls) is replaced, and
 * every port is closed. Pages then connect again and receive the state that the new worker restored.
 */
import type { ClientFrame, ServerChannel, ServerFrame } from './messages.ts';
import type { ReportedRules } from './page/page-rules.ts';
import type { Sender } from './sender.ts';

/** To the worker. */
export type ToWorkerMessage =
  | { readonly kind: 'open'; readonly port: number; readonly sender: Sender }
  | { readonly kind: 'frame'; readonly port: number; readonly frame: ClientFrame }
  | { readonly kind: 'close'; readonly port: number }
  | { readonly kind: 'ping' };

/** From the worker. */
export type FromWorkerMessage =
  | { readonly kind: 'frame'; readonly port: number; readonly frame: ServerFrame }
  /** For what knows of pages while no worker runs. */
  | { readonly kind: 'rules'; readonly rules: ReportedRules }
  | { readonly kind: 'pong' };

/** The part of a runtime port that the relay uses. */
export interface RelayPort {
  readonly name: string;
  postMessage(message: unknown): void;
  disconnect(): void;
  readonly onMessage: { addListener(listener: (message: unknown) => void): void };
  readonly onDisconnect: { addListener(listener: () => void): void };
}

/** The part of a worker that the relay uses. */
export interface RelayWorker {
  postMessage(message: ToWorkerMessage): void;
  terminate(): void;
  onmessage: ((event: MessageEvent<FromWorkerMessage>) => void) | null;
  onerror: ((event: ErrorEvent) => void) | null;
}

const PING_MS = 15_000;
/** Longer than any single step of work without a pause; a large shader on a software adapter takes seconds. */
const ALIVE_MS = 90_000;

export interface PortRelay {
  /** `sender`: who opened the port, as the browser says it. */
  accept(port: RelayPort, sender: Sender): void;
}

export interface RelayOptions {
  onRules?(rules: ReportedRules): void;
  now?(): number;
}

export function createPortRelay(
  startWorker: () => RelayWorker,
  { onRules, now = () => Date.now() }: RelayOptions = {},
): PortRelay {
  const ports = new Map<number, RelayPort>();
  let nextPort = 1;
  let lastMessageAt = now();
  let worker = start();

  function start(): RelayWorker {
    const fresh = startWorker();
    lastMessageAt = now();
    fresh.onmessage = ({ data }) => {
      lastMessageAt = now();
      if (data.kind === 'frame') ports.get(data.port)?.postMessage(data.frame);
      if (data.kind === 'rules') onRules?.(data.rules);
    };
    // After an uncaught error the worker's state is undefined.
    fresh.onerror = () => replace(fresh);
    return fresh;
  }

  function replace(dead: RelayWorker): void {
    if (dead !== worker) return;
    dead.terminate();
    for (const port of ports.values()) port.disconnect();
    ports.clear();
    worker = start();
  }

  setInterval(() => {
    if (now() - lastMessageAt > ALIVE_MS) replace(worker);
    else worker.postMessage({ kind: 'ping' });
  }, PING_MS);

  return {
    accept(port, sender) {
      const number = nextPort++;
      ports.set(number, port);
      port.onMessage.addListener((frame) => {
        if (ports.has(number))
          worker.postMessage({ kind: 'frame', port: number, frame: frame as ClientFrame });
      });
      port.onDisconnect.addListener(() => {
        if (ports.delete(number)) worker.postMessage({ kind: 'close', port: number });
      });
      worker.postMessage({ kind: 'open', port: number, sender });
    },
  };
}

/** The worker's half: one channel per port, given to `accept` as it opens. */
export function relayInWorker(
  post: (message: FromWorkerMessage) => void,
  accept: (channel: ServerChannel) => void,
): (message: ToWorkerMessage) => void {
  const open = new Map<number, { message: (frame: ClientFrame) => void; close: () => void }>();
  return (message) => {
    if (message.kind === 'ping') return post({ kind: 'pong' });
    const { port } = message;
    if (message.kind === 'frame') return open.get(port)?.message(message.frame);
    if (message.kind === 'close') {
      open.get(port)?.close();
      open.delete(port);
      return;
    }
    const { sender } = message;
    const ends = { message: (_: ClientFrame) => {}, close: () => {} };
    open.set(port, ends);
    accept({
      sender,
      post: (frame) => open.has(port) && post({ kind: 'frame', port, frame }),
      onMessage: (listener) => {
        ends.message = listener;
      },
      onClose: (listener) => {
        // Whoever accepts a port may do so after it has closed: the stores are opened first.
        if (open.get(port) === ends) ends.close = listener;
        else listener();
      },
      close: () => open.delete(port),
    });
  };
}
