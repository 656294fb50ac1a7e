/** Pipelines arrive one by one, and each run is submitted when those of its own dispatches are there. */
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import {
  fakeGpu,
  GPU_CONSTANTS,
  type HeldPipelines,
  holdPipelines,
  turns,
} from '../../../scripts/testing/fake-gpu.ts';
import { type Gpu, openGpu } from '../../gpu/index.ts';
import { runPasses } from '../../graph/passes/index.ts';
import { buildModel } from '../../models/index.ts';
import { CAPACITY, PROMPT, randomWeights, tensorSource, TINY } from '../../testing/tiny-model.ts';
import { createRuntime, type Runtime } from '../index.ts';

const model = buildModel(TINY, {
  activations: 'f32',
  weights: () => ({ dtype: 'm0e4', group: 32 }),
  maxChunk: 16,
  capacity: CAPACITY,
});
const graph = runPasses(model.graph);
const source = tensorSource(randomWeights(model, 'm0e4'));
const weights = { ...source };
const CHUNK = PROMPT.slice(0, 16);

/** Pipelines in the order of use: of a chunk without outputs, of one with outputs, of all that a load asks for. */
const STATES = 5;
const PROMPT_ALL = 8;
const ALL = 13;
/** Dispatches of a chunk without outputs: embedding, the first layer, norm + q, k, v of the second. */
const STATE_DISPATCHES = 7;

let gpu: Gpu;
let held: HeldPipelines;
let progress: string[];
beforeAll(() => {
  for (const [name, value] of Object.entries(GPU_CONSTANTS)) vi.stubGlobal(name, value);
});
afterAll(() => vi.unstubAllGlobals());
beforeEach(async () => {
  gpu = await openGpu(fakeGpu().provider);
  held = holdPipelines(gpu);
  progress = [];
});

const load = (signal?: AbortSignal) =>
  createRuntime(gpu, graph, {
    capacity: CAPACITY,
    weights,
    onProgress: ({ phase, done, total }) => progress.push(phase === 'compiling' ? `${done}/${total}` : phase),
    ...(signal === undefined ? {} : { signal }),
  });

/** The runtime once it can run a chunk without outputs. */
async function loadedEarly(): Promise<Runtime> {
  const loading = load();
  await turns();
  await held.release(STATES);
  return loading;
}

/** Whether the promise has settled by now. */
async function settled(promise: Promise<unknown>): Promise<boolean> {
  let over = false;
  const end = () => {
    over = true;
  };
  promise.then(end, end);
  await turns();
  return over;
}

test('all pipelines are asked for before the first weight; a load waits for those of a first chunk', async () => {
  let asked: number | undefined;
  weights.read = (...row) => {
    asked ??= held.waiting.length;
    return source.read(...row);
  };
  const loading = load();
  let loaded = false;
  void loading.then(() => {
    loaded = true;
  });
  await turns();
  expect(asked).toBe(ALL);
  for (let i = 1; i <= STATES; i++) {
    expect(loaded).toBe(false);
    await held.release(1);
  }
  expect(loaded).toBe(true);
  expect(progress.filter((line) => line !== 'uploading')).toEqual(
    Array.from({ length: STATES }, (_, i) => `${i + 1}/${PROMPT_ALL}`),
  );
  await held.release();
  expect(progress.at(-1)).toBe(`${STATES}/${PROMPT_ALL}`); // nothing after the load
});

test('a chunk, a whole prompt and a step run as soon as their own pipelines are there', async () => {
  const runtime = await loadedEarly();
  const dispatches = () => runtime.counters().dispatches;
  const step = runtime.dispatchesPerToken;
  const before = dispatches();
  await runtime.prefill(CHUNK, 0, { want: 'none' });
  expect(dispatches() - before).toBe(STATE_DISPATCHES);
  expect(held.waiting).toHaveLength(ALL - STATES);

  const whole = runtime.prefill(CHUNK, 0);
  await turns();
  expect(dispatches() - before).toBe(STATE_DISPATCHES);
  await held.release(PROMPT_ALL - STATES);
  const { id } = await whole;
  expect(dispatches() - before).toBe(STATE_DISPATCHES + step);
  expect(held.waiting).toHaveLength(ALL - PROMPT_ALL);

  const steps = [runtime.step(id, CHUNK.length), runtime.step('previous', CHUNK.length + 1)];
  await held.release(ALL - PROMPT_ALL - 1);
  expect(dispatches() - before).toBe(STATE_DISPATCHES + step);
  await held.release(1);
  await Promise.all(steps);
  expect(dispatches() - before).toBe(STATE_DISPATCHES + 3 * step);

  // From then on a step is submitted by the call.
  const next = runtime.step(id, CHUNK.length + 2);
  expect(dispatches() - before).toBe(STATE_DISPATCHES + 4 * step);
  await next;
  expect(held.unfinishedUses).toBe(0);
  runtime.dispose();
});

test('a stop ends the wait for pipelines, and the next run works', async () => {
  const runtime = await loadedEarly();
  const stop = new AbortController();
  const before = runtime.counters().submits;
  const step = runtime.step(1, 0, 'id', stop.signal);
  const prompt = runtime.prefill(PROMPT, 0, { signal: stop.signal });
  stop.abort();
  await expect(step).rejects.toMatchObject({ code: 'request-aborted' });
  await expect(prompt).rejects.toMatchObject({ code: 'request-aborted' });
  await held.release();
  expect(runtime.counters().submits).toBe(before);
  await runtime.step(1, 0);
  expect(held.unfinishedUses).toBe(0);
});

test('a runtime that is disposed while its pipelines compile submits nothing more, and all memory is free', async () => {
  const runtime = await loadedEarly();
  const step = runtime.step(1, 0);
  const drafts = runtime.prepareVerify();
  expect(await settled(step)).toBe(false);
  const before = runtime.counters().submits;
  runtime.dispose();
  await expect(step).rejects.toMatchObject({ code: 'request-aborted' });
  await held.release();
  await drafts;
  await turns();
  expect(gpu.counters.submits).toBe(before);
  expect(gpu.counters.liveBytes).toBe(0);
  gpu.check();
});

test('a load that is cancelled while pipelines compile ends at once, and all memory is free', async () => {
  const stop = new AbortController();
  const loading = load(stop.signal);
  await turns();
  stop.abort();
  await expect(loading).rejects.toMatchObject({ code: 'request-aborted' });
  expect(gpu.counters.liveBytes).toBe(0);
  await held.release();
  gpu.check();
});

test('a pipeline of a prompt that does not compile fails the load', async () => {
  const loading = load();
  await turns();
  await Promise.all([
    expect(loading).rejects.toMatchObject({ code: 'gpu-program', got: 'the compiler refuses' }),
    held.refuse(),
  ]);
  expect(gpu.counters.liveBytes).toBe(0);
});

test('a pipeline of a step that does not compile fails each step with its name; prompts still run', async () => {
  const runtime = await loadedEarly();
  await held.release(PROMPT_ALL - STATES);
  const [label] = held.waiting;
  const step = runtime.step(1, 0);
  await Promise.all([
    expect(step).rejects.toMatchObject({ code: 'gpu-program', who: `kernel ${label}` }),
    held.refuse(),
  ]);
  await held.release();
  await expect(runtime.step(1, 0)).rejects.toMatchObject({ code: 'gpu-program' });
  expect((await runtime.prefill(CHUNK, 0)).id).toBe(0);
});
