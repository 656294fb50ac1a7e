/** What a request meets while the pipelines of an answer still compile: its prompt is read, and it can be stopped. */
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import {
  fakeGpu,
  GPU_CONSTANTS,
  type HeldPipelines,
  holdPipelines,
  turns,
} from '../../../scripts/testing/fake-gpu.ts';
import { type Gpu, openGpu } from '../../gpu/index.ts';
import { tinyFiles } from '../../testing/tiny-checkpoint.ts';
import { memoryFolder } from '../../weights/sources/memory-source.ts';
import { memoryStorage } from '../../weights/store/storage-memory.ts';
import { type ModelStore, openStore } from '../../weights/store/store.ts';
import { importModel } from '../import/import.ts';
import { loadModel } from '../load.ts';
import type { LoadedModel } from '../model.ts';
import type { GenerateEvent } from '../types.ts';

const PROMPT = { kind: 'text', text: 'abc abc abc abc' } as const;
/** Pipelines of a chunk without outputs, and of one with them. */
const STATES = 5;
const PROMPT_ALL = 8;

let store: ModelStore;
let gpu: Gpu;
let held: HeldPipelines;
let events: GenerateEvent[];
beforeAll(async () => {
  for (const [name, value] of Object.entries(GPU_CONSTANTS)) vi.stubGlobal(name, value);
  store = openStore(memoryStorage());
  await importModel(memoryFolder('tiny', tinyFiles()), store, { id: 'tiny', weights: 'f32' });
});
afterAll(() => vi.unstubAllGlobals());
beforeEach(async () => {
  gpu = await openGpu(fakeGpu().provider);
  held = holdPipelines(gpu);
  events = [];
});

/** The model when `count` pipelines are there. */
async function loadedWith(count: number): Promise<LoadedModel> {
  const loading = loadModel(store, 'tiny', gpu, { capacity: 64, activations: 'f32' });
  while (held.waiting.length === 0) await turns();
  await held.release(count);
  return loading;
}

const ask = (model: LoadedModel, signal?: AbortSignal) =>
  model.generate(
    { prompt: PROMPT, maxTokens: 4, ignoreEos: true },
    { onEvent: (event) => events.push(event), ...(signal === undefined ? {} : { signal }) },
  );

const read = () => events.findLast((event) => event.kind === 'prefill');

test('a page is read ahead before the pipelines of an answer are there', async () => {
  const model = await loadedWith(STATES);
  expect(await model.read(PROMPT)).toMatchObject({ reused: 0, tokens: 16, read: 16 });
  expect(held.waiting.length).toBeGreaterThan(0);
  expect(held.unfinishedUses).toBe(0);
});

test('the prompt is read and the first word chosen before the pipelines of a step are there', async () => {
  const model = await loadedWith(PROMPT_ALL);
  const answer = ask(model);
  await turns();
  expect(read()).toMatchObject({ done: 16, total: 16 });
  expect(events.filter(({ kind }) => kind === 'token')).toHaveLength(1);
  await held.release();
  expect((await answer).ids).toHaveLength(4);
  expect(held.unfinishedUses).toBe(0);
});

test('a step that does not compile ends the answer with the error of the shader', async () => {
  const model = await loadedWith(PROMPT_ALL);
  const answer = ask(model);
  await turns();
  const [label] = held.waiting;
  await Promise.all([
    expect(answer).rejects.toMatchObject({ code: 'gpu-program', who: `kernel ${label}` }),
    held.refuse(),
  ]);
  await held.release();
  await expect(ask(model)).rejects.toMatchObject({ code: 'gpu-program' });
});

test('a stop while a step waits keeps the first word', async () => {
  const model = await loadedWith(PROMPT_ALL);
  const stop = new AbortController();
  const answer = ask(model, stop.signal);
  await turns();
  stop.abort();
  expect(await answer).toMatchObject({ stop: 'cancelled', ids: [0] });
});

test('a model that is disposed while a step waits cancels the answer and frees its memory', async () => {
  const model = await loadedWith(PROMPT_ALL);
  const answer = ask(model);
  await turns();
  model.dispose();
  expect(await answer).toMatchObject({ stop: 'cancelled', ids: [0] });
  await held.release();
  expect(gpu.counters.liveBytes).toBe(0);
  gpu.check();
});
