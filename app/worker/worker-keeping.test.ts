import { describe, expect, it, vi } from 'vitest';
import type { Sender } from '../protocol/sender.ts';
import { fakeEngine } from '../testing/fake-engine.ts';
import { diskStore, page, setUp, soon, stepwise, style, TestClient } from '../testing/test-client.ts';
import { memoryStorage } from '../../engine/index.ts';
import type { Store } from './store/store.ts';

const MARK = 'MARKER-OF-A-PRIVATE-PAGE';
const DAY = 24 * 60 * 60 * 1000;
const secret = {
  ...page,
  url: 'https://secret.example.org/a',
  title: MARK,
  text: `${page.text} ${MARK}. `.repeat(20),
};

/** Everything that was ever handed to the disk, as text: records of the store, and files beside the models. */
function recorded() {
  const written: unknown[] = [];
  const store = diskStore();
  const disk = new Proxy(store, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key);
      if (typeof value !== 'function' || !/^save/.test(String(key))) return value;
      return (...given: unknown[]) => {
        written.push(given);
        return Reflect.apply(value, target, given) as unknown;
      };
    },
  });
  const storage = memoryStorage();
  const engine = fakeEngine(undefined, storage);
  const text = () => JSON.stringify(written) + [...storage.files.keys()].join();
  return { store: disk as Store, engine, storage, text };
}

const privateTab: Sender = { role: 'web-page', incognito: true, tab: 7, frame: 0, url: secret.url };

