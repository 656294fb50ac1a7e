/**
 * Handlers of the requests about the word list. A web page names a translation that it asked for, and nothing else: the
 * word, its sentence and its address are those that the worker knows.
 */
import { fail } from '../../../engine/index.ts';
import { AppError } from '../../protocol/errors.ts';
import { LIMITS } from '../../protocol/limits.ts';
import type { KeptWord } from '../../protocol/page/words.ts';
import type { Handlers, Server } from '../../protocol/server.ts';
import { isOver, type Job } from '../../protocol/types.ts';
import { withoutMarks } from '../../text/marks.ts';
import type { JobService } from '../job-service.ts';
import type { WordStore } from '../store/lists/word-store.ts';

export interface WordHandlerParts {
  readonly words: WordStore;
  readonly jobs: Pick<JobService, 'find'>;
  emit: Server['emit'];
  now(): number;
}

type WordRequest = 'words' | 'keep-word' | 'drop-word' | 'put-words' | 'remove-words';

/** Words that were kept from web pages and can be taken back there, by the job; the oldest go first. */
const MOST_KEPT = 200;

export function wordHandlers({ words, jobs, emit, now }: WordHandlerParts): Pick<Handlers, WordRequest> {
  /** What `keep-word` added; a word that was in the list before is not taken back. */
  const added = new Map<string, KeptWord>();
  const changed = async () => {
    emit('words', { kind: 'words', words: await newestFirst(words) });
    return null;
  };
  return {
    words: () => newestFirst(words),
    'keep-word': async ({ job }, sender) => {
      const word = wordOf(await jobs.find(job), sender.url, now());
      const known = (await words.entries()).some((other) => isSame(other, word));
      await words.put([word]);
      if (!known) added.set(job, word);
      const [oldest] = added.keys();
      if (added.size > MOST_KEPT && oldest !== undefined) added.delete(oldest);
      return changed();
    },
    'drop-word': async ({ job }) => {
      const word = added.get(job);
      added.delete(job);
      if (word !== undefined) await words.remove([word]);
      return changed();
    },
    'put-words': ({ words: given }) => words.put(given).then(changed),
    'remove-words': ({ words: given }) => words.remove(given).then(changed),
  };
}

export const newestFirst = async (words: WordStore): Promise<KeptWord[]> =>
  (await words.entries()).toSorted((one, other) => other.keptAt - one.keptAt);

/** Throws `request-refused` for a private window, and `request-invalid` for what is no translation of a word. */
function wordOf(job: Job | undefined, url: string | undefined, keptAt: number): KeptWord {
  const refuse = (message: string): never => fail('request-invalid', { who: 'word list', message });
  if (job?.kind !== 'translation' || !isOver(job)) return refuse('there is no translation of a word');
  if (job.inMemory === 'private-window')
    throw new AppError('request-refused', { who: 'word list', message: 'a private window keeps nothing' });
  const { text, sentence, from, language: to } = job.request;
  const word = text.trim();
  const entry = job.entry ?? { translation: withoutMarks(job.text).trim() };
  if (word === '' || entry.translation === '' || word.length > LIMITS.word)
    return refuse('there is no word, or no translation of it');
  // What is read where nothing may be stored is not stored with the word either.
  const place =
    job.inMemory === undefined
      ? { ...(sentence === undefined ? {} : { sentence }), ...(url === undefined ? {} : { url }) }
      : {};
  const translation = entry.translation.slice(0, LIMITS.word);
  return { ...entry, translation, word, to, ...(from === undefined ? {} : { from }), ...place, keptAt };
}

const isSame = (one: KeptWord, other: KeptWord): boolean =>
  one.word === other.word &&
  one.translation === other.translation &&
  one.from === other.from &&
  one.to === other.to;
