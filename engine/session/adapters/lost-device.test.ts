/**
 * A device that is lost during any call of a load and an answer: the error says so, whatever the call makes of it, and a
 * new device serves again.
 */
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { EngineError } from '../../base/errors.ts';
import { openGpu } from '../../gpu/index.ts';
import { consoleLog, setLog } from '../../base/log.ts';
import { fakeGpu, GPU_CONSTANTS, type LossManner } from '../../../scripts/testing/fake-gpu.ts';
import { tinyFiles } from '../../testing/tiny-checkpoint.ts';
import { memoryFolder } from '../../weights/sources/memory-source.ts';
import { memoryStorage } from '../../weights/store/storage-memory.ts';
import { type ModelStore, openStore } from '../../weights/store/store.ts';
import { importModel } from '../import/import.ts';
import { loadModel } from '../load.ts';
import type { VariantCache } from '../../runtime/index.ts';

/** Calls that return a promise, which is where a loss shows. */
const WAITING = [
  'requestAdapter',
  'requestDevice',
  'mapAsync',
  'createComputePipelineAsync',
  'popErrorScope',
  'onSubmittedWorkDone',
];

let store: ModelStore;
beforeAll(async () => {
  for (const [name, value] of Object.entries(GPU_CONSTANTS)) vi.stubGlobal(name, value);
  setLog('error', () => {});
  store = openStore(memoryStorage());
  await importModel(memoryFolder('tiny', tinyFiles()), store, { id: 'tiny', weights: 'f32' });
});

afterAll(() => {
  vi.unstubAllGlobals();
  setLog('warn', consoleLog('engine'));
});

/** Loads, answers with plain and with verified steps, saves what was read. Returns the calls, or the error. */
async function served(lostAt?: number, manner?: LossManner, variants?: VariantCache) {
  const { provider, calls } = fakeGpu(lostAt, manner);
  try {
    const gpu = await openGpu(provider);
    const model = await loadModel(
      store,
      'tiny',
      gpu,
      { capacity: 64 },
      variants === undefined ? {} : { variants },
    );
    const prompt = { kind: 'text', text: 'abc abc abc' } as const;
    for (const speculation of ['off', 'always'] as const) {
      await model.generate({ prompt, maxTokens: 4, speculation, ignoreEos: true });
    }
    const sampling = { temperature: 1, repetitionPenalty: 1.1, seed: 1 };
    await model.generate({ prompt, maxTokens: 2, sampling, ignoreEos: true });
    await model.logits({ kind: 'text', text: 'abd' });
    await model.savePrefix(prompt, memoryStorage(), 'prefix');
    model.dispose();
    return { calls: [...calls], error: undefined };
  } catch (error) {
    return { calls: [...calls], error };
  }
}

function expectNamed(error: unknown, call: string): void {
  if (error === undefined) return;
  expect(error, `${call}: ${String(error)}`).toBeInstanceOf(EngineError);
  const code = (error as EngineError).code;
  expect(
    call.startsWith('request') ? ['gpu-unavailable', 'gpu-lost'] : ['gpu-lost'],
    `${call}: ${String(error)}`,
  ).toContain(code);
}

/** Loses the device at each of the numbered calls, many at a time: most of the time they wait. */
async function lostAtEach(
  places: readonly number[],
  manner: LossManner,
  names: readonly string[],
): Promise<number> {
  let failed = 0;
  for (let from = 0; from < places.length; from += 16) {
    const runs = places.slice(from, from + 16).map(async (at) => {
      const { error } = await served(at, manner);
      expectNamed(error, `${manner}, call ${at}, ${names[at - 1]}`.replace(/^.*(request\w+)$/, '$1'));
      if (error !== undefined) failed++;
    });
    await Promise.all(runs);
  }
  return failed;
}

const MANNERS: LossManner[] = ['reject', 'resolve', 'invalid', 'hang'];

test.each([...MANNERS.entries()])('lost at any call (%i: promises %s)', async (turn, manner) => {
  const { calls, error } = await served();
  expect(error).toBeUndefined();
  // The manners share the waiting calls, of which each has its turn. Other calls differ only in what follows them, so a
  // few stand for their neighbours. That a browser never answers a request for a device is not a loss.
  const places = calls.flatMap((name, i) => {
    const every = WAITING.includes(name) ? MANNERS.length : 10 * MANNERS.length;
    const first = name.startsWith('request');
    return (first && manner !== 'hang') || (!first && i % every === turn) ? [i + 1] : [];
  });
  const failed = await lostAtEach(places, manner, calls);
  // A loss after the last result was read is noticed by the next request.
  expect(failed).toBeGreaterThan(places.length * 0.9);
});
