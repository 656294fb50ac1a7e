/** Programs with immediates give the same numbers as programs that write their parameters, and write less. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTestGpu } from '../../../scripts/testing/gpu.ts';
import { type Gpu, openGpu } from '../../gpu/index.ts';
import { runPasses } from '../../graph/passes/index.ts';
import { buildModel } from '../../models/index.ts';
import { CAPACITY, PROMPT, randomWeights, tensorSource, TINY } from '../../testing/tiny-model.ts';
import { createRuntime, type Runtime } from '../index.ts';
import type { VariantResult } from '../variants/self-test.ts';

let gpu: Gpu;
const runtimes: Runtime[] = [];

beforeAll(async () => {
  gpu = await openGpu((await openTestGpu()).gpu);
  const weights = () => ({ dtype: 'm0e4', group: 32 }) as const;
  const model = buildModel(TINY, { activations: 'f32', weights, maxChunk: 16, capacity: CAPACITY });
  const on: VariantResult = { variant: 'immediates', scalar: 'f32', state: 'on' };
  for (const results of [[], gpu.immediates ? [on] : []]) {
    const made = await createRuntime(gpu, runPasses(model.graph), {
      capacity: CAPACITY,
      weights: tensorSource(randomWeights(model, 'm0e4')),
      variants: { key: 'test', results },
    });
    runtimes.push(made);
  }
});
afterAll(() => {
  for (const runtime of runtimes) runtime.dispose();
  gpu.dispose();
});

/** Logits of a prompt in chunks, of a step and of slices; ids of a draft. */
async function numbers(runtime: Runtime) {
  const whole = await runtime.prefill(PROMPT, 0, { want: 'logits' });
  const step = await runtime.step(whole.id, PROMPT.length, 'logits');
  await runtime.prepareVerify();
  const draft = await runtime.verify(PROMPT.slice(0, 5), PROMPT.length);
  runtime.setPace('polite');
  const sliced = await runtime.prefill(PROMPT.slice(0, 11), 0, { want: 'logits' });
  const ahead = await runtime.step('previous', 11, 'logits');
  runtime.setPace('full');
  return [whole.logits, step.logits, draft, sliced.logits, ahead.logits];
}

test('the same numbers, in chunks, in slices and for drafts', async (t) => {
  if (!gpu.immediates) return t.skip('this WebGPU has no immediates');
  const [plain, immediate] = runtimes as [Runtime, Runtime];
  expect(await numbers(immediate)).toEqual(await numbers(plain));
});

test('a step writes nothing but its three numbers', async (t) => {
  if (!gpu.immediates) return t.skip('this WebGPU has no immediates');
  const [plain, immediate] = runtimes as [Runtime, Runtime];
  const written = async (runtime: Runtime) => {
    await runtime.prefill(PROMPT, 0);
    const before = runtime.counters().bytesWritten;
    await runtime.step('previous', PROMPT.length);
    return runtime.counters().bytesWritten - before;
  };
  // Position, its row of the cache, and the parts that attention is cut into.
  expect(await written(immediate)).toBe(12);
  expect(await written(plain)).toBeGreaterThan(12);
});
