/**
 * Models with states that cannot be cut back, on a GPU: chunks, steps, rejected drafts, a cut, a branch and a saved prefix,
 * compared with the CPU, which runs token by token. Nothing is created in a step.
 *
 * Tolerance: sums of a hundred products in another order, over four layers; logits are around 10.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTestGpu } from '../../scripts/testing/gpu.ts';
import { type Gpu, openGpu } from '../gpu/index.ts';
import { interpreter } from '../graph/interpret.ts';
import { runPasses } from '../graph/passes/index.ts';
import { buildModel } from '../models/index.ts';
import { seededRandom } from '../tensor/random.ts';
import { TINY_FAMILIES, tinyFamilyTensors } from '../testing/tiny-families.ts';
import { furthest, storeTensor, tensorSource } from '../testing/tiny-model.ts';
import { createRuntime } from './index.ts';

const CHUNK = 40;
const CAPACITY = 96;
const TOLERANCE = 1e-3;
const NAMES = ['qwen3-5', 'granite-4-h', 'falcon-h1'];

let gpu: Gpu;
beforeAll(async () => {
  gpu = await openGpu((await openTestGpu()).gpu);
});
afterAll(() => gpu.dispose());

test.each(TINY_FAMILIES.filter(({ name }) => NAMES.includes(name)))('$name', async (family) => {
  const weights = () => ({ dtype: 'f32' }) as const;
  const model = buildModel(family.config, {
    activations: 'f32',
    weights,
    capacity: CAPACITY,
    maxChunk: CHUNK,
  });
  const tensors = tinyFamilyTensors(family);
  const stored = new Map(Object.entries(tensors).map(([name, t]) => [name, storeTensor(t, 'f32')] as const));
  const runtime = await createRuntime(gpu, runPasses(model.graph), {
    capacity: CAPACITY,
    weights: tensorSource(stored),
  });
  const onCpu = (ids: readonly number[]) => {
    const cpu = interpreter(model.graph, (name) => tensors[name]!, CAPACITY);
    return ids.map((id, P) => {
      const binding = { S: 1, P, C: CAPACITY, R: P % 2, W: 1 - (P % 2) };
      return cpu.run({ ids: { shape: [1], data: Uint32Array.of(id) } }, binding).logits!.data as Float32Array;
    });
  };
  const random = seededRandom(7);
  const drawn = (count: number) => Array.from({ length: count }, () => Math.floor(random() * 36));
  const text = drawn(70);
  const want = onCpu(text);
  const near = (logits: Float32Array | undefined, wanted: Float32Array, what: string) =>
    expect(furthest(logits!, wanted), what).toBeLessThan(TOLERANCE);
  const steps = async (ids: readonly number[], from: number, to: number, wanted: readonly Float32Array[]) => {
    for (let p = from; p < to; p++) {
      near((await runtime.step(ids[p]!, p, 'logits')).logits, wanted[p]!, `position ${p}`);
    }
  };

  const read = await runtime.prefill(text.slice(0, 53), 0, { want: 'logits' });
  near(read.logits, want[52]!, 'chunks of 40 and 13');
  // The first step makes the programs of an answer.
  await steps(text, 53, 54, want);
  const before = runtime.counters();
  await steps(text, 54, 57, want);
  const after = runtime.counters();
  expect([
    after.buffersCreated - before.buffersCreated,
    after.bindGroupsCreated - before.bindGroupsCreated,
    after.pipelinesCreated - before.pipelinesCreated,
  ]).toEqual([0, 0, 0]);
  expect(after.dispatches - before.dispatches).toBe(3 * runtime.dispatchesPerToken);

  expect(await runtime.prepareVerify()).toBe(true);
  const best = (logits: Float32Array) => logits.indexOf(logits.reduce((a, b) => Math.max(a, b)));
  expect(await runtime.verify(text.slice(57, 64), 57)).toEqual(want.slice(57, 64).map(best));
  // A draft whose first token alone is right: the state before it is read again.
  await runtime.verify([text[64]!, ...drawn(5)], 64);
  expect(runtime.snapshots?.newest(65)).toBe(64);
  await steps(text, 64, 70, want);

  // Cut back to the last state of a chunk, with another branch from there.
  const back = runtime.snapshots?.newest(45) ?? 0;
  expect(back).toBe(40);
  const { rows } = runtime;
  const tail = rows.park(back, 70 - back);
  const other = [...text.slice(0, back), ...drawn(12)];
  const wantOther = onCpu(other);
  near(
    (await runtime.prefill(other.slice(back), back, { want: 'logits' })).logits,
    wantOther.at(-1)!,
    'branch',
  );
  const kept: Uint8Array<ArrayBuffer>[] = [];
  for await (const piece of rows.read(other.length)) kept.push(piece.slice());
  rows.unpark(tail, back);
  tail.destroy();
  const more = [...text, ...drawn(3)];
  await steps(more, 70, 73, onCpu(more));

  // The saved prefix of the other branch.
  const bytes = new Uint8Array(await new Blob(kept).arrayBuffer());
  expect(bytes.length).toBe(rows.bytesOf(other.length));
  let at = 0;
  await rows.write(other.length, async (length) => bytes.slice(at, (at += length)));
  const longer = [...other, ...drawn(11)];
  near(
    (await runtime.prefill(longer.slice(other.length), other.length, { want: 'logits' })).logits,
    onCpu(longer).at(-1)!,
    'after a saved prefix',
  );
  runtime.dispose();
  gpu.check();
});
