/**
 * Packed caches on a GPU, compared with the CPU: what rows are worth, answers from the kept rows, and what is saved of them.
 *
 * Tolerances: sums of a hundred products in another order, over two layers; logits are around 5. A worth is at most 1.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { onDemand } from '../../../scripts/testing/assets.ts';
import { openTestGpu } from '../../../scripts/testing/gpu.ts';
import { type Gpu, openGpu } from '../../gpu/index.ts';
import { interpreter } from '../../graph/interpret.ts';
import { runPasses } from '../../graph/passes/index.ts';
import { choosePacked, type KeptRows, packedBy, shareOf } from '../../kv/packed.ts';
import { buildModel, type CacheForm } from '../../models/index.ts';
import { seededRandom } from '../../tensor/random.ts';
import { TINY_FAMILIES, tinyFamilyTensors } from '../../testing/tiny-families.ts';
import { furthest, randomWeights, storeTensor, tensorSource, TINY } from '../../testing/tiny-model.ts';
import { createRuntime, type Runtime } from '../index.ts';
import { packableCaches, withStarts } from './packable.ts';
import { worthGraph } from './worth-graph.ts';

const CAPACITY = 64;
/** Tokens of the text, of what repeats it, and of the answer. */
const [TEXT, REPEATED, ANSWER] = [37, 11, 6];
const HEADS = TINY.num_hidden_layers * TINY.num_key_value_heads;

let gpu: Gpu;
let f16 = false;
beforeAll(async () => {
  const opened = await openTestGpu();
  f16 = opened.f16;
  gpu = await openGpu(opened.gpu);
});
afterAll(() => gpu.dispose());

const random = seededRandom(11);
const ids = Array.from({ length: CAPACITY }, () => Math.floor(random() * TINY.vocab_size));
const text = ids.slice(0, TEXT);
const repeated = ids.slice(TEXT, TEXT + REPEATED);
const answer = ids.slice(-ANSWER);

const CASES = [
  ['f32', 'f32', 'plain', 1e-3],
  ['f16', 'f16', 'plain', 5e-2],
  ['f32, 8-bit cache', 'f32', 'q8', 5e-2],
] as const;

test.each(CASES)('%s', async (_, wish, cache: CacheForm, tolerance) => {
  const activations = f16 ? wish : 'f32';
  const weights = () => ({ dtype: 'f32' }) as const;
  const model = buildModel(TINY, { activations, cache, weights, capacity: CAPACITY, maxChunk: 16 });
  const tensors = randomWeights(model, 'f32');
  const opened = () =>
    createRuntime(gpu, runPasses(model.graph), {
      capacity: CAPACITY,
      weights: tensorSource(tensors),
      packs: true,
    });
  const runtime = await opened();
  const packer = runtime.packer!;
  expect(packer.heads).toBe(HEADS);

  // The CPU reads the text and what repeats it with the graph that finds what rows are worth.
  const scored = worthGraph(withStarts(model.graph));
  const cpu = interpreter(scored.graph, (name) => tensors.get(name)!.as, CAPACITY);
  const on = (some: readonly number[], P: number) =>
    cpu.run(
      { ids: { shape: [some.length], data: Uint32Array.from(some) } },
      { S: some.length, P, C: CAPACITY },
    );
  on(text, 0);
  const want = Object.values(on(repeated, TEXT)).flatMap(({ data }) =>
    [0, 1].map((head) => (data as Float32Array).subarray(head * TEXT, (head + 1) * TEXT)),
  );
  expect(want).toHaveLength(HEADS);

  await runtime.prefill(text, 0);
  const reader = await packer.openWorth();
  const worth = await reader.run(repeated, TEXT);
  reader.destroy();
  for (const [head, numbers] of worth.entries())
    expect(furthest(numbers, want[head]!), `worth to head ${head}`).toBeLessThan(tolerance);

  const kept = choosePacked(worth, TEXT, 0.5);
  const packed = await packer.pack(kept, TEXT);
  expect(packed).toEqual(packedBy(kept, TEXT));
  // The first and the last rows are kept besides, of 37 that is many.
  expect(shareOf(packed)).toBeLessThan(0.75);
  expect(new Set(kept.map((rows) => rows.length)).size).toBeGreaterThan(1);

  const expected = keptOnly(model.graph, (name) => tensors.get(name)!.as, kept);
  await near(runtime, expected, tolerance);

  // What is saved is smaller by the rows that are gone, and gives the same answers elsewhere.
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  for await (const piece of runtime.rows.read(TEXT, packed)) pieces.push(piece);
  const bytes = pieces.reduce((sum, { length }) => sum + length, 0);
  expect(bytes).toBe(runtime.rows.bytesOf(TEXT, packed));
  expect(bytes).toBe(Math.round(shareOf(packed) * runtime.rows.bytesOf(TEXT)));
  const other = await opened();
  await other.rows.write(
    TEXT,
    async (length) => {
      const piece = pieces.shift()!;
      expect(piece.length).toBe(length);
      return piece;
    },
    packed,
  );
  other.packer?.setPacked(packed);
  await near(other, expected, tolerance);

  // Packed again to fewer rows: what is left of them counts from their new places.
  const again = await reader2(other, packed.length);
  const fewer = choosePacked(again, TEXT, 0.3, packed);
  const twice = await other.packer!.pack(fewer, TEXT, packed);
  expect(shareOf(twice)).toBeLessThan(shareOf(packed));
  const original = fewer.map((rows, head) => rows.map((row) => kept[head]![row - packed.starts[head]!]!));
  await near(
    other,
    keptOnly(model.graph, (name) => tensors.get(name)!.as, original),
    tolerance,
  );

  // Without a packed text all rows are read again.
  runtime.packer?.setPacked(undefined);
  await runtime.prefill(text, 0);
  await near(
    runtime,
    keptOnly(model.graph, (name) => tensors.get(name)!.as),
    tolerance,
  );
  runtime.dispose();
  other.dispose();
});

