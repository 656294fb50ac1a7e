/**
 * all-MiniLM-L6-v2 against PyTorch: the published weights, by the ops' reference implementations. They come with
 * `npm run weights`; without them the test is skipped.
 */
import { dirname } from 'node:path';
import { expect, test } from 'vitest';
import { describeWithWeights } from '../../scripts/testing/weights.ts';
import { loadEmbedderWith } from '../session/embed/load-embedder.ts';
import { importModel } from '../session/import/import.ts';
import { interpreterEncoder } from '../testing/interpreter-encoder.ts';
import { CPU_FACTS } from '../testing/interpreter-runtime.ts';
import { furthest } from '../testing/stories.ts';
import { miniLmFiles, MINI_LM_TEXTS as texts } from '../testing/tiny-encoders.ts';
import { memoryFolder } from '../weights/sources/memory-source.ts';
import { memoryStorage } from '../weights/store/storage-memory.ts';
import { openStore } from '../weights/store/store.ts';

/** Numbers of a vector are about 0.05; the golden has six decimals, and both add in f32 in another order. */
const SUMS = 5e-6;

describeWithWeights('all-MiniLM-L6-v2', 'all-minilm-l6-v2', (file) => {
  test.each([
    ['f32', SUMS, 1],
    // Signed bytes with a scale for 32 weights: the angle to the exact vector stays below three degrees.
    ['published', 0.03, 0.999],
  ] as const)(
    'stored as %s: ids and vectors of PyTorch, all texts in one run',
    async (weights, most, cosine) => {
      const store = openStore(memoryStorage());
      const folder = memoryFolder('MiniLM', miniLmFiles(dirname(file)));
      const { id, embeds } = await importModel(folder, store, { weights });
      expect(embeds).toEqual({ width: 384, maxTokens: 256 });
      const runs: number[][][] = [];
      const options = { activations: 'f32' } as const;
      const embedder = await loadEmbedderWith(store, id, options, {}, CPU_FACTS, async (...given) => {
        const encoder = await interpreterEncoder(...given);
        const run: typeof encoder.run = (passages) => {
          runs.push(passages.map((ids) => Array.from(ids)));
          return encoder.run(passages);
        };
        return { ...encoder, run };
      });
      const { vectors } = await embedder.embed(texts.map(({ text }) => text));
      expect(runs).toEqual([texts.map(({ ids }) => ids)]);
      for (const [i, { text, vector }] of texts.entries()) {
        expect(furthest(vectors[i] as Float32Array, vector), text).toBeLessThan(most);
        const product = vector.reduce((sum, x, k) => sum + x * (vectors[i]?.[k] as number), 0);
        expect(product, text).toBeGreaterThan(cosine - 1e-4);
      }
    },
  );
});
