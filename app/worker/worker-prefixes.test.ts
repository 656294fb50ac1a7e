/** What a model has read of a conversation outlives the worker, and a translation beside a chat does not displace it. */
import { expect, it, vi } from 'vitest';
import { memoryStorage } from '../../engine/index.ts';
import { fakeEngine, tinyModel } from '../testing/fake-engine.ts';
import { diskStore, page, setUp } from '../testing/test-client.ts';

/** More words than a prompt must have to be worth a file. */
const long = { ...page, text: 'The linnet sings. '.repeat(60) };
const engine = (storage = memoryStorage()) => fakeEngine([{ ...tinyModel, contextLength: 4000 }], storage);

async function saved() {
  const storage = memoryStorage();
  const store = diskStore();
  const first = engine(storage);
  const { viewer } = setUp(first, store);
  const { job, conversation } = await viewer.chat({ text: 'Why?', page: long });
  await viewer.watch(`job:${job}`);
  await viewer.over(job);
  // A save starts when the worker has been quiet for some seconds.
  await vi.waitFor(() => expect(first.savedPrefixes).toHaveLength(1));
  return { storage, store, viewer, conversation: conversation! };
}

it('a conversation is restored once after a restart, into its own branch', async () => {
  const { storage, store, conversation } = await saved();
  const second = engine(storage);
  const { viewer } = setUp(second, store);
  for (const text of ['And now?', 'And then?']) {
    const { job } = await viewer.chat({ text, conversation });
    await viewer.watch(`job:${job}`);
    await viewer.over(job);
  }
  expect(second.loadedPrefixes).toEqual([`conversation:${conversation}`]);
  expect(second.asked.map(({ branch }) => branch)).toEqual(Array(2).fill(`conversation:${conversation}`));
});

it('a translation has a branch of its own', async () => {
  const model = engine();
  const { viewer } = setUp(model);
  const { job } = await viewer.translate({ text: 'Linnet', language: 'de' });
  await viewer.watch(`job:${job}`);
  await viewer.over(job);
  expect(model.asked[0]?.branch).toBe('translations');
});

it('nothing stays of conversations that are erased', async () => {
  const { storage, viewer } = await saved();
  await viewer.request('erase', { models: false });
  expect([...storage.files.keys()].filter((path) => path.startsWith('prefixes/'))).toEqual([]);
});

it('nothing stays of a conversation that was gone from the store at the start', async () => {
  const { storage } = await saved();
  const { viewer } = setUp(engine(storage), diskStore());
  await viewer.request('settings', {});
  await vi.waitFor(() =>
    expect([...storage.files.keys()].filter((path) => /prefixes\/(?!index)/.test(path))).toEqual([]),
  );
});
