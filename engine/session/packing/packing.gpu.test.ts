/** Packing by a loaded model on a GPU: what is dropped, saved, restored and read again; and the needle test of a published model. */
import * as disk from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTestGpu } from '../../../scripts/testing/gpu.ts';
import { describeWithWeights } from '../../../scripts/testing/weights.ts';
import texts from '../../calibrate/loss/texts.json' with { type: 'json' };
import { type Gpu, openGpu } from '../../gpu/index.ts';
import { storiesFolder } from '../../testing/stories.ts';
import { folderFromFiles } from '../../weights/sources/file-source.ts';
import { memoryStorage } from '../../weights/store/storage-memory.ts';
import { type ModelStore, openStore } from '../../weights/store/store.ts';
import { type PackingCache, storedPacking } from '../adapters/stored-packing.ts';
import { storedVariants } from '../adapters/stored-variants.ts';
import { importModel } from '../import/import.ts';
import { loadModel } from '../load.ts';
import type { LoadedModel } from '../model.ts';
import type { ChatMessage, Prompt } from '../types.ts';

const DEMO = fileURLToPath(new URL('../../../assets/demo', import.meta.url));

let gpu: Gpu;
let store: ModelStore;
let demo: string;
beforeAll(async () => {
  gpu = await openGpu((await openTestGpu()).gpu);
  store = openStore(memoryStorage());
  ({ id: demo } = await importModel(storiesFolder(disk, DEMO), store));
});
afterAll(() => gpu.dispose());

const user = (content: string): ChatMessage => ({ role: 'user', content });
const chat = (...messages: readonly ChatMessage[]): Prompt => ({ kind: 'messages', messages });
const PAGE = texts.slice(0, 2).join(' ');
const TEXT = chat(user(PAGE));
const about = (question: string) => user(`${PAGE}\n\n${question}`);
const FIRST = chat(about('What is this about?'));
const after = (answer: string, question: string) =>
  chat(about('What is this about?'), { role: 'assistant', content: answer }, user(question));

/** As if the model had passed the needle test with this share. */
const passedWith = (share: number): PackingCache => ({ read: async () => share, write: async () => {} });

test('a text that was read is packed once, saved smaller, and answered from its rows after a restart', async () => {
  const open = () => loadModel(store, demo, gpu, { capacity: 1024 }, { packing: passedWith(0.5) });
  const model = await open();
  const first = await model.generate({ prompt: FIRST, maxTokens: 8, ignoreEos: true, branch: 'page' });
  const storage = memoryStorage();
  const plain = await model.savePrefix(FIRST, storage, 'plain', { branch: 'page' });
  const packed = await model.pack(FIRST, TEXT, { branch: 'page' });
  expect(packed.share).toBeGreaterThan(0.5);
  expect(packed.share).toBeLessThan(0.6);
  expect(await model.pack(FIRST, TEXT, { branch: 'page' })).toEqual(packed);
  const saved = await model.savePrefix(FIRST, storage, 'packed', { branch: 'page' });
  expect(saved.tokens).toBe(plain.tokens);
  expect(saved.bytes).toBeLessThan(0.65 * plain.bytes);

  // Another page in between: the rows of this one are parked and come back as they were.
  const question = { prompt: after(first.text, 'And who is in it?'), maxTokens: 8, ignoreEos: true };
  const want = await model.generate({ ...question, branch: 'page' });
  await model.generate({ prompt: chat(user('A dog ran. Who ran?')), maxTokens: 2, branch: 'other' });
  expect(model.held(FIRST, 'page')).toBe(plain.tokens);
  expect((await model.generate({ ...question, branch: 'page' })).ids).toEqual(want.ids);

  // The same question again, and another one about the same page, find it read.
  expect(model.held(FIRST, 'page')).toBe(plain.tokens);
  expect((await model.read(FIRST, { branch: 'page' })).reused).toBeGreaterThanOrEqual(packed.tokens);
  const other = await model.read(chat(about('Who is in it?')), { branch: 'page' });
  expect(other.read).toBeLessThan(0.1 * other.tokens);

  // A text that ends within the packed one is read as a whole, by the numbers of a model that never packed.
  const shorter = chat(user(PAGE.slice(0, PAGE.length / 2)));
  const fresh = await loadModel(store, demo, gpu, { capacity: 1024 });
  const { logits } = await fresh.logits(shorter);
  expect((await model.logits(shorter)).logits).toEqual(logits);

  const later = await open();
  expect((await later.loadPrefix(storage, 'packed', { branch: 'page' })).tokens).toBe(plain.tokens);
  expect(later.held(FIRST, 'page')).toBe(plain.tokens);
  expect((await later.generate({ ...question, branch: 'page' })).ids).toEqual(want.ids);
  // A model whose caches cannot be packed refuses the file before a row is written.
  await expect(fresh.loadPrefix(storage, 'packed')).rejects.toMatchObject({ code: 'prefix-unusable' });
  for (const each of [model, fresh, later]) each.dispose();
});

