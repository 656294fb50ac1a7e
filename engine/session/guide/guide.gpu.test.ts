/** Guides on a GPU: what they leave free costs and changes nothing, and masks give the choices of the logits. */
import * as disk from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { onDemand } from '../../../scripts/testing/assets.ts';
import { openTestGpu } from '../../../scripts/testing/gpu.ts';
import { type Gpu, openGpu } from '../../gpu/index.ts';
import { storiesFolder } from '../../testing/stories.ts';
import { memoryStorage } from '../../weights/store/storage-memory.ts';
import { type ModelStore, openStore } from '../../weights/store/store.ts';
import { importModel } from '../import/import.ts';
import { loadModel } from '../load.ts';
import type { LoadedModel } from '../model.ts';
import type { GenerateRequest } from '../types.ts';
import type { GuidedAnswer, GuideStep } from './guide.ts';

const DEMO = fileURLToPath(new URL('../../../assets/demo', import.meta.url));

let gpu: Gpu;
let store: ModelStore;
let id: string;
const loaded: LoadedModel[] = [];

beforeAll(async () => {
  gpu = await openGpu((await openTestGpu()).gpu);
  store = openStore(memoryStorage());
  ({ id } = await importModel(storiesFolder(disk, DEMO), store));
});
afterAll(async () => {
  for (const model of loaded) model.dispose();
  await Promise.resolve();
  gpu.dispose();
});

const guided = (next: (answer: GuidedAnswer) => GuideStep) => ({ guide: { next } });
const ask = (more: Partial<GenerateRequest> = {}): GenerateRequest => ({
  prompt: { kind: 'messages', messages: [{ role: 'user', content: 'A grey dog ran away. The dog is old.' }] },
  maxTokens: 24,
  ignoreEos: true,
  ...more,
});

test.for(['f32', 'f16'] as const)('%s activations', async (activations, t) => {
  const { f16, name } = await openTestGpu();
  if (activations === 'f16' && !f16) return t.skip(`${name} has no shader-f16`);
  // A guide works on ids and logits, which are f32 in both: one type of activations in every run.
  if (activations === 'f32' && f16 && onDemand !== undefined) return t.skip(onDemand);
  const model = await loadModel(store, id, gpu, { activations });
  loaded.push(model);
  const sampled = { temperature: 0.9, topP: 0.9, repetitionPenalty: 1.1, seed: 3 };
  for (const request of [
    ask({ speculation: 'off' }),
    ask({ speculation: 'always' }),
    ask({ sampling: sampled }),
  ]) {
    const alone = await model.generate(request);
    // Bans of ids that would not be chosen change only what a sampler draws from.
    const never = Array.from({ length: 300 }, (_, i) => i).filter((each) => !alone.ids.includes(each));
    const step: GuideStep = request.sampling === undefined ? { ban: never } : 'free';
    for (const next of ['free', step] as const) {
      const { ids, counters } = await model.generate(
        request,
        guided(() => next),
      );
      expect(ids).toEqual(alone.ids);
      for (const key of [
        'steps',
        'dispatchesPerToken',
        'submitsPerToken',
        'readbackBytesPerToken',
      ] as const) {
        expect(counters[key], key).toBe(alone.counters[key]);
      }
      expect(counters.createdPerToken).toEqual({ buffers: 0, bindGroups: 0, pipelines: 0 });
    }
    // Ids that are forced leave the cache and the penalty's history as if they had been chosen.
    const forced = await model.generate(
      request,
      guided(({ ids: { length } }) => (length === 7 ? { force: alone.ids.slice(7, 14) } : 'free')),
    );
    // Rows that are run together sum in another order, so a tie of two ids could fall otherwise; here is none.
    expect(forced.ids).toEqual(alone.ids);
    const again = { done: false };
    const rewound = await model.generate(
      request,
      guided(({ ids: { length } }) => {
        if (length !== 15 || again.done) return 'free';
        again.done = true;
        return { rewind: 5 };
      }),
    );
    expect(rewound.ids).toEqual(alone.ids);
  }

  // The likeliest id but the first two, then one of three ids.
  const { logits } = await model.logits(ask().prompt);
  const order = [...logits.keys()].sort((a, b) => (logits[b] as number) - (logits[a] as number));
  const first = (next: GuideStep) =>
    model.generate(
      ask({ maxTokens: 1 }),
      guided(() => next),
    );
  expect((await first({ ban: order.slice(0, 2) })).ids).toEqual(order.slice(2, 3));
  expect((await first({ allow: [order[90], order[40], order[60]] as number[] })).ids).toEqual([order[40]]);
  expect((await first('free')).ids).toEqual(order.slice(0, 1));
});
