/**
 * Handlers of the requests about translations: their jobs, the glossary, and the languages that a person reads. Web pages
 * send some of them, and own the jobs that they ask for.
 */
import { fail } from '../../../engine/index.ts';
import { LIMITS } from '../../protocol/limits.ts';
import type { TargetLanguages } from '../../protocol/requests.ts';
import { ownerOf } from '../../protocol/sender.ts';
import type { Handlers, Server } from '../../protocol/server.ts';
import type { Settings } from '../../protocol/types.ts';
import { sameLanguage } from '../../text/language.ts';
import type { JobService } from '../job-service.ts';
import { inMemoryOf } from '../keeping/in-memory.ts';
import { newJob } from '../new-job.ts';
import type { GlossaryStore } from '../store/lists/glossary-store.ts';

export interface TranslationHandlerParts {
  readonly glossary: GlossaryStore;
  readonly jobs: Pick<JobService, 'start' | 'running'>;
  settings(): Settings;
  change(patch: Partial<Settings>): Promise<Settings>;
  emit: Server['emit'];
  now(): number;
}

type TranslationRequest =
  | 'translate'
  | 'glossary'
  | 'put-terms'
  | 'remove-terms'
  | 'languages'
  | 'choose-language';

export function translationHandlers(parts: TranslationHandlerParts): Pick<Handlers, TranslationRequest> {
  const { glossary, jobs, settings, change, emit, now } = parts;
  const changed = async () => {
    emit('glossary', { kind: 'glossary', entries: await glossary.entries() });
    return null;
  };
  return {
    translate: ({ request, passing = false }, sender) => {
      const owner = ownerOf(sender);
      if (
        owner !== undefined &&
        jobs.running().filter((job) => job.owner === owner).length >= LIMITS.pageJobs
      ) {
        const expected = `at most ${LIMITS.pageJobs}`;
        fail('request-invalid', {
          who: 'jobs',
          message: 'this page waits for too many translations',
          expected,
        });
      }
      const origin = { private: sender.incognito, urls: [sender.url] };
      const inMemory = inMemoryOf(origin, settings());
      const job = newJob(request, now(), { tab: sender.tab, owner, inMemory });
      const context = async () => ({ before: [], glossary: await glossary.entries() });
      return jobs.start(job, context, { passing }).then(() => ({ job: job.id }));
    },
    glossary: () => glossary.entries(),
    'put-terms': ({ entries }) => glossary.put(entries).then(changed),
    'remove-terms': ({ entries }) => glossary.remove(entries).then(changed),
    languages: () => languagesOf(settings()),
    'choose-language': async ({ language }) => languagesOf(await change(withLanguage(language, settings()))),
  };
}

/** What a web page may know of the settings. */
export const languagesOf = ({ language, secondLanguage }: Settings): TargetLanguages => ({
  language,
  ...(secondLanguage === undefined ? {} : { secondLanguage }),
});

/** The previous language becomes the second one, for people who read two languages. */
export function withLanguage(chosen: string, { language, secondLanguage }: TargetLanguages): TargetLanguages {
  return { language: chosen, secondLanguage: sameLanguage(chosen, language) ? secondLanguage : language };
}
