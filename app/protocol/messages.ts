/**
 * The envelopes around requests, replies and events, and the one shape of pipe they travel through.
 * A runtime Port, a worker behind the offscreen page and a pair of arrays in a test all look like a Channel.
 */
import type { WireError } from './errors.ts';
import type { ClientRequest, ServerEvent } from './requests.ts';

/** Name of the runtime ports between pages and the offscreen document. */
export const PORT_NAME = 'linnet';

export interface ClientFrame {
  readonly id: number;
  readonly request: ClientRequest;
}

export type ServerFrame =
  /** First on every connection: whoever hears it knows that the worker itself is there. */
  | { readonly kind: 'hello' }
  | { readonly kind: 'reply'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'refusal'; readonly id: number; readonly error: WireError }
  | { readonly kind: 'event'; readonly event: ServerEvent };

export interface Channel<Out, In> {
  post(message: Out): void;
  onMessage(listener: (message: In) => void): void;
  /** Called once, when the other side is gone; not after an own {@link close}. */
  onClose(listener: () => void): void;
  close(): void;
}

export type ClientChannel = Channel<ClientFrame, ServerFrame>;
export type ServerChannel = Channel<ServerFrame, ClientFrame>;
