/**
 * Gemma 4 on a GPU: the table of per-layer embeddings stays in the store. However a text is run, its logits are those of the CPU,
 * which has the whole table; a step creates nothing and moves one row.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTestGpu } from '../../scripts/testing/gpu.ts';
import { type Gpu, openGpu } from '../gpu/index.ts';
import { runPasses } from '../graph/passes/index.ts';
import { memoryFolder } from '../weights/sources/memory-source.ts';
import { memoryStorage } from '../weights/store/storage-memory.ts';
import { type ModelStore, openStore } from '../weights/store/store.ts';
import { importModel } from '../session/import/import.ts';
import { loadWith } from '../session/load.ts';
import type { LoadedModel } from '../session/model.ts';
import { interpreterRuntime } from '../testing/interpreter-runtime.ts';
import { furthest } from '../testing/stories.ts';
import { PROMPT, STEPS, TINY_FAMILIES } from '../testing/tiny-families.ts';
import { tinyFamilyFiles } from '../testing/tiny-family/files.ts';
import { createRuntime, type Runtime } from '../runtime/index.ts';

const family = TINY_FAMILIES.find(({ name }) => name === 'gemma4')!;
const TEXT = [...PROMPT, ...STEPS];
/** Sums of up to a hundred products over several layers; logits are around 10, and the table has 4 bits on both. */
const TOLERANCE = 1e-3;

let gpu: Gpu;
let store: ModelStore;
let id: string;
let model: LoadedModel;
let runtime: Runtime;
let wanted: Float32Array;

async function load(on: 'cpu' | 'gpu'): Promise<void> {
  const options = { activations: 'f32', capacity: 64, reach: 16 } as const;
  model = await loadWith(store, id, options, {}, gpu.facts, async (built, runtimeOptions) => {
    runtime =
      on === 'cpu'
        ? await interpreterRuntime(built, runtimeOptions)
        : await createRuntime(gpu, runPasses(built.graph), { ...runtimeOptions, maxChunk: 16 });
    return runtime;
  });
}

const logitsOf = async (ids: readonly number[], position: number): Promise<Float32Array> =>
  (await runtime.prefill(ids, position, { want: 'logits' })).logits as Float32Array;

beforeAll(async () => {
  gpu = await openGpu((await openTestGpu()).gpu);
  store = openStore(memoryStorage());
  const folder = memoryFolder('tiny', tinyFamilyFiles(family, 'F32'));
  ({ id } = await importModel(folder, store, { weights: 'm0e4' }));
  await load('cpu');
  wanted = await logitsOf(TEXT, 0);
  await load('gpu');
});
afterAll(() => {
  model.dispose();
  gpu.dispose();
});

test('at once, in chunks, token by token, and after a rollback', async () => {
  expect(furthest(await logitsOf(TEXT, 0), wanted)).toBeLessThan(TOLERANCE);
  for (let first = 0; first < TEXT.length - 3; first += 3)
    await logitsOf(TEXT.slice(first, first + 3), first);
  const rest = TEXT.length - (TEXT.length % 3 === 0 ? 3 : TEXT.length % 3);
  expect(furthest(await logitsOf(TEXT.slice(rest), rest), wanted)).toBeLessThan(TOLERANCE);
  let last: Float32Array | undefined;
  for (const [i, token] of TEXT.entries()) last = (await runtime.step(token, i, 'logits')).logits;
  expect(furthest(last as Float32Array, wanted)).toBeLessThan(TOLERANCE);
  // Other tokens in the rows after the fifth, then these again.
  await logitsOf([3, 3, 3, 3], 5);
  expect(furthest(await logitsOf(TEXT.slice(5), 5), wanted)).toBeLessThan(TOLERANCE);
});

test('a row is read once while it is kept; ids that a step chose are waited for', async () => {
  expect(runtime.overlaps).toBe(false);
  const before = runtime.counters();
  expect(before.rowsFetched).toBe(new Set([...TEXT, 3]).size);
  const { id: first } = await runtime.prefill(TEXT, 0);
  const chained = [
    runtime.step('previous', TEXT.length),
    runtime.step('previous', TEXT.length + 1),
    runtime.step('previous', TEXT.length + 2),
  ];
  const ids = (await Promise.all(chained)).map((result) => result.id);
  const again = [first, ...ids.slice(0, 2)];
  const one: number[] = [];
  await runtime.prefill(TEXT, 0);
  for (const [i, token] of again.entries()) one.push((await runtime.step(token, TEXT.length + i)).id);
  expect(ids).toEqual(one);
  const after = runtime.counters();
  expect(after.rowsFetched - before.rowsFetched).toBeLessThanOrEqual(3);
});

test('a step creates nothing, takes one submit, reads four bytes back and writes one row of the table', async () => {
  await runtime.prefill(TEXT, 0);
  await runtime.step(4, TEXT.length);
  const before = runtime.counters();
  await runtime.step(5, TEXT.length + 1);
  const after = runtime.counters();
  const of = (key: keyof typeof after) => after[key] - before[key];
  expect([of('buffersCreated'), of('bindGroupsCreated'), of('pipelinesCreated')]).toEqual([0, 0, 0]);
  expect([of('submits'), of('bytesRead')]).toEqual([1, 4]);
  // 7 layers of 32 numbers, in 4 bits with scales of 32 bits for 32.
  expect(of('bytesWritten')).toBeLessThan(8192);
});

test('from a saved prefix, and with a draft verified', async () => {
  await runtime.prefill(TEXT.slice(0, 9), 0);
  const saved: Uint8Array[] = [];
  for await (const part of runtime.rows.read(9)) saved.push(part.slice());
  await logitsOf([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], 0);
  const bytes = Uint8Array.from(saved.flatMap((part) => [...part]));
  let at = 0;
  await runtime.rows.write(9, async (count) => bytes.slice(at, (at += count)));
  expect(furthest(await logitsOf(TEXT.slice(9), 9), wanted)).toBeLessThan(TOLERANCE);
  if (!(await runtime.prepareVerify())) return;
  await runtime.prefill(TEXT.slice(0, 11), 0);
  const rows = await runtime.score(TEXT.slice(11), 11);
  expect(furthest(rows.at(-1) as Float32Array, wanted)).toBeLessThan(TOLERANCE);
});