test('a run that is stopped packs some layers, and says which', async () => {
  const weights = () => ({ dtype: 'f32' }) as const;
  const shared = { activations: 'f32', weights, capacity: CAPACITY, maxChunk: 16 } as const;
  const model = buildModel({ ...TINY, num_hidden_layers: 3 }, shared);
  const tensors = tensorSource(randomWeights(model, 'f32'));
  const runtime = await createRuntime(gpu, runPasses(model.graph), {
    capacity: CAPACITY,
    weights: tensors,
    packs: true,
  });
  await runtime.prefill(text, 0);
  const packer = runtime.packer!;
  const kept = Array.from({ length: packer.heads }, () => [0, 1, 2, TEXT - 1]);
  const stop = new AbortController();
  const packing = packer.pack(kept, TEXT, undefined, stop.signal);
  stop.abort();
  const { starts } = await packing;
  expect(starts).toEqual([TEXT - 4, TEXT - 4, 0, 0, 0, 0]);
  runtime.dispose();
});

test('a model with states that cannot be cut back goes on from where the text ended', async (t) => {
  // Its programs take software drivers long to compile; states.gpu.test.ts has them in every run.
  if (onDemand !== undefined) return t.skip(onDemand);
  const family = TINY_FAMILIES.find(({ name }) => name === 'qwen3-5')!;
  const weights = () => ({ dtype: 'f32' }) as const;
  const shared = { activations: 'f32', weights, capacity: CAPACITY, maxChunk: 16 } as const;
  const model = buildModel(family.config, shared);
  const tensors = Object.entries(tinyFamilyTensors(family));
  const stored = new Map(tensors.map(([name, tensor]) => [name, storeTensor(tensor, 'f32')] as const));
  const known = (some: readonly number[]) => some.map((id) => id % 36);
  const answers = async (disturbed: boolean) => {
    const runtime = await createRuntime(gpu, runPasses(model.graph), {
      capacity: CAPACITY,
      weights: tensorSource(stored),
      packs: true,
    });
    await runtime.prefill(known(text), 0);
    if (disturbed) {
      const reader = await runtime.packer!.openWorth();
      for (let piece = 0; piece < 3; piece++) await reader.run(known(repeated), TEXT);
      reader.destroy();
    }
    const logits: Float32Array[] = [];
    for (const [i, id] of known(answer).entries())
      logits.push((await runtime.step(id, TEXT + i, 'logits')).logits!);
    runtime.dispose();
    return logits;
  };
  expect(await answers(true)).toEqual(await answers(false));
});

test('rings and layers with sinks keep all rows', () => {
  const weights = () => ({ dtype: 'f32' }) as const;
  const shared = { activations: 'f32', weights, capacity: CAPACITY, maxChunk: 16 } as const;
  const windowed = buildModel({ ...TINY, model_type: 'mistral', sliding_window: 20 }, shared);
  expect(packableCaches(withStarts(runPasses(windowed.graph)))).toEqual([]);
});

async function reader2(runtime: Runtime, length: number): Promise<Float32Array[]> {
  const reader = await runtime.packer!.openWorth();
  const worth = await reader.run(repeated, length);
  reader.destroy();
  return worth;
}

/** Steps after the text against logits of the CPU. */
async function near(runtime: Runtime, want: readonly Float32Array[], tolerance: number): Promise<void> {
  for (const [i, id] of answer.entries()) {
    const { logits } = await runtime.step(id, TEXT + i, 'logits');
    expect(furthest(logits!, want[i]!), `token ${i}`).toBeLessThan(tolerance);
  }
  // A question of many rows, by the kernels of a prompt.
  const { logits } = await runtime.prefill(answer, TEXT, { want: 'logits' });
  expect(furthest(logits!, want.at(-1)!), 'as a prompt').toBeLessThan(tolerance);
}

/** Logits after each id of the answer, of which each head sees only these rows of the text; all where they are absent. */
function keptOnly(
  graph: Parameters<typeof withStarts>[0],
  checkpoint: Parameters<typeof interpreter>[1],
  kept?: KeptRows,
): Float32Array[] {
  const packable = withStarts(graph);
  const cpu = interpreter(packable, checkpoint, CAPACITY);
  const states = packable.values.filter(({ origin }) => origin.kind === 'state');
  const stateOf = (id: number) => cpu.states[states.findIndex((state) => state.id === id)]!;
  const run = (some: readonly number[], P: number) =>
    cpu.run(
      { ids: { shape: [some.length], data: Uint32Array.from(some) } },
      { S: some.length, P, C: CAPACITY },
    ).logits!.data as Float32Array;
  run(text, 0);
  for (const { k, v, starts, heads, at } of kept === undefined ? [] : packableCaches(packable)) {
    for (const state of [stateOf(k), stateOf(v)]) {
      const columns = state.shape[1] as number;
      const width = columns / heads;
      const before = state.data.slice();
      for (let head = 0; head < heads; head++) {
        kept![at + head]!.forEach((row, i, rows) => {
          const to = TEXT - rows.length + i;
          const part = before.subarray(row * columns + head * width, row * columns + (head + 1) * width);
          state.data.set(part, to * columns + head * width);
        });
      }
    }
    stateOf(starts).data.set(kept!.slice(at, at + heads).map((rows) => TEXT - rows.length));
  }
  return answer.map((id, i) => run([id], TEXT + i));
}