describe('what comes from a private window', () => {
  it('is answered as ever, reaches no disk, and is gone with the window', async () => {
    const { store, engine, storage, text } = recorded();
    const { worker, viewer } = setUp(engine, store);
    const asked = await viewer.summarise({ page: secret, style, tab: 7, private: true });
    await viewer.watch(`conversation:${asked.conversation}`);
    expect((await viewer.over(asked.job)).text).toBe('Answer A ends.');
    const more = await viewer.chat({
      text: `Why ${MARK}?`,
      conversation: asked.conversation!,
      private: true,
    });
    await viewer.over(more.job);
    const edited = await viewer.request('edit', { job: more.job, text: `How ${MARK}?` });
    await viewer.over(edited.job);
    const again = await viewer.request('regenerate', { job: edited.job });
    await viewer.over(again.job);
    await viewer.request('rename-conversation', { conversation: asked.conversation!, title: MARK });
    const bubble = new TestClient(worker, privateTab);
    const translated = await bubble.translate({ text: MARK, language: 'de' });
    await bubble.watch(`job:${translated.job}`);
    await bubble.over(translated.job);
    // Saved after what was read before it, so then all of that is saved that ever will be.
    const ordinary = await viewer.summarise({ page: { ...page, text: page.text.repeat(20) }, style });
    await viewer.watch(`conversation:${asked.conversation}`, `conversation:${ordinary.conversation}`);
    await viewer.over(ordinary.job);
    await vi.waitFor(() => expect(engine.savedPrefixes).toHaveLength(1));
    await worker.jobs.between(async () => {});

    const { conversation } = asked;
    expect(await viewer.request('current', { tab: 7, url: secret.url, private: true })).toEqual({
      conversation,
    });
    expect(await viewer.request('conversations', { limit: 9, private: true })).toMatchObject([
      { id: conversation },
    ]);
    expect(await viewer.request('conversations', { limit: 9 })).toMatchObject([
      { id: ordinary.conversation },
    ]);
    expect(await viewer.request('current', { tab: 7, url: secret.url })).toEqual({});
    expect(await viewer.request('summarised', { page: secret })).toEqual({});
    expect(await viewer.request('translations', { limit: 9 })).toEqual([]);
    expect(text()).not.toContain(MARK);
    const index = (await storage.open('prefixes/index.json'))!;
    const entries = JSON.parse(new TextDecoder().decode(await index.read(0, index.size))) as {
      file: string;
      conversation: string;
    }[];
    expect(entries.map((entry) => entry.conversation)).toEqual([ordinary.conversation]);
    expect([...storage.files.keys()].filter((path) => path.startsWith('prefixes/')).sort()).toEqual(
      [`prefixes/${entries[0]?.file}`, 'prefixes/index.json'].sort(),
    );

    await viewer.request('end-private', {});
    expect(viewer.gone).toEqual([conversation]);
    expect(await viewer.request('conversations', { limit: 9, private: true })).toEqual([]);
    await expect(viewer.request('transcript', { conversation: conversation! })).rejects.toMatchObject({
      code: 'request-invalid',
    });
    await expect(viewer.request('prompt', { job: asked.job })).rejects.toMatchObject({
      code: 'request-invalid',
    });
    // The model may still hold what it read.
    expect(engine.disposals).toBe(1);
  });

  it('is not reached by an answer that is still being written when the window is closed', async () => {
    const { store, engine, text } = recorded();
    const { viewer } = setUp(engine, store);
    const answer = stepwise(engine);
    const asked = await viewer.summarise({ page: secret, style, private: true });
    await viewer.watch(`conversation:${asked.conversation}`);
    await viewer.begun(asked.job);
    const ended = viewer.request('end-private', {});
    await vi.waitFor(() => expect(viewer.gone).toEqual([asked.conversation]));
    answer.go();
    await ended;
    expect(await viewer.request('conversations', { limit: 9, private: true })).toEqual([]);
    await expect(viewer.request('transcript', { conversation: asked.conversation! })).rejects.toBeDefined();
    expect(text()).not.toContain(MARK);
  });

  it('leaves no prompt of a key point that is looked up when the window is closed', async () => {
    const { store, engine } = recorded();
    const { worker, viewer } = setUp(engine, store);
    engine.pieces = () => [`- ${MARK} singt.`];
    const given = { page, style: { type: 'key-points', length: 'short' }, language: 'de' } as const;
    const { job, conversation } = await viewer.summarise({ ...given, private: true });
    await viewer.watch(`conversation:${conversation}`);
    await viewer.over(job);
    const answer = stepwise(engine);
    const sought = viewer.request('find-passage', { job, point: 0 }).catch(() => {});
    const asked = engine.asked.length;
    await vi.waitFor(() => expect(engine.asked.length).toBeGreaterThan(asked));
    const [search] = worker.jobs.running();
    expect(JSON.stringify(await viewer.request('prompt', { job: search!.id }))).toContain(MARK);
    const ended = viewer.request('end-private', {});
    await vi.waitFor(() => expect(viewer.gone).toEqual([conversation]));
    answer.go();
    await Promise.all([ended, sought]);
    await expect(viewer.request('prompt', { job: search!.id })).rejects.toMatchObject({
      code: 'request-invalid',
    });
  });

  it('leaves no prompt of a job that others have pushed out of memory', async () => {
    const { worker, viewer, engine } = setUp();
    const bubble = new TestClient(worker, privateTab);
    const { job } = await bubble.translate({ text: MARK, language: 'de' });
    await bubble.watch(`job:${job}`);
    await bubble.over(job);
    expect(JSON.stringify(await viewer.request('prompt', { job }))).toContain(MARK);
    const answer = stepwise(engine);
    // The first is being answered; the others end at once, and leave no prompt.
    for (let i = 0; i < 60; i++) {
      const other = await viewer.translate({ text: 'Hello', language: 'de' });
      await viewer.request('stop', { job: other.job });
    }
    const ended = viewer.request('end-private', {});
    answer.go();
    await ended;
    await expect(viewer.request('prompt', { job })).rejects.toMatchObject({ code: 'request-invalid' });
  });

  it.each(['is over', 'is being written'])(
    'leaves nothing that waits to be saved beside the models: the answer %s',
    async (when) => {
      vi.useFakeTimers({ shouldAdvanceTime: true });
      try {
        const { store, engine } = recorded();
        const keeps = vi.spyOn(store, 'keeps');
        const { viewer } = setUp(engine, store);
        const answer = stepwise(engine);
        const { job, conversation } = await viewer.summarise({ page: secret, style, private: true });
        await viewer.watch(`conversation:${conversation}`);
        await viewer.begun(job);
        if (when === 'is over') {
          answer.go();
          await viewer.over(job);
        }
        const ended = viewer.request('end-private', {});
        await vi.waitFor(() => expect(viewer.gone).toEqual([conversation]));
        answer.go();
        await ended;
        await vi.advanceTimersByTimeAsync(10_000);
        expect(keeps).not.toHaveBeenCalled();
      } finally {
        vi.useRealTimers();
      }
    },
  );

  it('goes on as a copy where a stored conversation is continued, which stays as it was', async () => {
    const { store, engine, text } = recorded();
    const { viewer } = setUp(engine, store);
    const first = await viewer.summarise({ page, style });
    await viewer.watch(`conversation:${first.conversation}`);
    await viewer.over(first.job);
    const before = await viewer.request('transcript', { conversation: first.conversation! });
    const asked = await viewer.chat({ text: MARK, conversation: first.conversation!, private: true });
    expect(asked.conversation).not.toBe(first.conversation);
    await viewer.watch(`conversation:${asked.conversation}`);
    await viewer.over(asked.job);
    const copy = await viewer.request('transcript', { conversation: asked.conversation! });
    expect(copy.jobs.map((job) => job.text)).toEqual(['Answer A ends.', 'Answer B ends.']);
    expect(await viewer.request('transcript', { conversation: first.conversation! })).toEqual(before);
    expect(text()).not.toContain(MARK);
  });

  it('shares no notes with ordinary windows', async () => {
    const { store, engine } = recorded();
    const { viewer } = setUp(engine, store);
    const asked = await viewer.summarise({ page: secret, style, private: true });
    await viewer.watch(`conversation:${asked.conversation}`);
    await viewer.over(asked.job);
    expect(await viewer.request('summarised', { page: secret, private: true })).toEqual({
      conversation: asked.conversation,
    });
    expect(await viewer.request('summarised', { page: secret })).toEqual({});
  });
});

