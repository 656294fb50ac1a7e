/** A {@link Store} in memory, for what is never stored, for browsers that refuse IndexedDB, and for tests. */
import { allJobs } from '../../protocol/branches.ts';
import type { Keepable } from '../../protocol/keeping.ts';
import { isOver, type Job, type Settings } from '../../protocol/types.ts';
import { settled } from '../../text/parts/preliminary.ts';
import type { StoredMaterial } from './stored-records.ts';
import { defaultSettings, type Store, type StoredConversation, usableSettings } from './store.ts';

export function memoryStore(language = 'en'): Store {
  let settings: unknown = defaultSettings(language);
  const usable = (): Settings => usableSettings(settings, language);
  const jobs = new Map<string, Job>();
  const conversations = new Map<string, StoredConversation>();
  const materials = new Map<string, StoredMaterial>();
  const isPrivate = ({ inMemory }: Keepable) => inMemory === 'private-window';
  const loose = () => [...jobs.values()].filter((job) => job.conversation === undefined);
  const remove = (id: string) => {
    const conversation = conversations.get(id);
    for (const job of conversation === undefined ? [] : allJobs(conversation)) jobs.delete(job);
    conversations.delete(id);
    materials.delete(id);
  };
  return {
    lasting: false,
    defaults: defaultSettings(language),
    settings: async () => usable(),
    saveSettings: async (changed) => {
      settings = changed;
    },
    job: async (id) => jobs.get(id),
    saveJob: async (job) => void jobs.set(job.id, job),
    conversation: async (id) => conversations.get(id),
    material: async (conversation) => materials.get(conversation),
    saveConversation: async (conversation, material) => {
      conversations.set(conversation.id, conversation);
      if (material !== undefined) materials.set(conversation.id, material);
    },
    conversations: async (limit, ofPrivate = false) =>
      [...conversations.values()]
        .filter((each) => each.deletedAt === undefined && isPrivate(each) === ofPrivate)
        .sort((a, b) => b.updatedAt - a.updatedAt)
        .slice(0, limit),
    looseJobs: async (limit) =>
      loose()
        .filter((job) => !isPrivate(job))
        .sort((a, b) => b.updatedAt - a.updatedAt)
        .slice(0, limit),
    removeJobs: async (ids) => {
      for (const id of ids) jobs.delete(id);
    },
    keeps: async () => false,
    removeConversation: async (id) => remove(id),
    removeDeleted: async () => {
      const deleted = [...conversations.values()].filter(({ deletedAt }) => deletedAt !== undefined);
      for (const { id } of deleted) remove(id);
      return deleted.length;
    },
    unchangedSince: async (time) => ({
      conversations: [...conversations.values()].filter((c) => c.updatedAt < time).map(({ id }) => id),
      jobs: loose().flatMap(({ id, updatedAt }) => (updatedAt < time ? [id] : [])),
    }),
    endPrivate: async () => {
      const gone = [...conversations.values()].filter(isPrivate).map(({ id }) => id);
      const goneJobs = [...jobs.values()].filter(isPrivate).map(({ id }) => id);
      for (const id of gone) remove(id);
      for (const id of goneJobs) jobs.delete(id);
      return { conversations: gone, jobs: goneJobs };
    },
    damaged: async () => 0,
    removeDamaged: async () => {},
    erase: async () => {
      settings = { ...defaultSettings(language), demoImported: usable().demoImported };
      jobs.clear();
      conversations.clear();
      materials.clear();
    },
    interruptUnfinished: async (now) => {
      const unfinished = [...jobs.values()].filter((job) => !isOver(job));
      for (const job of unfinished)
        jobs.set(job.id, settled({ ...job, progress: { phase: 'interrupted' }, updatedAt: now }));
      return unfinished.length;
    },
  };
}
