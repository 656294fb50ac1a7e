/**
 * Connects client.ts through the browser: by a runtime port to the offscreen document, which the service worker creates
 * on request. Used by pages and content scripts.
 */
import { browser } from 'wxt/browser';
import { type Client, createClient } from '../protocol/client.ts';
import type { Reply, RequestKind, Send } from '../protocol/requests.ts';
import { type ClientChannel, PORT_NAME, type ServerFrame } from '../protocol/messages.ts';

/** Message to the service worker, which answers once the offscreen document exists. */
export const ENSURE_OFFSCREEN = 'linnet:ensure-offscreen';

export function connectToEngine(): Client {
  return createClient({ connect, ensure: ensureOffscreen });
}

/** To an engine that runs now; where none does, requests are refused, and none is started. */
export function connectToRunningEngine(): Client {
  const ensure = () => Promise.reject(new Error('the engine does not run'));
  return createClient({ connect, ensure, patience: [0] });
}

/** Asks the engine if it runs now; rejects if it does not, and starts nothing. */
export async function askRunningEngine<K extends RequestKind>(kind: K, send: Send<K>): Promise<Reply<K>> {
  const client = connectToRunningEngine();
  try {
    return await client.request(kind, send);
  } finally {
    client.close();
  }
}

function connect(): ClientChannel {
  const port = browser.runtime.connect({ name: PORT_NAME });
  return {
    post: (message) => port.postMessage(message),
    onMessage: (listener) => port.onMessage.addListener((message) => listener(message as ServerFrame)),
    onClose: (listener) =>
      port.onDisconnect.addListener(() => {
        // Reading `lastError` marks the error as handled: a missing receiver is expected here.
        void browser.runtime.lastError;
        listener();
      }),
    close: () => port.disconnect(),
  };
}

async function ensureOffscreen(): Promise<void> {
  const answer: unknown = await browser.runtime.sendMessage(ENSURE_OFFSCREEN);
  if (answer !== true) throw new Error(String(answer));
}
