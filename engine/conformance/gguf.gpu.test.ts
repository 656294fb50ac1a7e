/** GGUF files on a GPU give the golden tokens. Tests of the files, without a GPU: `gguf.test.ts`. */
import * as disk from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeWithAssets } from '../../scripts/testing/assets.ts';
import { openTestGpu } from '../../scripts/testing/gpu.ts';
import { type Gpu, openGpu } from '../gpu/index.ts';
import { seededRandom } from '../tensor/random.ts';
import { tinyModel, withRandomBlocks, writeGguf } from '../testing/tiny-gguf.ts';
import { memoryFolder } from '../weights/sources/memory-source.ts';
import { memoryStorage } from '../weights/store/storage-memory.ts';
import { openStore } from '../weights/store/store.ts';
import { importModel } from '../session/import/import.ts';
import { loadModel, loadWith } from '../session/load.ts';
import { interpreterRuntime } from '../testing/interpreter-runtime.ts';
import { furthest, goldenOf, STORIES } from '../testing/stories.ts';

let gpu: Gpu;
beforeAll(async () => {
  gpu = await openGpu((await openTestGpu()).gpu);
});
afterAll(() => gpu.dispose());

describeWithAssets(
  'stories260K as GGUF on the GPU',
  ['models/stories260K-gguf', ...STORIES],
  (gguf, ...paths) => {
    const golden = goldenOf(disk, paths, 'f32');

    // 201 and 115 with BOS: there llama.cpp's quantisation to q8_0 departs from the golden.
    test.each([
      ['f16', 'f16', 200],
      ['q8_0', 'f32', 114],
    ] as const)('%s file, weights %s: %i golden tokens', async (file, weights, tokens) => {
      const bytes = new Uint8Array(disk.readFileSync(`${gguf}/stories260K.v3.${file}.gguf`));
      const store = openStore(memoryStorage());
      const { id } = await importModel(memoryFolder('stories', { 'm.gguf': bytes }), store, { weights });
      const model = await loadModel(store, id, gpu, { activations: 'f32' });
      const prompt = { kind: 'text', text: '' } as const;
      const { ids } = await model.generate({ prompt, maxTokens: tokens, ignoreEos: true });
      model.dispose();
      expect(ids).toEqual(golden.bos_greedy_ids.slice(1, tokens + 1));
    });
  },
);

// Only Q4_0 and Q4_1 give negative scales: M0E4's own quantiser makes s ≥ 0.
test.each(['Q4_0', 'Q4_1'])('%s with scales of both signs gives the logits of the CPU', async (type) => {
  const store = openStore(memoryStorage());
  const file = writeGguf(withRandomBlocks(tinyModel(type), seededRandom(5)));
  const { id } = await importModel(memoryFolder('tiny', { 'm.gguf': file }), store, { weights: 'm0e4' });
  const onGpu = await loadModel(store, id, gpu, { activations: 'f32' });
  const onCpu = await loadWith(store, id, { activations: 'f32' }, {}, gpu.facts, interpreterRuntime);
  const prompt = { kind: 'text', text: 'a hedge' } as const;
  const [got, want] = [await onGpu.logits(prompt), await onCpu.logits(prompt)];
  onGpu.dispose();
  expect(Math.max(...want.logits.map(Math.abs))).toBeGreaterThan(0.1);
  // Sums of about a hundred products in f32, in another order.
  expect(furthest(got.logits, want.logits)).toBeLessThan(1e-4);
});
