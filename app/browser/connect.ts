/**
 * The line of client.ts through the browser: a runtime port to the offscreen document, and the service worker as
 * the one who can create that document. Used by pages and content scripts alike.
 */
import { browser } from 'wxt/browser';
import { type Client, createClient } from '../protocol/client.ts';
import { type ClientChannel, PORT_NAME, type ServerFrame } from '../protocol/messages.ts';

/** Asked of the service worker; it answers once the offscreen document is there. */
export const ENSURE_OFFSCREEN = 'linnet:ensure-offscreen';

export function connectToEngine(): Client {
  return createClient({ connect, ensure: ensureOffscreen });
}

function connect(): ClientChannel {
  const port = browser.runtime.connect({ name: PORT_NAME });
  return {
    post: (message) => port.postMessage(message),
    onMessage: (listener) => port.onMessage.addListener((message) => listener(message as ServerFrame)),
    onClose: (listener) =>
      port.onDisconnect.addListener(() => {
        // Reading it tells the browser that "nobody listens" is expected here.
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
