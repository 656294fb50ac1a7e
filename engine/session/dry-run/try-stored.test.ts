import { expect, test } from 'vitest';
import { CPU_FACTS, interpreterRuntime } from '../../testing/interpreter-runtime.ts';
import { dryRunWorkerHere, type Misbehaviour, nodeDryRunWorker } from '../../testing/node-dry-run.ts';
import { tinyFiles } from '../../testing/tiny-checkpoint.ts';
import { memoryFolder } from '../../weights/sources/memory-source.ts';
import { memoryStorage } from '../../weights/store/storage-memory.ts';
import { type ModelStore, openStore } from '../../weights/store/store.ts';
import { importModel } from '../import/import.ts';
import { loadWith } from '../load.ts';
import type { LoadedModel } from '../model.ts';
import { type DryRun, dryRunIn } from './dry-run.ts';

interface Trials {
  readonly dryRun: DryRun;
  /** Workers that were started. */
  count(): number;
}

function trials(version: string, misbehaviour?: Misbehaviour, onTry?: (tick: () => void) => void): Trials {
  let started = 0;
  let tick = () => {};
  const start = () => {
    started++;
    const worker = misbehaviour === undefined ? dryRunWorkerHere() : nodeDryRunWorker(misbehaviour);
    const post = worker.postMessage;
    worker.postMessage = (message) => {
      post(message);
      if (message.kind === 'try') onTry?.(tick);
    };
    return worker;
  };
  const clock = (each: () => void) => {
    tick = each;
    return () => {};
  };
  return { dryRun: dryRunIn(start, { version, ticks: 100, clock }), count: () => started };
}

/** A model as a version without dry runs stored it. */
async function stored(dryRun?: DryRun): Promise<{ store: ModelStore; id: string }> {
  const store = openStore(memoryStorage());
  const { id } = await importModel(memoryFolder('tiny', tinyFiles()), store, { weights: 'f32' }, { dryRun });
  return { store, id };
}

const load = (store: ModelStore, id: string, dryRun: DryRun, signal?: AbortSignal): Promise<LoadedModel> =>
  loadWith(
    store,
    id,
    { activations: 'f32' },
    { dryRun, ...(signal && { signal }) },
    CPU_FACTS,
    interpreterRuntime,
  );

test('a stored model is tried at its first load, and again by another version', async () => {
  const { store, id } = await stored();
  const first = trials('1');
  for (const model of [await load(store, id, first.dryRun), await load(store, id, first.dryRun)])
    expect(model.countTokens({ kind: 'text', text: 'abc' })).toBeGreaterThan(0);
  expect(first.count()).toBe(1);
  const second = trials('2');
  await load(store, id, second.dryRun);
  await load(store, id, second.dryRun);
  expect(second.count()).toBe(1);
});

test('what an import tried is not tried again, whichever files it replaces', async () => {
  const { dryRun, count } = trials('1');
  const { store, id } = await stored(dryRun);
  await load(store, id, dryRun);
  expect(count()).toBe(1);
  await importModel(memoryFolder('tiny', tinyFiles()), store, { weights: 'f32', id });
  await load(store, id, dryRun);
  expect(count()).toBe(2);
});

test('a stored model that hangs or ends its worker is refused by name, and stays', async () => {
  const { store, id } = await stored();
  const hanging = trials('1', 'hang', (tick) => {
    for (let i = 0; i <= 100; i++) tick();
  });
  await expect(load(store, id, hanging.dryRun)).rejects.toMatchObject({ code: 'model-limit', who: 'tiny' });
  const dying = trials('1', 'die');
  await expect(load(store, id, dying.dryRun)).rejects.toMatchObject({ code: 'model-limit', who: 'tiny' });
  expect(await store.list()).toHaveLength(1);
  const sound = trials('1');
  await load(store, id, sound.dryRun);
  expect(sound.count()).toBe(1);
});

test('a load that is stopped during its trial ends as every stopped load', async () => {
  const { store, id } = await stored();
  const stop = new AbortController();
  const { dryRun } = trials('1', 'hang', () => stop.abort());
  await expect(load(store, id, dryRun, stop.signal)).rejects.toMatchObject({ code: 'request-aborted' });
});

test('a model counts as tried only if a worker tried it', async () => {
  const { store, id } = await stored();
  await load(store, id, trials('1', 'missing').dryRun);
  const { dryRun, count } = trials('1');
  await load(store, id, dryRun);
  expect(count()).toBe(1);
});

test('what a trial finds wrong is what the load finds', async () => {
  const { store, id } = await stored();
  const folder = (await store.storage.list('models'))[0]!;
  await store.storage.remove(`models/${folder}/tokenizer.json`);
  await expect(load(store, id, trials('1').dryRun)).rejects.toMatchObject({ code: 'store-damaged' });
});
