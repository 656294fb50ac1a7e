import { expect, test } from 'vitest';
import { tinyFiles } from '../../testing/tiny-checkpoint.ts';
import { memoryFolder } from '../../weights/sources/memory-source.ts';
import { inspectCheckpoint } from './inspect.ts';

test('sizes of weights and cache are sums over all of them, with the most that the capacity allows', async () => {
  const text = await inspectCheckpoint(memoryFolder('tiny', tinyFiles()), { weights: 'f32', capacity: 8 });
  const facts = text.split('\n\n')[0];
  expect(facts).toMatchInlineSnapshot(`
    "llama: 1 layers, width 20, 2 heads of 10 on 1, vocabulary 37
    context 64, capacity 8, at most 8 tokens per run
    weights 18560 bytes (at most 18560)
    cache   84*C + 16424 bytes (at most 17096), plain
    memory  38528 bytes (0.00 GB) of the GPU at most: weights, cache and slots"
  `);
});
