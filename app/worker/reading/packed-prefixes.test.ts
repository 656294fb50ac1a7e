/** What was saved is packed and saved again: once for each text and model, and only what is on the disk. */
import { expect, test, vi } from 'vitest';
import { fail, type LoadedModel, type MemoryStorage, memoryStorage } from '../../../engine/index.ts';
import { fakeEngine } from '../../testing/fake-engine.ts';
import { SavedPrefixes } from './saved-prefixes.ts';

/** 100 words, which are the tokens and the bytes of a file in which nothing is packed. */
const page = { title: 'Page', text: 'word '.repeat(90) };
const asked = (content: string) => ({ kind: 'messages', messages: [{ role: 'user', content }] }) as const;
const prompt = asked(`${page.text}\n\n${'why '.repeat(10)}`);
const { signal } = new AbortController();
const about = (conversation: string) => ({ conversation, page });

interface SetUp {
  readonly storage?: MemoryStorage;
  readonly budget?: () => number | undefined;
  readonly keeps?: () => boolean;
}

async function setUp({ storage = memoryStorage(), budget, keeps = () => true }: SetUp = {}) {
  const engine = fakeEngine(undefined, storage);
  const model: LoadedModel = await engine.load('tiny', 'plain', {});
  const saved = new SavedPrefixes({
    storage: async () => storage,
    keeps: async () => keeps(),
    ...(budget === undefined ? {} : { budget }),
  });
  const sizes = async () => {
    const files = [...storage.files.keys()].filter((path) => !path.endsWith('index.json'));
    return Promise.all(files.map(async (path) => (await storage.open(path))?.size));
  };
  return { engine, model, saved, storage, sizes };
}

test('a text is packed in its branch at the politest pace, without the question, and its file is replaced by a smaller one', async () => {
  const { engine, model, saved, sizes } = await setUp();
  await saved.save(model, about('a'), prompt, signal);
  expect(await sizes()).toEqual([100]);
  expect(await saved.pack(model, about('a'), prompt, signal)).toBe('settled');
  expect(engine.packs).toEqual([{ branch: 'conversation:a', pace: 'polite', shared: asked(page.text) }]);
  expect(await sizes()).toEqual([50]);
});

test('nothing is written where the model dropped nothing', async () => {
  const { engine, model, saved } = await setUp();
  engine.packing = async () => 1;
  await saved.save(model, about('a'), prompt, signal);
  expect(await saved.pack(model, about('a'), prompt, signal)).toBe('futile');
  expect(engine.savedPrefixes).toHaveLength(1);
});

test('a text that was packed is not packed again, also after a restart and in another conversation', async () => {
  const { engine, model, saved, storage } = await setUp();
  await saved.save(model, about('a'), prompt, signal);
  await saved.pack(model, about('a'), prompt, signal);
  await saved.save(model, about('a'), prompt, signal);
  await saved.pack(model, about('a'), prompt, signal);
  expect(engine.packs).toHaveLength(1);
  const next = await setUp({ storage });
  await next.saved.restore(next.model, about('b'), prompt);
  await next.saved.save(next.model, about('b'), prompt, signal);
  await next.saved.pack(next.model, about('b'), prompt, signal);
  expect(next.engine.packs).toEqual([]);
});

test('only the conversation whose rows are in the file is packed', async () => {
  const { engine, model, saved } = await setUp();
  await saved.pack(model, about('a'), prompt, signal);
  await saved.save(model, about('b'), prompt, signal);
  expect(await saved.pack(model, about('a'), prompt, signal)).toBe('settled');
  expect(engine.packs).toEqual([]);
});

test('what is in memory only, or may not be kept any more, is not packed', async () => {
  let kept = true;
  let budget: number | undefined;
  const { engine, model, saved } = await setUp({ keeps: () => kept, budget: () => budget });
  await saved.save(model, about('a'), prompt, signal);
  kept = false;
  await saved.pack(model, about('a'), prompt, signal);
  kept = true;
  budget = 0;
  await saved.pack(model, about('a'), prompt, signal);
  budget = undefined;
  await saved.pack(model, about('a'), asked(page.text.slice(0, 100)), signal);
  expect(engine.packs).toEqual([]);
  await saved.pack(model, about('a'), prompt, signal);
  expect(engine.packs).toHaveLength(1);
});

test('an interruption leaves the file as it is, and the text is packed at the next attempt', async () => {
  const { engine, model, saved, sizes } = await setUp();
  await saved.save(model, about('a'), prompt, signal);
  const job = new AbortController();
  engine.packing = async () => {
    job.abort();
    return 0.5;
  };
  expect(await saved.pack(model, about('a'), prompt, job.signal)).toBe('interrupted');
  expect(await sizes()).toEqual([100]);
  engine.packing = async () => 0.5;
  expect(await saved.pack(model, about('a'), prompt, signal)).toBe('settled');
  expect(await sizes()).toEqual([50]);
});

test('an interruption while the file is written again leaves the one before', async () => {
  const { model, saved, sizes } = await setUp();
  await saved.save(model, about('a'), prompt, signal);
  const job = new AbortController();
  vi.spyOn(model, 'savePrefix').mockImplementationOnce(async () => {
    job.abort();
    return fail('request-aborted', { who: 'disk', message: 'stopped' });
  });
  expect(await saved.pack(model, about('a'), prompt, job.signal)).toBe('interrupted');
  expect(await sizes()).toEqual([100]);
  expect(await saved.pack(model, about('a'), prompt, signal)).toBe('settled');
  expect(await sizes()).toEqual([50]);
});

test('a failure is the end of it, and costs nothing that was saved', async () => {
  const { engine, model, saved, sizes } = await setUp();
  await saved.save(model, about('a'), prompt, signal);
  engine.packing = async () => fail('gpu-limit', { who: 'worth', message: 'no room' });
  expect(await saved.pack(model, about('a'), prompt, signal)).toBe('futile');
  engine.packing = async () => 0.5;
  vi.spyOn(model, 'savePrefix').mockImplementation(async () =>
    fail('internal', { who: 'disk', message: 'no room' }),
  );
  expect(await saved.pack(model, about('a'), prompt, signal)).toBe('settled');
  expect(await sizes()).toEqual([100]);
});

test('conversations are deleted while a text is packed, which is not saved then', async () => {
  let kept = true;
  const { engine, model, saved, sizes } = await setUp({ keeps: () => kept });
  await saved.save(model, about('a'), prompt, signal);
  engine.packing = async () => {
    kept = false;
    await saved.remove(['a']);
    return 0.5;
  };
  await saved.pack(model, about('a'), prompt, signal);
  expect(await sizes()).toEqual([]);
});
