/**
 * Models whose layers keep only a window, run on a GPU far past that window: chunks, steps, rejected drafts, a cut and
 * a branch, compared with the CPU, whose cache has a row for every position. Dispatches per token: budget.test.ts.
 *
 * Tolerances as in runtime.gpu.test.ts. Logits of Gemma are around 10, and sums of a hundred products differ by 1e-3.
 * In 8 bits a number between two codes may become either, a 127th of its head's largest.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTestGpu } from '../../scripts/testing/gpu.ts';
import { type Gpu, openGpu } from '../gpu/index.ts';
import { interpreter } from '../graph/interpret.ts';
import { PASSES, runPasses } from '../graph/passes/index.ts';
import { buildModel, type CacheForm } from '../models/index.ts';
import { TINY_FAMILIES } from '../testing/tiny-families.ts';
import { seededRandom } from '../tensor/random.ts';
import { createRuntime, type Runtime } from './index.ts';
import { furthest, randomWeights, tensorSource, TINY, type EncodedWeight } from '../testing/tiny-model.ts';

const CHUNK = 8;
const CAPACITY = 64;
const ALL_OFF = PASSES.map((pass) => pass.name);
const MISTRAL = { ...TINY, model_type: 'mistral', sliding_window: 6 };
const GEMMA3 = TINY_FAMILIES.find(({ name }) => name === 'gemma3')!.config;

let gpu: Gpu;
let f16 = false;
beforeAll(async () => {
  const opened = await openTestGpu();
  f16 = opened.f16;
  gpu = await openGpu(opened.gpu);
});
afterAll(() => gpu.dispose());

const weights = () => ({ dtype: 'f32' }) as const;
const shared = { activations: 'f32', weights, capacity: CAPACITY } as const;

interface OnHost {
  readonly config: object;
  readonly cache: CacheForm;
  readonly tensors: ReadonlyMap<string, EncodedWeight>;
  readonly ids: readonly number[];
}

/** Logits after each of the ids. */
function onCpu({ config, cache, tensors, ids }: OnHost): Float32Array[] {
  // A run as long as the cache needs a row for every position.
  const { graph } = buildModel(config, { ...shared, cache, maxChunk: CAPACITY });
  const cpu = interpreter(graph, (name) => tensors.get(name)!.as, CAPACITY);
  return ids.map((id, P) => {
    const out = cpu.run({ ids: { shape: [1], data: Uint32Array.of(id) } }, { S: 1, P, C: CAPACITY });
    return out.logits!.data as Float32Array;
  });
}

const best = (logits: Float32Array) => logits.indexOf(logits.reduce((a, b) => Math.max(a, b)));

test.each([
  ['mistral, in halves where there are', MISTRAL, 'f16', [], 3e-2],
  ['mistral, passes off', MISTRAL, 'f32', ALL_OFF, 1e-4],
  ['gemma3', GEMMA3, 'f32', [], 1e-3],
  ['mistral in 8 bits', MISTRAL, 'f16', [], 3e-2, 'q8'],
  ['mistral in 8 bits, passes off', MISTRAL, 'f32', ALL_OFF, 2e-2, 'q8'],
  ['gemma3 in 8 bits', GEMMA3, 'f32', [], 2e-1, 'q8'],
] as const)('%s', async (_, config, wish, off, tolerance, cache: CacheForm = 'plain') => {
  const activations = f16 ? wish : 'f32';
  const m = buildModel(config, { ...shared, activations, cache, maxChunk: CHUNK });
  const tensors = randomWeights(m, 'f32');
  const made = { capacity: CAPACITY, weights: tensorSource(tensors) };
  const runtime = await createRuntime(gpu, runPasses(m.graph, { off }), made);
  const random = seededRandom(7);
  const drawn = (count: number) => Array.from({ length: count }, () => Math.floor(random() * 36));
  const text = drawn(56);
  const onHost = (ids: readonly number[]) => onCpu({ config, cache, tensors, ids });
  const want = onHost(text);
  const steps = async (ids: readonly number[], from: number, to: number, wanted: readonly Float32Array[]) => {
    for (let p = from; p < to; p++) {
      const { logits } = await runtime.step(ids[p]!, p, 'logits');
      expect(furthest(logits!, wanted[p]!), `position ${p}`).toBeLessThan(tolerance);
    }
  };

  // Five chunks and a short one, then steps: the ring wraps several times.
  const read = await runtime.prefill(text.slice(0, 43), 0, { want: 'logits' });
  expect(furthest(read.logits!, want[42]!)).toBeLessThan(tolerance);
  await steps(text, 43, 47, want);

  if (await runtime.prepareVerify()) {
    const chosen = await runtime.verify(text.slice(47, 55), 47);
    if (tolerance < 1e-2) expect(chosen).toEqual(want.slice(47, 55).map(best));
    // All but the first of these are wrong and get overwritten.
    await runtime.verify([text[47]!, ...drawn(7)], 47);
  }
  await steps(text, 47, 56, want);

  // Cut at the earliest position that the writes so far allow: 56 − ring + window − 1.
  const back = 56 - CHUNK - 1;
  const other = [...text.slice(0, back), ...drawn(9)];
  await cutAndBranch(runtime, { text, want, other, back }, steps, () => onHost(other));
  runtime.dispose();
  gpu.check();
});

interface Continuations {
  readonly text: readonly number[];
  readonly want: readonly Float32Array[];
  readonly other: readonly number[];
  readonly back: number;
}

/** Parks `text`, continues with `other` from `back`, then restores. */
async function cutAndBranch(
  runtime: Runtime,
  { text, want, other, back }: Continuations,
  steps: (ids: readonly number[], from: number, to: number, want: readonly Float32Array[]) => Promise<void>,
  onOther: () => Float32Array[],
) {
  const { rows } = runtime;
  const tail = rows.park(back, 55 - back);
  await steps(other, back, other.length, onOther());
  rows.unpark(tail, back);
  tail.destroy();
  await steps(text, 55, 56, want);
}
