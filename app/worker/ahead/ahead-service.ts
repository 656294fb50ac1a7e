/** Joins reading ahead with the worker's services, and answers its request. */
import { type TaskOffer, writesLanguage } from '../../protocol/abilities.ts';
import type { Handlers } from '../../protocol/server.ts';
import type { Settings, Task } from '../../protocol/types.ts';
import { questionBy, summaryBy } from '../abilities/offer.ts';
import type { Answerer } from '../answerer/answerer.ts';
import type { JobService } from '../job-service.ts';
import { siteOf } from '../../text/sites/sites.ts';
import { inMemoryOf, originOf } from '../keeping/in-memory.ts';
import type { OftenService } from '../keeping/often-service.ts';
import type { PageMeaning } from '../meaning/page-meaning.ts';
import type { ModelService } from '../models/model-service.ts';
import type { PageConversations } from '../page-conversations.ts';
import type { TaskProfile } from '../prompts/task-profile.ts';
import type { SavedPrefixes } from '../reading/saved-prefixes.ts';
import type { ServerService } from '../server/server-service.ts';
import { textFor } from '../store/attached.ts';
import type { GlossaryStore } from '../store/lists/glossary-store.ts';
import type { Store } from '../store/store.ts';
import { firstPrompt } from '../translation/translation.ts';
import { type AheadConversation, ReadAhead } from './read-ahead.ts';

export interface AheadParts {
  readonly models: Pick<ModelService, 'chosen' | 'loaded' | 'ready' | 'wantsOther'>;
  readonly remote: Pick<ServerService, 'used'>;
  readonly store: Store;
  readonly glossary: GlossaryStore;
  readonly prefixes: SavedPrefixes;
  readonly meaning: Pick<PageMeaning, 'readAhead'>;
  /** The services below exist once the worker is set up. */
  jobs(): JobService;
  pages(): PageConversations;
  settings(): Settings;
  profile(loaded: Answerer): TaskProfile;
  /** What the model for a task is offered for. */
  offer(task: Task, isPrivate: boolean): TaskOffer | undefined;
  /** Trials of models. */
  readonly others: { interrupt(): void; schedule(): void };
}

export function createReadAhead(parts: AheadParts): ReadAhead {
  const { models, remote, store, glossary, prefixes, settings, profile, others, meaning } = parts;
  /** Whether the page's own sentences would be the answer, so that no model reads it. */
  const isByPage = (task: Task): boolean => {
    const offer = parts.offer(task, false)?.offer;
    if (offer === undefined || task === 'translation') return false;
    const { style, summaryLanguage } = settings();
    return (task === 'chat' ? questionBy(offer) : summaryBy(offer, { style }, summaryLanguage)) === 'page';
  };
  return new ReadAhead({
    async model(task, load) {
      if (remote.used || models.chosen(task) === undefined || models.wantsOther(task)) return undefined;
      if (isByPage(task)) return undefined;
      return load ? models.ready(task) : models.loaded();
    },
    isLoaded: () => !remote.used && models.loaded() !== undefined,
    async translation(loaded, request) {
      const offered = parts.offer('translation', false);
      // The bubble says that the model does not write this language.
      if (offered !== undefined && !writesLanguage(offered.offer, request.language)) return undefined;
      return firstPrompt(parts.jobs().translationInput(loaded, request, await glossary.entries()));
    },
    profile,
    settings,
    isKept: (url) => inMemoryOf({ private: false, urls: [url] }, settings()) === undefined,
    notes: (page) => parts.pages().notedOf(page, false),
    async conversation(id): Promise<AheadConversation | undefined> {
      const found = await store.conversation(id);
      if (found === undefined || found.inMemory === 'private-window') return undefined;
      const before = (await parts.jobs().prepare(found.jobs))();
      return { before, page: await textFor(store, found, before) };
    },
    prefixes,
    meaning,
    between: (work) => parts.jobs().inPause(work),
    others,
  });
}

export function aheadHandlers(ahead: ReadAhead, often: OftenService): Pick<Handlers, 'read-ahead'> {
  return {
    'read-ahead'({ private: isPrivate, power, page, ...others }, sender) {
      const ofWebPage = sender.role === 'web-page';
      if (originOf(sender, isPrivate).private) {
        ahead.drop(sender);
        return false;
      }
      const isOften = ofWebPage && sender.frame === 0 && often.isOften(sender.url);
      // It may have gone to another address of its site since it connected.
      const isOwn = isOften && page !== undefined && siteOf(page.url) === siteOf(sender.url);
      ahead.want({ ...others, page: !ofWebPage || isOwn ? page : undefined, power, ofWebPage }, sender);
      return (!ofWebPage || isOften) && ahead.isReady(power);
    },
  };
}

/** Work for the pauses between jobs, in the order in which it goes on. */
export function pausesOf(...works: readonly { interrupt(): void; schedule(): void }[]) {
  return {
    interrupt: () => works.forEach((work) => void work.interrupt()),
    schedule: () => works.forEach((work) => void work.schedule()),
  };
}
