/**
 * Compares the whole engine on a GPU with independent goldens: llama2.c's text and a float64 program's logits for
 * stories260K.
 *
 * Tolerances, for logits around 10. f32: measured 1e-5; hardware with a less exact exp may have ten times that.
 * {@link SINGLE} is still below every golden margin (9e-4 for bf16, 4e-3 otherwise), so tokens must be equal.
 * f16 activations: about thirty roundings of 2^-11 per token; measured 0.017, and {@link HALF} allows three times that.
 * Tokens must be equal until the two best logits are closer than that.
 */
import * as disk from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeWithAssets, onDemand } from '../../scripts/testing/assets.ts';
import { openTestGpu } from '../../scripts/testing/gpu.ts';
import { type Gpu, openGpu } from '../gpu/index.ts';
import { runPasses } from '../graph/passes/index.ts';
import { createRuntime, type Runtime } from '../runtime/index.ts';
import type { ActivationDType } from '../tensor/tensor.ts';
import type { WeightProfile } from '../weights/store/profiles.ts';
import { memoryStorage } from '../weights/store/storage-memory.ts';
import { openStore } from '../weights/store/store.ts';
import { importModel } from '../session/import/import.ts';
import { interpreterRuntime } from '../testing/interpreter-runtime.ts';
import { loadWith } from '../session/load.ts';
import type { LoadedModel } from '../session/model.ts';
import { FORMS, furthest, goldenOf, STORIES, storiesFolder } from '../testing/stories.ts';
import type { GenerateEvent, GenerateRequest } from '../session/types.ts';

const SINGLE = 5e-4;
const HALF = 0.05;
/** Tokens of the golden text where another test reads all 200; all on demand. */
const SOME = onDemand === undefined ? 200 : 50;

interface Loaded {
  readonly model: LoadedModel;
  readonly runtime: Runtime;
}

let gpu: Gpu;
const loaded: LoadedModel[] = [];

beforeAll(async () => {
  gpu = await openGpu((await openTestGpu()).gpu);
});
afterAll(async () => {
  for (const model of loaded) model.dispose();
  await Promise.resolve();
  gpu.dispose();
});

async function load(
  path: string,
  weights: WeightProfile = 'f32',
  activations: ActivationDType = 'f32',
): Promise<Loaded> {
  const store = openStore(memoryStorage());
  const { id } = await importModel(storiesFolder(disk, path), store, { weights });
  let runtime: Runtime | undefined;
  const model = await loadWith(store, id, { activations }, {}, gpu.facts, async (built, options) => {
    runtime = await createRuntime(gpu, runPasses(built.graph), options);
    return runtime;
  });
  loaded.push(model);
  return { model, runtime: runtime as Runtime };
}

const ask = (text: string, maxTokens: number): GenerateRequest => ({
  prompt: { kind: 'text', text },
  maxTokens,
  ignoreEos: true,
});

