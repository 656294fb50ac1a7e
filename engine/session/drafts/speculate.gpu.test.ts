/** Drafts on a GPU give the tokens of plain decoding, in fewer steps if the text quotes the prompt. */
import * as disk from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeWithAssets } from '../../../scripts/testing/assets.ts';
import { openTestGpu } from '../../../scripts/testing/gpu.ts';
import { type Gpu, openGpu } from '../../gpu/index.ts';
import type { CheckpointFolder } from '../../weights/sources/byte-source.ts';
import { memoryStorage } from '../../weights/store/storage-memory.ts';
import { openStore } from '../../weights/store/store.ts';
import { importModel } from '../import/import.ts';
import { loadModel } from '../load.ts';
import type { LoadedModel } from '../model.ts';
import { goldenOf, STORIES, storiesFolder } from '../../testing/stories.ts';
import type { ChatMessage, GenerateRequest } from '../types.ts';

const TRAINED = fileURLToPath(new URL('../../../assets/demo', import.meta.url));

let gpu: Gpu;
const loaded: LoadedModel[] = [];

beforeAll(async () => {
  gpu = await openGpu((await openTestGpu()).gpu);
});
afterAll(async () => {
  for (const model of loaded) model.dispose();
  await Promise.resolve();
  gpu.dispose();
});

async function load(folder: CheckpointFolder): Promise<LoadedModel> {
  const store = openStore(memoryStorage());
  const { id } = await importModel(folder, store, { weights: 'f32' });
  const model = await loadModel(store, id, gpu, { activations: 'f32' });
  loaded.push(model);
  return model;
}

async function both(model: LoadedModel, request: GenerateRequest) {
  const plain = await model.generate({ ...request, speculation: 'off' });
  const drafted = await model.generate({ ...request, speculation: 'always' });
  expect(drafted.ids).toEqual(plain.ids);
  const tokens = drafted.counters.steps + drafted.counters.acceptedTokens;
  // Plain decoding may have had one more step in flight when the text ended.
  expect([0, 1]).toContain(plain.counters.steps - tokens);
  return { plain: plain.counters, drafted: drafted.counters };
}

/** A page, as the demo model was trained to summarise it. */
function summary(): GenerateRequest {
  const examples = JSON.parse(disk.readFileSync(`${TRAINED}/examples.json`, 'utf8')) as {
    name: string;
    messages: readonly ChatMessage[];
  }[];
  const [example] = examples.filter(({ name }) => name === 'key-points, medium');
  return { prompt: { kind: 'messages', messages: example!.messages }, maxTokens: 80 };
}
const NOTHING = { buffers: 0, bindGroups: 0, pipelines: 0 };

test('takes fewer steps for a summary of a model that was trained to quote the page', async () => {
  const model = await load(storiesFolder(disk, TRAINED));
  const { plain, drafted } = await both(model, summary());
  expect(drafted.acceptedTokens).toBeGreaterThan(0);
  expect(drafted.steps).toBeLessThan(0.9 * plain.steps);
  expect(drafted.createdPerToken).toEqual(NOTHING);
  expect(drafted.readbackBytesPerToken).toBeLessThanOrEqual(64);
});

test('the first summary after a load creates nothing either, with drafts and with ids that a guide forces', async () => {
  const model = await load(storiesFolder(disk, TRAINED));
  const first = await model.generate(summary());
  expect(first.counters.draftedTokens).toBeGreaterThan(0);
  expect(first.counters.createdPerToken).toEqual(NOTHING);
  const again = await load(storiesFolder(disk, TRAINED));
  const guide = {
    next: ({ ids: { length } }: { readonly ids: readonly number[] }) =>
      length === 6 ? { force: first.ids.slice(6, 10) } : ('free' as const),
  };
  const guided = await again.generate(summary(), { guide });
  expect(guided.ids).toEqual(first.ids);
  expect(guided.counters.forcedTokens).toBe(4);
  expect(guided.counters.createdPerToken).toEqual(NOTHING);
});

describeWithAssets('stories260K', STORIES, (...paths) => {
  test('gives the golden tokens with drafts', async () => {
    const golden = goldenOf(disk, paths, 'f32');
    const model = await load(storiesFolder(disk, paths[0] as string));
    const prompt = { kind: 'text', text: '' } as const;
    const request = { prompt, maxTokens: 200, ignoreEos: true };
    const { drafted } = await both(model, request);
    const { ids } = await model.generate({ ...request, speculation: 'always' });
    expect(ids).toEqual(golden.bos_greedy_ids.slice(1));
    expect(drafted.steps).toBeLessThanOrEqual(199);
  });
});
