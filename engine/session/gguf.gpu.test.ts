/** GGUF files on a GPU: the tokens of the goldens. Everything about files, without a GPU: `gguf.test.ts`. */
import * as disk from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeWithAssets } from '../../scripts/testing/assets.ts';
import { openTestGpu } from '../../scripts/testing/gpu.ts';
import { type Gpu, openGpu } from '../gpu/index.ts';
import { memoryFolder } from '../weights/source-memory.ts';
import { memoryStorage } from '../weights/storage-memory.ts';
import { openStore } from '../weights/store.ts';
import { importModel } from './import.ts';
import { loadModel } from './load.ts';
import { goldenOf, STORIES } from './stories.ts';

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

    // With BOS 201 and 115: llama.cpp's quantisation to q8_0 departs from the golden there.
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
