/**
 * Compares families on a GPU with the CPU, whose results `families.test.ts` compares with llama.cpp. Weights are f32,
 * so only the order of sums differs; on demand every family, also with activations in f16.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { onDemand } from '../../scripts/testing/assets.ts';
import { openTestGpu } from '../../scripts/testing/gpu.ts';
import { type Gpu, openGpu } from '../gpu/index.ts';
import type { ActivationDType } from '../tensor/tensor.ts';
import { CAPACITY, PROMPT, STEPS, TINY_FAMILIES, type TinyFamily } from '../testing/tiny-families.ts';
import { runPasses } from '../graph/passes/index.ts';
import { createRuntime, type Runtime } from '../runtime/index.ts';
import { memoryFolder } from '../weights/sources/memory-source.ts';
import { memoryStorage } from '../weights/store/storage-memory.ts';
import { openStore } from '../weights/store/store.ts';
import { importModel } from '../session/import/import.ts';
import { interpreterRuntime } from '../testing/interpreter-runtime.ts';
import { loadWith, type MakeRuntime } from '../session/load.ts';
import { furthest } from '../testing/stories.ts';
import { tinyFamilyFiles } from '../testing/tiny-family/files.ts';

let gpu: Gpu;
beforeAll(async () => {
  gpu = await openGpu((await openTestGpu()).gpu);
});
afterAll(() => gpu.dispose());

/** In every run one family per set of kernels; the others differ in sizes. */
const NAMES = [
  'qwen2',
  'smollm3',
  'gemma2',
  'gemma3',
  'phi-4-mini',
  'chatglm',
  'granite',
  'hunyuan',
  'olmo3',
  'granite-swa',
  'lfm3',
  'ministral3',
  'gemma4',
];

/** Loads on the adapter under test, and compares with f32 on the CPU. */
async function errorOf(family: TinyFamily, activations: ActivationDType): Promise<number> {
  const store = openStore(memoryStorage());
  const { id } = await importModel(memoryFolder('tiny', tinyFamilyFiles(family, 'F32')), store, {
    weights: 'f32',
  });
  const rowsOn = async (make: MakeRuntime, type: ActivationDType): Promise<Float32Array[]> => {
    let runtime: Runtime | undefined;
    const options = { activations: type, capacity: CAPACITY } as const;
    const model = await loadWith(store, id, options, {}, gpu.facts, async (...all) => {
      runtime = await make(...all);
      return runtime;
    });
    const { prefill, step } = runtime as Runtime;
    const rows = [(await prefill(PROMPT, 0, { want: 'logits' })).logits as Float32Array];
    for (const [i, token] of STEPS.entries()) {
      rows.push((await step(token, PROMPT.length + i, 'logits')).logits as Float32Array);
    }
    model.dispose();
    return rows;
  };
  const want = await rowsOn(interpreterRuntime, 'f32');
  const got = await rowsOn(
    (model, options) => createRuntime(gpu, runPasses(model.graph), options),
    activations,
  );
  return Math.max(...want.map((row, i) => furthest(got[i] as Float32Array, row)));
}

const inThisRun = TINY_FAMILIES.filter(({ name }) => onDemand === undefined || NAMES.includes(name));

test.each(inThisRun)('$name', async (family) => {
  // Sums of up to a hundred products over several layers; logits are around 10.
  expect(await errorOf(family, 'f32')).toBeLessThan(1e-3);
});

/** Activations of some units in halves, over several layers: 0.024 at most was seen. */
test.skipIf(onDemand !== undefined).each(TINY_FAMILIES)('$name, activations in f16', async (family) => {
  if (gpu.f16) expect(await errorOf(family, 'f16')).toBeLessThan(0.1);
});
