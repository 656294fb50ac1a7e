/** Passages by meaning with the engine: a tiny encoder of random weights, and all-MiniLM-L6-v2 where its weights are. */
import { dirname } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  type CheckpointFolder,
  type Gpu,
  importModel,
  loadEmbedder,
  memoryFolder,
  memoryStorage,
  openGpu,
  openStore,
} from '../../../engine/index.ts';
import { miniLmFiles, TINY_ENCODERS, tinyEncoderFiles } from '../../../engine/testing/tiny-encoders.ts';
import { openTestGpu } from '../../../scripts/testing/gpu.ts';
import { describeWithWeights } from '../../../scripts/testing/weights.ts';
import { EmbedderService } from './embedder-service.ts';
import { PageMeaning } from './page-meaning.ts';

let gpu: Gpu;
beforeAll(async () => {
  gpu = await openGpu((await openTestGpu()).gpu);
});
afterAll(() => gpu.dispose());

/** Whoever waits, waits as long as it takes. */
async function meaningOf(folder: CheckpointFolder) {
  const store = openStore(memoryStorage());
  const model = await importModel(folder, store);
  const embedder = new EmbedderService({
    engine: { loadEmbedder: (id, hooks) => loadEmbedder(store, id, gpu, {}, hooks) },
    chosen: () => model,
    takenBytes: () => 0,
    memoryGiB: 4,
    idleMs: () => 0,
  });
  const limit = () => new AbortController().signal;
  return { embedder, meaning: new PageMeaning({ embedder, pace: () => 'full', limit }) };
}

test('an encoder of random weights tells for each sentence how near it is, and leaves the GPU', async () => {
  const family = TINY_ENCODERS.find(({ name }) => name === 'bert')!;
  const { embedder, meaning } = await meaningOf(memoryFolder('tiny', tinyEncoderFiles(family, 'F32')));
  const text = 'one two\nthree four five\nsix';
  await meaning.readAhead(text, new AbortController().signal);
  const [likeness] = (await meaning.likeness(text, ['four five'], { as: 'question' })) ?? [];
  const near = [0, 8, 24].map((start) => likeness!.of({ start, end: start + 3 }));
  expect(near.every(Number.isFinite)).toBe(true);
  expect(near.reduce((sum, x) => sum + x, 0)).toBeCloseTo(0, 3);
  embedder.release();
  expect(embedder.usable()).toBeDefined();
});

describeWithWeights('all-MiniLM-L6-v2', 'all-minilm-l6-v2', (file) => {
  test('finds the sentence that answers a question in other words', async () => {
    const { embedder, meaning } = await meaningOf(memoryFolder('MiniLM', miniLmFiles(dirname(file))));
    const sentences = [
      'She loads the trays on top of a large white appliance. ',
      'The tests cost 50 Euro per sample. ',
      'The laboratory lies near the beach. ',
      'Other researchers mill around in long coats. ',
      'Results are sent by mail after a week.',
    ];
    const text = sentences.join('');
    const [likeness] =
      (await meaning.likeness(text, ['What is the price of an analysis?'], { as: 'question' })) ?? [];
    const near = sentences.map((sentence) => {
      const start = text.indexOf(sentence);
      return likeness!.of({ start, end: start + sentence.length });
    });
    expect(near.indexOf(Math.max(...near))).toBe(1);
    embedder.release();
  });
});
