/** A {@link Store} in memory, for tests and for browsers that refuse IndexedDB (private windows of some). */
import { isOver, type Job, type Settings } from '../protocol/types.ts';
import { defaultSettings, type Store, type StoredConversation } from './store.ts';

export function memoryStore(language = 'en'): Store {
  let settings: Settings = defaultSettings(language);
  const jobs = new Map<string, Job>();
  const conversations = new Map<string, StoredConversation>();
  return {
    settings: async () => settings,
    saveSettings: async (changed) => {
      settings = changed;
    },
    job: async (id) => jobs.get(id),
    saveJob: async (job) => void jobs.set(job.id, job),
    conversation: async (id) => conversations.get(id),
    saveConversation: async (conversation) => void conversations.set(conversation.id, conversation),
    conversations: async (limit) =>
      [...conversations.values()].sort((a, b) => b.updatedAt - a.updatedAt).slice(0, limit),
    removeConversation: async (id) => {
      for (const job of conversations.get(id)?.jobs ?? []) jobs.delete(job);
      conversations.delete(id);
    },
    interruptUnfinished: async (now) => {
      const unfinished = [...jobs.values()].filter((job) => !isOver(job.status));
      for (const job of unfinished) jobs.set(job.id, { ...job, status: 'interrupted', updatedAt: now });
      return unfinished.length;
    },
  };
}