describe('settings of what is kept', () => {
  async function answered(viewer: TestClient, given: Parameters<TestClient['summarise']>[0]) {
    const asked = await viewer.summarise(given);
    await viewer.watch(`conversation:${asked.conversation}`);
    await viewer.over(asked.job);
    return asked.conversation!;
  }

  it('may keep nothing: new conversations end with the worker, stored ones stay', async () => {
    const { store, engine, text } = recorded();
    const { viewer } = setUp(engine, store);
    const kept = await answered(viewer, { page, style });
    await viewer.request('set-settings', { settings: { keepFor: 'session' } });
    const passing = await answered(viewer, { page: secret, style });
    const { job } = await viewer.translate({ text: MARK, language: 'de' });
    await viewer.watch(`job:${job}`);
    await viewer.over(job);
    expect((await viewer.request('conversations', { limit: 9 })).map(({ id }) => id)).toEqual([
      passing,
      kept,
    ]);
    expect(text()).not.toContain(MARK);
    // A stored one that goes on does so as a copy, also where an answer is only made again.
    const [first] = (await viewer.request('transcript', { conversation: kept })).jobs;
    const again = await viewer.request('regenerate', { job: first!.id });
    expect(again.conversation).not.toBe(kept);
    const restarted = setUp(fakeEngine(), store);
    expect((await restarted.viewer.request('conversations', { limit: 9 })).map(({ id }) => id)).toEqual([
      kept,
    ]);
  });

  it('may name sites of which nothing is kept, with the sites below them', async () => {
    const { store, engine, text } = recorded();
    const { worker, viewer } = setUp(engine, store);
    await viewer.request('set-settings', { settings: { neverKept: ['example.org'] } });
    await answered(viewer, { page: secret, style });
    const chat = await viewer.chat({ text: MARK, url: secret.url });
    await viewer.watch(`conversation:${chat.conversation}`);
    await viewer.over(chat.job);
    const bubble = new TestClient(worker, { ...privateTab, incognito: false });
    const { job } = await bubble.translate({ text: MARK, language: 'de' });
    await bubble.watch(`job:${job}`);
    await bubble.over(job);
    expect(text()).not.toContain(MARK);
    await answered(viewer, { page: { ...secret, url: 'https://other.example/' }, style });
    expect(text()).toContain(MARK);
  });

  it.each([
    ['day', 1],
    ['week', 7],
    ['month', 30],
  ] as const)('may forget after a %s: at the start, at the choice, by last change', async (keepFor, days) => {
    const { store, engine, storage } = recorded();
    const { viewer } = setUp(engine, store);
    const now = Date.now();
    const ids: string[] = [];
    for (const age of [0, days * DAY - 60_000, days * DAY + 60_000, -400 * DAY]) {
      const id = await answered(viewer, { page, style });
      const conversation = (await store.conversation(id))!;
      await store.saveConversation({ ...conversation, updatedAt: now - age });
      ids.push(id);
      const { job } = await viewer.translate({ text: 'Hello', language: 'de' });
      await viewer.watch(`job:${job}`);
      await viewer.over(job);
      await store.saveJob({ ...(await store.job(job))!, updatedAt: now - age });
    }
    await (await storage.create(`prefixes/${ids[2]}`)).close();
    const kept = [ids[0], ids[1], ids[3]].sort();
    const listed = async (at: TestClient) =>
      (await at.request('conversations', { limit: 9 })).map(({ id }) => id).sort();
    const { worker: _, ...restart } = setUp(fakeEngine(undefined, storage), {
      ...store,
      settings: async () => ({ ...(await store.settings()), keepFor }),
    });
    expect(await listed(restart.viewer)).toEqual(kept);
    expect(await restart.viewer.request('translations', { limit: 9 })).toHaveLength(3);
  });

  it('deletes at once what a new choice no longer keeps, and tells pages that show it', async () => {
    const { store, engine } = recorded();
    const { viewer } = setUp(engine, store);
    const id = await answered(viewer, { page, style });
    await store.saveConversation({ ...(await store.conversation(id))!, updatedAt: Date.now() - 2 * DAY });
    await viewer.request('set-settings', { settings: { keepFor: 'week' } });
    expect(viewer.gone).toEqual([]);
    await viewer.request('set-settings', { settings: { keepFor: 'day' } });
    expect(viewer.gone).toEqual([id]);
    expect(await store.conversation(id)).toBeUndefined();
  });

  it('does not delete a conversation that goes on at the moment of the choice', async () => {
    const { store, engine } = recorded();
    const { viewer } = setUp(engine, store);
    const id = await answered(viewer, { page, style });
    await store.saveConversation({ ...(await store.conversation(id))!, updatedAt: Date.now() - 2 * DAY });
    const save = store.saveConversation.bind(store);
    const { promise: gone, resolve: go } = Promise.withResolvers<void>();
    const saving = vi.spyOn(store, 'saveConversation').mockImplementation((...given) => {
      return gone.then(() => save(...given));
    });
    const asked = viewer.chat({ text: 'And?', conversation: id });
    await vi.waitFor(() => expect(saving).toHaveBeenCalled());
    const listed = vi.spyOn(store, 'unchangedSince');
    const chosen = viewer.request('set-settings', { settings: { keepFor: 'day' } });
    await vi.waitFor(() => expect(listed).toHaveBeenCalled());
    // What is listed as old would be removed by now.
    await soon(0);
    go();
    const { job } = await asked;
    await chosen;
    await viewer.over(job);
    expect(viewer.gone).toEqual([]);
    expect((await viewer.request('transcript', { conversation: id })).jobs).toHaveLength(2);
  });

  it('deletes single translations, and all of them', async () => {
    const { viewer } = setUp();
    const jobs: string[] = [];
    for (const text of ['One', 'Two', 'Three']) {
      const { job } = await viewer.translate({ text, language: 'de' });
      await viewer.watch(`job:${job}`);
      await viewer.over(job);
      jobs.push(job);
    }
    await viewer.request('delete-translations', { jobs: [jobs[1]!] });
    const left = (await viewer.request('translations', { limit: 9 })).map(({ id }) => id);
    expect(left.sort()).toEqual([jobs[0], jobs[2]].sort());
    await viewer.request('delete-translations', {});
    expect(await viewer.request('translations', { limit: 9 })).toEqual([]);
  });
});
