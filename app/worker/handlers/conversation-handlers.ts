/** Requests about stored conversations and translations: lists, changes, deletion. */
import type { Handlers } from '../../protocol/server.ts';
import type { ConversationService } from '../conversation-service.ts';
import { originOf } from '../keeping/in-memory.ts';
import type { ServerService } from '../server/server-service.ts';
import type { Store } from '../store/store.ts';
import type { Upkeep } from '../upkeep.ts';

export interface ConversationHandlerParts {
  readonly conversations: ConversationService;
  readonly store: Pick<Store, 'looseJobs'>;
  readonly remote: Pick<ServerService, 'forgetKey'>;
  /** Exists once the worker is set up. */
  upkeep(): Upkeep;
}

type ConversationRequest =
  | 'conversations'
  | 'search-conversations'
  | 'end-private'
  | 'translations'
  | 'delete-translations'
  | 'delete-damaged'
  | 'show-branch'
  | 'rename-conversation'
  | 'delete-conversation'
  | 'restore-conversation'
  | 'transcript'
  | 'erase';

export function conversationHandlers(parts: ConversationHandlerParts): Pick<Handlers, ConversationRequest> {
  const { conversations, store, remote, upkeep } = parts;
  return {
    conversations: ({ limit, private: isPrivate }, sender) =>
      conversations.list(limit, originOf(sender, isPrivate).private),
    'search-conversations': ({ private: isPrivate, ...query }, sender) =>
      conversations.finder.search({ ...query, ofPrivate: originOf(sender, isPrivate).private }),
    'end-private': () => conversations.endPrivate().then(() => null),
    translations: ({ limit }) => store.looseJobs(limit),
    'delete-translations': ({ jobs }) =>
      upkeep()
        .removeTranslations(jobs)
        .then(() => null),
    'delete-damaged': () =>
      upkeep()
        .deleteDamaged()
        .then(() => null),
    'show-branch': ({ conversation, job }) => conversations.showBranch(conversation, job).then(() => null),
    'rename-conversation': ({ conversation, title }) =>
      conversations.rename(conversation, title).then(() => null),
    'delete-conversation': ({ conversation }) => conversations.remove(conversation).then(() => null),
    'restore-conversation': ({ conversation }) => conversations.restore(conversation).then(() => null),
    transcript: ({ conversation }) => conversations.transcript(conversation),
    erase: ({ models }) =>
      upkeep()
        .erase(models)
        .finally(() => remote.forgetKey())
        .then(() => null),
  };
}