test('nothing is dropped of a short text, of what only one of both prompts has, or by a model that fails the test', async () => {
  const written: number[] = [];
  const tested: PackingCache = {
    read: async () => undefined,
    write: async (_, share) => void written.push(share),
  };
  const model = await loadModel(store, demo, gpu, { capacity: 1024 }, { packing: tested });
  await model.generate({ prompt: FIRST, maxTokens: 2, branch: 'page' });
  expect((await model.pack(chat(user('A dog ran.')), TEXT, { branch: 'page' })).share).toBe(1);
  expect((await model.pack(FIRST, { kind: 'text', text: 'A dog ran.' }, { branch: 'page' })).share).toBe(1);
  expect(written).toEqual([]);
  // The demo model cannot say a number that a text has.
  expect((await model.pack(FIRST, TEXT, { branch: 'page' })).share).toBe(1);
  expect(written).toEqual([1]);
  model.dispose();
});

test('what the test found is kept; a damaged file counts as nothing', async () => {
  const storage = memoryStorage();
  await storedPacking(storage).write('one', 0.3);
  await storedPacking(storage).write('two', 1);
  await storedPacking(storage).write('one', 0.5);
  expect(await storedPacking(storage).read('one')).toBe(0.5);
  expect(await storedPacking(storage).read('two')).toBe(1);
  await (await storage.create('adapters/packing.json')).write(0, new TextEncoder().encode('[["one", -1], '));
  expect(await storedPacking(storage).read('one')).toBeUndefined();
});

describeWithWeights('SmolLM2 135M Instruct', 'smollm2-135m-instruct', (file) => {
  test('passes the needle test with half of its rows or fewer, and answers from them', async () => {
    const blob = await disk.openAsBlob(file);
    const folder = folderFromFiles([{ path: 'model.gguf', file: blob as File }]);
    const { id } = await importModel(folder, store);
    const storage = memoryStorage();
    const model: LoadedModel = await loadModel(
      store,
      id,
      gpu,
      { capacity: 2048 },
      { packing: storedPacking(storage), variants: storedVariants(storage) },
    );
    const said = [...texts.slice(0, 3), 'The gate of the old farm is blue.', ...texts.slice(3, 6)].join(' ');
    const prompt: Prompt = {
      kind: 'messages',
      messages: [user(`${said}\n\nWhich colour has the gate of the old farm?`)],
      begun: 'The gate of the old farm is',
    };
    await model.read(prompt, { branch: 'page' });
    const { share } = await model.pack(prompt, chat(user(said)), { branch: 'page' });
    expect(share).toBeLessThan(0.6);
    const { text } = await model.generate({ prompt, maxTokens: 3, branch: 'page' });
    expect(text).toMatch(/blue/);
    model.dispose();
  });
});
