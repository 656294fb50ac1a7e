/** What a page that begins to watch a topic is told first. */
import type { ServerEvent, Topic } from '../../protocol/requests.ts';
import type { Job, Models, Settings } from '../../protocol/types.ts';
import type { GlossaryStore } from '../store/lists/glossary-store.ts';
import type { WordStore } from '../store/lists/word-store.ts';
import { languagesOf } from './translation-handlers.ts';
import { newestFirst } from './word-handlers.ts';

/** Says the state at the moment when it is called; undefined if there is none any more. */
type State = () => ServerEvent | undefined;

export interface StateParts {
  readonly glossary: GlossaryStore;
  readonly words: WordStore;
  readonly conversations: { listState(): ServerEvent; state(id: string): Promise<State | undefined> };
  readonly jobs: { prepare(ids: readonly string[]): Promise<() => readonly Job[]> };
  models(): Models;
  settings(): Settings;
  notices(): ServerEvent;
}

export async function stateOf(topic: Topic, parts: StateParts): Promise<State | undefined> {
  if (topic === 'glossary') {
    const entries = await parts.glossary.entries();
    return () => ({ kind: 'glossary', entries });
  }
  if (topic === 'words') {
    const words = await newestFirst(parts.words);
    return () => ({ kind: 'words', words });
  }
  if (topic === 'models') return () => ({ kind: 'models', models: parts.models() });
  if (topic === 'settings') return () => ({ kind: 'settings', settings: parts.settings() });
  if (topic === 'notices') return () => parts.notices();
  if (topic === 'languages') return () => ({ kind: 'languages', languages: languagesOf(parts.settings()) });
  if (topic === 'conversations') return () => parts.conversations.listState();
  const id = topic.slice(topic.indexOf(':') + 1);
  if (topic.startsWith('conversation:')) return parts.conversations.state(id);
  const jobs = await parts.jobs.prepare([id]);
  return () => {
    const job = jobs()[0];
    return job && { kind: 'job', job };
  };
}
