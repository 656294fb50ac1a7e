/**
 * Keeps what is {@link Keepable.inMemory} in memory and everything else on the disk. This is the only place that chooses
 * between the two: whoever writes a record, this field decides where it goes. A job goes where its conversation is, even
 * without the field.
 */
import type { Keepable, StoredIds } from '../../protocol/keeping.ts';
import type { Store } from './store.ts';

export function splitStore(disk: Store, memory: Store): Store {
  const placeOf = ({ inMemory }: Keepable) => (inMemory === undefined ? disk : memory);
  const isInMemory = async (conversation: string) => (await memory.conversation(conversation)) !== undefined;
  return {
    get lasting() {
      return disk.lasting;
    },
    defaults: disk.defaults,
    settings: () => disk.settings(),
    saveSettings: (settings) => disk.saveSettings(settings),
    job: async (id) => (await memory.job(id)) ?? disk.job(id),
    async saveJob(job) {
      const place =
        job.conversation !== undefined && (await isInMemory(job.conversation)) ? memory : placeOf(job);
      await place.saveJob(job);
    },
    conversation: async (id) => (await memory.conversation(id)) ?? disk.conversation(id),
    material: async (id) => ((await isInMemory(id)) ? memory : disk).material(id),
    saveConversation: (conversation, material) =>
      placeOf(conversation).saveConversation(conversation, material),
    async conversations(limit, ofPrivate) {
      const [inMemory, stored] = await Promise.all([
        memory.conversations(limit, ofPrivate),
        disk.conversations(limit, ofPrivate),
      ]);
      if (inMemory.length === 0) return stored;
      return [...inMemory, ...stored].sort((a, b) => b.updatedAt - a.updatedAt).slice(0, limit);
    },
    async looseJobs(limit) {
      const [inMemory, stored] = await Promise.all([memory.looseJobs(limit), disk.looseJobs(limit)]);
      return [...inMemory, ...stored].sort((a, b) => b.updatedAt - a.updatedAt).slice(0, limit);
    },
    async removeJobs(ids) {
      await memory.removeJobs(ids);
      await disk.removeJobs(ids);
    },
    keeps: async (id) => !(await isInMemory(id)) && (await disk.keeps(id)),
    removeConversation: async (id) => ((await isInMemory(id)) ? memory : disk).removeConversation(id),
    removeDeleted: async () => (await memory.removeDeleted()) + (await disk.removeDeleted()),
    unchangedSince: (time) => both((store) => store.unchangedSince(time)),
    endPrivate: () => memory.endPrivate(),
    async erase() {
      await memory.erase();
      await disk.erase();
    },
    interruptUnfinished: (now) => disk.interruptUnfinished(now),
    damaged: () => disk.damaged(),
    removeDamaged: () => disk.removeDamaged(),
  };

  async function both(read: (store: Store) => Promise<StoredIds>): Promise<StoredIds> {
    const [a, b] = await Promise.all([read(memory), read(disk)]);
    return { conversations: [...a.conversations, ...b.conversations], jobs: [...a.jobs, ...b.jobs] };
  }
}
