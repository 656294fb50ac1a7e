/**
 * The envelopes of requests, replies and events, and the channel that carries them.
 * A runtime port, a worker behind the offscreen page and a pair of arrays in a test are all used as a Channel.
 */
import type { WireError } from './errors.ts';
import type { ClientRequest, ServerEvent } from './requests.ts';
import type { Sender } from './sender.ts';

/** Name of the runtime ports between pages and the offscreen document. */
export const PORT_NAME = 'linnet';

export interface ClientFrame {
  readonly id: number;
  readonly request: ClientRequest;
}

export type ServerFrame =
  /** First on every connection; it proves that the worker itself has answered. */
  | { readonly kind: 'hello' }
  | { readonly kind: 'reply'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'refusal'; readonly id: number; readonly error: WireError }
  | { readonly kind: 'event'; readonly event: ServerEvent };

export interface Channel<Out, In> {
  post(message: Out): void;
  onMessage(listener: (message: In) => void): void;
  /** Called once when the other side closes; not after {@link close} on this side. */
  onClose(listener: () => void): void;
  close(): void;
}

export type ClientChannel = Channel<ClientFrame, ServerFrame>;
/** The worker's end; `sender`: who is at the other. */
export type ServerChannel = Channel<ServerFrame, ClientFrame> & { readonly sender: Sender };
