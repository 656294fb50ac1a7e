/** Runs on a GPU: their cost, skipped dispatches, slices, aborts, sampling and draft verification. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openTestGpu } from '../../scripts/testing/gpu.ts';
import { type Gpu, openGpu } from '../gpu/index.ts';
import { runPasses } from '../graph/passes/index.ts';
import { buildModel } from '../models/index.ts';
import { sample } from '../sampling/sample.ts';
import { GREEDY } from '../sampling/settings.ts';
import { createRuntime, type Runtime } from './index.ts';
import { CAPACITY, PROMPT, randomWeights, tensorSource, TINY } from '../testing/tiny-model.ts';

let gpu: Gpu;
let runtime: Runtime;
beforeAll(async () => {
  gpu = await openGpu((await openTestGpu()).gpu);
  const weights = () => ({ dtype: 'm0e4', group: 32 }) as const;
  const m = buildModel(TINY, { activations: 'f32', weights, maxChunk: 16, capacity: CAPACITY });
  runtime = await createRuntime(gpu, runPasses(m.graph), {
    capacity: CAPACITY,
    weights: tensorSource(randomWeights(m, 'm0e4')),
  });
});
afterAll(() => {
  runtime.dispose();
  gpu.dispose();
});

test('create nothing, one submit each, 4 bytes back; fed on the GPU they choose the same', async () => {
  let { id } = await runtime.prefill(PROMPT, 0);
  const slow: number[] = [];
  let before = runtime.counters();
  for (let p = PROMPT.length; p < CAPACITY; p++) {
    ({ id } = await runtime.step(id, p));
    if (p === PROMPT.length) before = runtime.counters(); // the first step prepares what an answer may need
    slow.push(id);
  }
  const after = runtime.counters();
  const steps = CAPACITY - PROMPT.length - 1;
  expect(after.buffersCreated - before.buffersCreated).toBe(0);
  expect(after.bindGroupsCreated - before.bindGroupsCreated).toBe(0);
  expect(after.pipelinesCreated - before.pipelinesCreated).toBe(0);
  expect(after.submits - before.submits).toBe(steps);
  expect(after.dispatches - before.dispatches).toBe(steps * runtime.dispatchesPerToken);
  expect(after.bytesRead - before.bytesRead).toBe(4 * steps);

  await runtime.prefill(PROMPT, 0);
  const flying = slow
    .map((_, i) => i)
    .slice(0, 8)
    .map((i) => runtime.step('previous', PROMPT.length + i));
  expect((await Promise.all(flying)).map((r) => r.id)).toEqual(slow.slice(0, 8));
});

test('after the first step, drafts of any length and short prompts create nothing', async () => {
  const { id } = await runtime.prefill(PROMPT, 0);
  const first = runtime.step(id, PROMPT.length);
  const ready = runtime.prepareVerify();
  const { buffersCreated, bindGroupsCreated, pipelinesCreated } = runtime.counters();
  await first;
  await ready;
  for (let rows = 2; rows <= 8; rows++) {
    await runtime.verify(PROMPT.slice(0, rows), PROMPT.length);
    await runtime.prefill(PROMPT.slice(0, rows), PROMPT.length);
    await runtime.step(id, PROMPT.length + rows);
  }
  expect(runtime.counters()).toMatchObject({ buffersCreated, bindGroupsCreated, pipelinesCreated });
});

test('the search for a number that is not finite ends at a signal', async () => {
  const stopped = AbortSignal.abort();
  await expect(runtime.findBroken?.(PROMPT, PROMPT.length, stopped)).rejects.toMatchObject({
    code: 'request-aborted',
  });
});

test('refuse a prompt that does not fit, stop between chunks, and continue afterwards', async () => {
  await expect(runtime.step(1, CAPACITY)).rejects.toMatchObject({ code: 'prompt-too-long' });
  await expect(runtime.prefill(PROMPT, 20)).rejects.toMatchObject({ code: 'prompt-too-long' });
  const want = (await runtime.prefill(PROMPT, 0)).id;
  const stop = new AbortController();
  const done: number[] = [];
  const onChunk = (n: number) => {
    done.push(n);
    stop.abort();
  };
  const stopped = runtime.prefill(PROMPT, 0, { signal: stop.signal, onChunk });
  await expect(stopped).rejects.toMatchObject({ code: 'request-aborted' });
  expect(done).toEqual([16]);
  expect((await runtime.prefill(PROMPT, 0)).id).toBe(want);
});

test('chunks before the last run neither the head nor the last layer past its keys and values', async () => {
  const before = runtime.counters();
  const { id } = await runtime.prefill(PROMPT.slice(0, 16), 0, { want: 'none' });
  const after = runtime.counters();
  expect(id).toBe(-1);
  // Embedding, the first layer, norm + q, k, v of the second.
  expect(after.dispatches - before.dispatches).toBe(1 + 5 + 1);
  expect(after.bytesRead).toBe(before.bytesRead);
  const rest = await runtime.prefill(PROMPT.slice(16), 16, { want: 'logits' });
  const whole = await runtime.prefill(PROMPT, 0, { want: 'logits' });
  expect(rest.logits).toEqual(whole.logits);
  expect(runtime.counters().dispatches - after.dispatches).toBe(7 + 2 * runtime.dispatchesPerToken);
});

test.each([
  ['temperature', { temperature: 1.5, seed: 3 }],
  ['top-k, top-p, min-p', { temperature: 2, topK: 20, topP: 0.9, minP: 0.05, seed: 4 }],
  ['a penalty alone', { repetitionPenalty: 1.7 }],
  ['all', { temperature: 1, topK: 30, topP: 0.95, minP: 0.01, repetitionPenalty: 1.3, seed: 2 ** 33 }],
] as const)('sample on the GPU, steps ahead of the readback: %s', async (_, some) => {
  const sampling = { ...GREEDY, ...some };
  const count = 8;
  runtime.setSampling(sampling, PROMPT);
  const got = [(await runtime.prefill(PROMPT, 0)).id];
  const before = runtime.counters();
  const flying = Array.from({ length: count }, (_x, i) => runtime.step('previous', PROMPT.length + i));
  got.push(...(await Promise.all(flying)).map((r) => r.id));
  const after = runtime.counters();
  expect(after.submits - before.submits).toBe(count);
  expect(after.bytesRead - before.bytesRead).toBe(4 * count);
  expect(after.dispatches - before.dispatches).toBe(count * runtime.dispatchesPerToken);
  expect(after.buffersCreated + after.bindGroupsCreated).toBe(
    before.buffersCreated + before.bindGroupsCreated,
  );

  // The same on the CPU, from the GPU's logits.
  const seen = [...PROMPT];
  let { logits } = await runtime.prefill(PROMPT, 0, { want: 'logits' });
  const want: number[] = [];
  while (want.length <= count) {
    const id = sample(logits!, sampling, { position: seen.length, seen });
    want.push(id);
    ({ logits } = await runtime.step(id, seen.length, 'logits'));
    seen.push(id);
  }
  expect(got).toEqual(want);
  runtime.setSampling(GREEDY);
});

test('rows of the cache are parked and restored, read and written', async () => {
  const next = () => runtime.step(9, PROMPT.length, 'logits');
  const overwrite = () => runtime.prefill(PROMPT.toReversed(), 0, { want: 'none' });
  await runtime.prefill(PROMPT, 0, { want: 'none' });
  const want = (await next()).logits;
  const { rows } = runtime;
  const live = gpu.counters.liveBytes;
  const tail = rows.park(10, PROMPT.length - 10);
  expect(tail.bytes).toBe(rows.bytesOf(PROMPT.length) - rows.bytesOf(10));
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  for await (const piece of rows.read(PROMPT.length)) pieces.push(piece);

  await overwrite();
  expect((await next()).logits).not.toEqual(want);
  await runtime.prefill(PROMPT.slice(0, 10), 0, { want: 'none' });
  rows.unpark(tail, 10);
  expect((await next()).logits).toEqual(want);
  tail.destroy();

  await overwrite();
  await rows.write(PROMPT.length, async () => pieces.shift()!);
  expect((await next()).logits).toEqual(want);
  expect(pieces).toHaveLength(0);
  expect(gpu.counters.liveBytes).toBe(live);
});

test('a second question after a long page costs a few per cent of the first', async () => {
  const cost = async (run: () => Promise<unknown>) => {
    const before = runtime.counters();
    await run();
    const after = runtime.counters();
    return { rows: after.rows - before.rows, dispatches: after.dispatches - before.dispatches };
  };
  const page = PROMPT.concat(PROMPT).slice(0, CAPACITY);
  const first = await cost(() => runtime.prefill(page, 0));
  const second = await cost(() => runtime.prefill(page.slice(-1), CAPACITY - 1));
  expect(first.rows).toBe(CAPACITY);
  expect((second.rows * second.dispatches) / (first.rows * first.dispatches)).toBeLessThanOrEqual(0.05);
});

test('verify a draft in one submit: the ids that steps would choose, row by row', async () => {
  expect(await runtime.prepareVerify()).toBe(true);
  const ids = [(await runtime.prefill(PROMPT, 0)).id];
  for (let i = 0; i < 8; i++) ids.push((await runtime.step(ids[i]!, PROMPT.length + i)).id);
  for (const rows of [2, 5, 8]) {
    const before = runtime.counters();
    expect(await runtime.verify(ids.slice(0, rows), PROMPT.length)).toEqual(ids.slice(1, rows + 1));
    const after = runtime.counters();
    expect(after.submits - before.submits).toBe(1);
    expect(after.bytesRead - before.bytesRead).toBe(4 * rows);
    expect(after.buffersCreated + after.bindGroupsCreated + after.pipelinesCreated).toBe(
      before.buffersCreated + before.bindGroupsCreated + before.pipelinesCreated,
    );
  }
  // Rows of a rejected draft are overwritten.
  await runtime.verify([ids[0]!, 3, 3, 3], PROMPT.length);
  expect((await runtime.step(ids[1]!, PROMPT.length + 1)).id).toBe(ids[2]);
  expect(await runtime.verify(ids.slice(1, 4), PROMPT.length + 1)).toEqual(ids.slice(2, 5));
});

describe('cut in slices', () => {
  afterAll(() => runtime.setPace('full'));

  test('give the same numbers, and create nothing', async () => {
    const whole = await runtime.prefill(PROMPT, 0, { want: 'logits' });
    const next = await runtime.step(whole.id, PROMPT.length, 'logits');
    for (const pace of ['polite', 'balanced'] as const) {
      runtime.setPace(pace);
      const before = runtime.counters();
      const sliced = await runtime.prefill(PROMPT, 0, { want: 'logits' });
      expect(sliced.logits).toEqual(whole.logits);
      const flying = runtime.step('previous', PROMPT.length, 'logits');
      expect((await flying).logits).toEqual(next.logits);
      const after = runtime.counters();
      expect(after.submits - before.submits).toBeGreaterThan(3);
      expect(after.bindGroupsCreated + after.buffersCreated).toBe(
        before.bindGroupsCreated + before.buffersCreated,
      );
    }
  });

  test('a stop in a prompt and in a step takes effect within one slice, and nothing is left behind', async () => {
    runtime.setPace('polite');
    const want = (await runtime.prefill(PROMPT, 0)).id;
    const stopped = async (run: (signal: AbortSignal) => Promise<unknown>) => {
      // A change of level resets the slice sizes, so the first slices are small again.
      runtime.setPace('balanced');
      runtime.setPace('polite');
      const stop = new AbortController();
      const first = runtime.counters().submits;
      const running = run(stop.signal).then(
        () => 'done',
        (error: { code: string }) => error.code,
      );
      while (runtime.counters().submits === first) await new Promise((r) => setImmediate(r));
      const at = runtime.counters().submits;
      stop.abort();
      expect(await running).toBe('request-aborted');
      expect(runtime.counters().submits - at).toBeLessThanOrEqual(1);
    };
    await stopped((signal) => runtime.prefill(PROMPT, 0, { signal }));
    // More often than there are readback slots, to show that each is freed.
    for (let i = 0; i < 10; i++) {
      await stopped((signal) => runtime.step(want, PROMPT.length, 'id', signal));
    }
    expect((await runtime.prefill(PROMPT, 0)).id).toBe(want);
  });
});

test('describes itself', () => {
  const text = runtime.describe();
  expect(text).toContain('program for S = 1: 14 dispatches');
  expect(text).toContain('qkv.gemv');
});