describeWithAssets('stories260K on the GPU', STORIES, (...paths) => {
  const path = paths[0] as string;
  const golden = goldenOf(disk, paths, 'f32');
  const ids = golden.bos_greedy_ids.slice(1);

  test.each(FORMS)('%s gives the golden tokens, text and logits', async (form) => {
    const want = goldenOf(disk, paths, form);
    const { model } = await load(paths[FORMS.indexOf(form)] as string);
    const tokens = form === 'f32' ? 200 : SOME;
    const bos = await model.generate(ask('', tokens));
    expect(bos.ids).toEqual(want.bos_greedy_ids.slice(1, 1 + tokens));
    if (tokens === 200) expect(bos.text).toBe(want.bos_greedy_text);
    else expect(want.bos_greedy_text.startsWith(bos.text)).toBe(true);
    const first = await model.logits({ kind: 'text', text: '' });
    expect(furthest(first.logits, want.bos_first_logits)).toBeLessThan(SINGLE);
    for (const { prompt, last_logits, greedy_ids, greedy_text } of want.prompts.slice(
      0,
      form === 'f32' ? 2 : 1,
    )) {
      const { logits } = await model.logits({ kind: 'text', text: prompt });
      expect(furthest(logits, last_logits)).toBeLessThan(SINGLE);
      const result = await model.generate(ask(prompt, 60));
      expect(result.ids).toEqual(greedy_ids);
      expect(prompt + result.text).toBe(greedy_text);
    }
  });

  test('f16 activations give logits within the tolerance, and equal tokens as long as it decides them', async (t) => {
    if (!gpu.f16) return t.skip(`${gpu.facts.name} has no shader-f16`);
    const { model } = await load(path, 'f32', 'f16');
    const { logits } = await model.logits({ kind: 'text', text: '' });
    expect(furthest(logits, golden.bos_first_logits)).toBeLessThan(HALF);
    const { runtime: exact } = await load(path);
    const decided = await decidedSteps(exact, ids.slice(0, SOME), HALF);
    const got = await model.generate(ask('', SOME));
    const same = got.ids.findIndex((id, i) => id !== ids[i]);
    expect(same === -1 ? SOME : same).toBeGreaterThanOrEqual(decided);
    for (const { prompt, last_logits } of golden.prompts) {
      const last = await model.logits({ kind: 'text', text: prompt });
      expect(furthest(last.logits, last_logits)).toBeLessThan(HALF);
    }
  }, 300_000);

  test.each(['m0e4', 'f16'] as const)('%s weights give the results of the CPU', async (weights) => {
    const { model } = await load(path, weights);
    const store = openStore(memoryStorage());
    const { id } = await importModel(storiesFolder(disk, path), store, { weights });
    const onCpu = await loadWith(store, id, { activations: 'f32' }, {}, gpu.facts, interpreterRuntime);
    for (const text of ['', 'One day, a boy named Ben']) {
      const [got, want] = [
        await model.logits({ kind: 'text', text }),
        await onCpu.logits({ kind: 'text', text }),
      ];
      expect(furthest(got.logits, want.logits)).toBeLessThan(SINGLE);
    }
    expect((await model.generate(ask('', 30))).ids).toEqual((await onCpu.generate(ask('', 30))).ids);
  });

  test('reading n tokens at once equals n single steps', async () => {
    const { runtime } = await load(path);
    for (const n of [2, 17, 130]) {
      const text = golden.bos_greedy_ids.slice(0, n);
      const together = await runtime.prefill(text, 0, { want: 'logits' });
      const expected = together.logits?.slice() as Float32Array;
      let single = together;
      for (const [position, id] of text.entries()) single = await runtime.step(id, position, 'logits');
      expect(furthest(single.logits as Float32Array, expected), `${n} tokens`).toBeLessThan(SINGLE);
      expect(single.id).toBe(together.id);
    }
  });

  test('a step creates nothing, submits once and reads 4 bytes back', async () => {
    const { model } = await load(path, 'm0e4');
    for (const text of ['', 'Once upon a time']) {
      const { counters } = await model.generate(ask(text, 40));
      expect(counters.createdPerToken).toEqual({ buffers: 0, bindGroups: 0, pipelines: 0 });
      expect(counters.submitsPerToken).toBe(1);
      expect(counters.readbackBytesPerToken).toBe(4);
      expect(counters.dispatchesPerToken).toBe(Math.round(counters.dispatchesPerToken));
      expect(counters.weightBytesReadPerToken).toBeGreaterThan(100_000);
      expect(counters.peakGpuBytes).toBeGreaterThanOrEqual(counters.weightBytes + counters.cacheBytes);
    }
    const sampled = await model.generate({ ...ask('', 20), sampling: { temperature: 1, seed: 1 } });
    expect(sampled.counters.createdPerToken).toEqual({ buffers: 0, bindGroups: 0, pipelines: 0 });
  });

  test('runs only the new tokens of a prompt that starts like the previous one', async () => {
    const { model } = await load(path);
    const { model: fresh } = await load(path);
    await model.generate(ask('One day, a boy named Tim', 20));
    const events: GenerateEvent[] = [];
    const got = await model.generate(ask('One day, a boy named Ben', 60), { onEvent: (e) => events.push(e) });
    const total = got.promptIds.length;
    const reused = events[0]?.kind === 'prefill' ? events[0].reused : 0;
    expect(reused).toBeGreaterThanOrEqual(total - 3);
    expect(events[0]).toEqual({ kind: 'prefill', done: reused, total, reused });
    expect(got.ids).toEqual((await fresh.generate(ask('One day, a boy named Ben', 60))).ids);
  });
});

/** Returns how many golden tokens are decided by a margin above the tolerance, by f32 logits along the golden text. */
async function decidedSteps(runtime: Runtime, ids: readonly number[], tolerance: number): Promise<number> {
  for (const [position, id] of [1, ...ids.slice(0, -1)].entries()) {
    const { logits } = await runtime.step(id, position, 'logits');
    const [best, second] = [...(logits as Float32Array)].sort((a, b) => b - a) as [number, number];
    if (best - second < tolerance) return position;
  }
  return ids.length;
}
