/** Scored rows on a GPU are the logits of single steps, whatever the parts a text is scored in. */
import * as disk from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTestGpu } from '../../../scripts/testing/gpu.ts';
import { type Gpu, openGpu } from '../../gpu/index.ts';
import { furthest, storiesFolder } from '../../testing/stories.ts';
import { memoryStorage } from '../../weights/store/storage-memory.ts';
import { openStore } from '../../weights/store/store.ts';
import { importModel } from '../import/import.ts';
import { loadModel } from '../load.ts';
import type { LoadedModel } from '../model.ts';

const TRAINED = fileURLToPath(new URL('../../../assets/demo', import.meta.url));
/** Kernels for few rows add in another order than those for one row. */
const SINGLE = 1e-3;

let gpu: Gpu;
let model: LoadedModel;
beforeAll(async () => {
  gpu = await openGpu((await openTestGpu()).gpu);
  const store = openStore(memoryStorage());
  const { id } = await importModel(storiesFolder(disk, TRAINED), store, { weights: 'f32' });
  model = await loadModel(store, id, gpu, { activations: 'f32' });
});
afterAll(() => {
  model.dispose();
  gpu.dispose();
});

test('each row is that of a prompt that ends there, in any parts', async () => {
  const text = 'A river runs through the town.';
  const ids = model.encodeText(text);
  expect(ids.length).toBeGreaterThan(10);
  const whole = await model.score(ids, 0);
  expect(whole).toHaveLength(ids.length);
  const { ids: asked, logits } = await model.logits({ kind: 'text', text });
  expect(asked).toEqual(ids);
  expect(furthest(whole.at(-1)!, [...logits])).toBeLessThan(SINGLE);

  // Nine rows are eight and one: both programs.
  const parts = [...(await model.score(ids.slice(0, 9), 0)), ...(await model.score(ids, 9))];
  for (const [i, row] of parts.entries())
    expect(furthest(row, [...whole[i]!]), `row ${i}`).toBeLessThan(SINGLE);
  const [last] = await model.score(ids, ids.length - 1);
  expect(furthest(last!, [...whole.at(-1)!])).toBeLessThan(SINGLE);
});

test('a request between two parts changes nothing', async () => {
  const ids = model.encodeText('The old bridge was closed for a year.');
  const [before] = await model.score(ids, ids.length - 1);
  await model.generate({ prompt: { kind: 'text', text: 'Something else' }, maxTokens: 3 });
  const [after] = await model.score(ids, ids.length - 1);
  expect(furthest(after!, [...before!])).toBeLessThan(SINGLE);
});
