/** Requests wait until the worker has started. */
import type { Sender } from '../../protocol/sender.ts';
import type { Handlers } from '../../protocol/server.ts';

/** `started` never rejects: what failed at the start is left out. */
export function afterStart(handlers: Handlers, started: () => Promise<void>): Handlers {
  const wrapped = Object.entries(handlers).map(([kind, handle]) => [
    kind,
    async (send: never, sender: Sender) => {
      await started();
      return (handle as (send: never, sender: Sender) => unknown)(send, sender);
    },
  ]);
  return Object.fromEntries(wrapped) as Handlers;
}
