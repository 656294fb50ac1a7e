/** Handlers of the requests about the person's own server, and about what the model of a task is offered for. */
import type { TaskOffer } from '../../protocol/abilities.ts';
import type { Handlers } from '../../protocol/server.ts';
import type { Task } from '../../protocol/types.ts';
import type { ServerService } from '../server/server-service.ts';

type ServerRequest = 'offer' | 'server-models' | 'try-server' | 'server-key';

export function serverHandlers(
  server: ServerService,
  offer: (task: Task, isPrivate: boolean) => TaskOffer | undefined,
): Pick<Handlers, ServerRequest> {
  return {
    offer: ({ task, private: isPrivate = false }, sender) => {
      const found = offer(task, isPrivate || sender.incognito);
      if (found === undefined) return null;
      // A web page learns that its text is sent, not where to.
      return found.server === undefined || sender.role === 'own-page' ? found : { ...found, server: {} };
    },
    'server-models': ({ address }) => server.models(address),
    'try-server': ({ server: asked }) => server.attempt(asked),
    'server-key': async ({ address, key, keep }) => {
      await server.setKey(address, key, keep);
      return null;
    },
  };
}
