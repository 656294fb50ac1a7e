/**
 * Encoders on a GPU: the vectors of transformers (encoders.test.ts), in runs of many rows, of a few and of one; and
 * all-MiniLM-L6-v2 with its published weights, which come with `npm run weights`.
 */
import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openTestGpu } from '../../scripts/testing/gpu.ts';
import { describeWithWeights } from '../../scripts/testing/weights.ts';
import { type Gpu, openGpu } from '../gpu/index.ts';
import { runPasses } from '../graph/passes/index.ts';
import { createEncoder, type Encoder } from '../runtime/index.ts';
import { loadEmbedder, loadEmbedderWith } from '../session/embed/load-embedder.ts';
import { importModel } from '../session/import/import.ts';
import { furthest } from '../testing/stories.ts';
import {
  miniLmFiles,
  MINI_LM_TEXTS,
  PASSAGES,
  TINY_ENCODERS,
  tinyEncoderFiles,
} from '../testing/tiny-encoders.ts';
import { memoryFolder } from '../weights/sources/memory-source.ts';
import { memoryStorage } from '../weights/store/storage-memory.ts';
import { openStore } from '../weights/store/store.ts';

let gpu: Gpu;
beforeAll(async () => {
  gpu = await openGpu((await openTestGpu()).gpu);
});
afterAll(() => gpu.dispose());

describe.each(TINY_ENCODERS)('$name', (family) => {
  const want = JSON.parse(readFileSync(family.golden, 'utf8')).transformers.formats.F32 as number[][];

  test('vectors of transformers; a run creates nothing', async () => {
    const store = openStore(memoryStorage());
    const folder = memoryFolder('tiny', tinyEncoderFiles(family, 'F32'));
    const { id } = await importModel(folder, store, { weights: 'f32' });
    let made: Encoder | undefined;
    const options = { activations: 'f32' } as const;
    const embedder = await loadEmbedderWith(store, id, options, {}, gpu.facts, async (model, own) => {
      made = await createEncoder(gpu, runPasses(model.graph), own);
      return made;
    });
    const encoder = made as Encoder;
    // Sums in another order, of numbers up to 20.
    expect(furthest(await encoder.run(PASSAGES), want.flat())).toBeLessThan(1e-3);
    for (const [i, passage] of PASSAGES.entries()) {
      expect(furthest(await encoder.run([passage]), want[i] as number[]), `${i}`).toBeLessThan(1e-3);
    }
    const before = encoder.counters();
    await Promise.all([encoder.run(PASSAGES), encoder.run([...PASSAGES].reverse())]);
    const after = encoder.counters();
    expect(after.dispatches - before.dispatches).toBe(2 * encoder.dispatches);
    for (const kind of ['buffersCreated', 'bindGroupsCreated', 'pipelinesCreated'] as const)
      expect(after[kind] - before[kind], kind).toBe(0);
    embedder.dispose();
  });
});

describeWithWeights('all-MiniLM-L6-v2 on a GPU', 'all-minilm-l6-v2', (file) => {
  test('as the app loads it: cosines with the vectors of PyTorch', async () => {
    const store = openStore(memoryStorage());
    const { id } = await importModel(memoryFolder('MiniLM', miniLmFiles(dirname(file))), store);
    const embedder = await loadEmbedder(store, id, gpu);
    expect(embedder.facts).toMatchObject({ width: 384, maxTokens: 256, dispatches: 4 + 6 * 7 + 1 });
    const { vectors, tokens, cut } = await embedder.embed(MINI_LM_TEXTS.map(({ text }) => text));
    expect([tokens, cut]).toEqual([MINI_LM_TEXTS.map(({ ids }) => ids.length), []]);
    for (const [i, { text, vector }] of MINI_LM_TEXTS.entries()) {
      // Weights in 8 bits, activations in f16 where the adapter has it.
      const product = vector.reduce((sum, x, k) => sum + x * (vectors[i]?.[k] as number), 0);
      expect(product, text).toBeGreaterThan(0.999);
    }
    embedder.dispose();
  });
});
