/**
 * Whole models through the runtime on a GPU against the CPU interpreter of the same graph.
 *
 * Tolerances, of logits around 1: f32 1e-4 (sums in f32, exp and the like to a few ulps); f16 activations 3e-2
 * (every value between two nodes is rounded to 11 bits, a few dozen times).
 */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { describeWithAssets } from '../../scripts/testing/assets.ts';
import { openTestGpu } from '../../scripts/testing/gpu.ts';
import { type Gpu, openGpu } from '../gpu/index.ts';
import { interpreter } from '../graph/interpret.ts';
import { PASSES, runPasses } from '../graph/passes/index.ts';
import { buildModel, type ModelGraph } from '../models/index.ts';
import { dequantiseRows, quantiseRows } from '../quant/m0e4.ts';
import { sample } from '../sampling/sample.ts';
import { GREEDY } from '../sampling/settings.ts';
import { f16Array, f32ArrayFromF16 } from '../tensor/f16.ts';
import { randomTensor, seededRandom } from '../tensor/random.ts';
import type { ActivationDType, HostTensor, TensorType, WeightDType } from '../tensor/tensor.ts';
import { createRuntime, type Runtime, type WeightSource } from './index.ts';

const TINY = {
  model_type: 'llama',
  hidden_size: 64,
  intermediate_size: 76,
  num_hidden_layers: 2,
  num_attention_heads: 4,
  num_key_value_heads: 2,
  head_dim: 16,
  vocab_size: 97,
  max_position_embeddings: 64,
  rms_norm_eps: 1e-5,
  bos_token_id: 1,
  eos_token_id: 2,
};
const CAPACITY = 40;
const PROMPT = [1, 5, 96, 7, 7, 30, 41, 2, 0, 11, 12, 60, 61, 62, 63, 9, 8, 7, 6, 90, 33, 34, 35];
const ALL_OFF = PASSES.map((pass) => pass.name);

interface Stored {
  readonly type: TensorType;
  readonly data: Uint8Array;
  readonly scales?: Uint8Array;
  readonly as: HostTensor;
}

function store(tensor: HostTensor, dtype: WeightDType): Stored {
  const numbers = Float32Array.from(tensor.data);
  const { shape } = tensor;
  const bytes = (a: ArrayBufferView) => new Uint8Array(a.buffer, a.byteOffset, a.byteLength);
  if (dtype === 'f32' || shape.length === 1)
    return { type: { dtype: 'f32', shape }, data: bytes(numbers), as: tensor };
  if (dtype === 'f16') {
    const halves = f16Array(numbers);
    return { type: { dtype, shape }, data: bytes(halves), as: { shape, data: f32ArrayFromF16(halves) } };
  }
  const rows = quantiseRows(numbers, shape[1]!, 32);
  const as = { shape, data: dequantiseRows(rows, shape[1]!, 32) };
  return { type: { dtype, shape, group: 32 }, data: bytes(rows.nibbles), scales: bytes(rows.scales), as };
}

function source(tensors: ReadonlyMap<string, Stored>): WeightSource {
  return {
    type: (name) => tensors.get(name)?.type,
    async read(name, first, count) {
      const { type, data, scales } = tensors.get(name)!;
      const rows = type.shape.length === 1 ? 1 : (type.shape[0] as number);
      const cut = (a: Uint8Array) => a.slice((first * a.length) / rows, ((first + count) * a.length) / rows);
      return scales === undefined ? { data: cut(data) } : { data: cut(data), scales: cut(scales) };
    },
  };
}

function model(
  config: object,
  dtype: WeightDType,
  activations: ActivationDType,
  capacity = CAPACITY,
): ModelGraph {
  const weights = () => (dtype === 'm0e4' ? { dtype, group: 32 } : { dtype });
  return buildModel(config, { activations, weights, maxChunk: 16, capacity });
}

function randomWeights(m: ModelGraph, dtype: WeightDType): Map<string, Stored> {
  const random = seededRandom(3);
  return new Map(
    m.tensors.map(({ name, shape, kind }) => {
      const spread = kind === 'vector' ? 0.3 : 2 / Math.sqrt(shape[1]!);
      return [name, store(randomTensor(shape, random, { spread, centre: kind === 'vector' ? 1 : 0 }), dtype)];
    }),
  );
}

function furthest(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return Array.from(a).reduce((most, x, i) => Math.max(most, Math.abs(x - b[i]!)), 0);
}

/** What the CPU says after the prompt, and its best id. */
function onCpu(m: ModelGraph, tensors: ReadonlyMap<string, Stored>) {
  const cpu = interpreter(m.graph, (name) => tensors.get(name)!.as, CAPACITY);
  const ids = { shape: [PROMPT.length], data: Uint32Array.from(PROMPT) };
  const out = cpu.run({ ids }, { S: PROMPT.length, P: 0, C: CAPACITY });
  return { logits: out.logits!.data, best: out.best!.data[0]! };
}

let gpu: Gpu;
let f16 = false;
let adapter = '';
beforeAll(async () => {
  const opened = await openTestGpu();
  ({ f16, name: adapter } = opened);
  gpu = await openGpu(opened.gpu);
});
afterAll(() => gpu.dispose());

async function singleSteps(runtime: Runtime, ids: readonly number[]) {
  let last = await runtime.step(ids[0]!, 0, 'logits');
  for (let p = 1; p < ids.length; p++) last = await runtime.step(ids[p]!, p, 'logits');
  return last;
}

describe.each([
  ['m0e4', 'f32', []],
  ['m0e4', 'f32', ALL_OFF],
  ['f32', 'f32', []],
  ['f16', 'f32', []],
  ['m0e4', 'f16', []],
  ['m0e4', 'f16', ALL_OFF],
  ['f32', 'f16', []],
] as const)('tiny Llama, %s weights, %s activations, passes off: %j', (dtype, activations, off) => {
  test('logits of the CPU, by chunks and by single steps', async (t) => {
    if (activations === 'f16' && !f16) return t.skip(`${adapter} has no shader-f16`);
    const m = model(TINY, dtype, activations);
    const tensors = randomWeights(m, dtype);
    const live = gpu.counters.liveBytes;
    const runtime = await createRuntime(gpu, runPasses(m.graph, { off }), {
      capacity: CAPACITY,
      weights: source(tensors),
    });
    const want = onCpu(m, tensors);
    const tolerance = activations === 'f16' ? 3e-2 : 1e-4;

    // 23 tokens by chunks of 16: the program for many rows, then the one for a few.
    const chunked = await runtime.prefill(PROMPT, 0, { want: 'logits' });
    expect(furthest(chunked.logits!, want.logits)).toBeLessThan(tolerance);
    if (activations === 'f32') expect(chunked.id).toBe(want.best);
    const single = await singleSteps(runtime, PROMPT);
    expect(furthest(single.logits!, want.logits)).toBeLessThan(tolerance);
    expect(furthest(single.logits!, chunked.logits!)).toBeLessThan(tolerance);

    // The head's and every other matrix once, one row of the embedding.
    expect(runtime.weightBytesReadPerToken).toBeLessThanOrEqual(runtime.weightBytes);
    if (off.length === 0) expect(runtime.dispatchesPerToken).toBe(5 * TINY.num_hidden_layers + 4);
    runtime.dispose();
    expect(gpu.counters.liveBytes).toBe(live);
    gpu.check();
  });
});

describe('steps', () => {
  let runtime: Runtime;
  beforeAll(async () => {
    const m = model(TINY, 'm0e4', 'f32');
    runtime = await createRuntime(gpu, runPasses(m.graph), {
      capacity: CAPACITY,
      weights: source(randomWeights(m, 'm0e4')),
    });
  });
  afterAll(() => runtime.dispose());

  test('create nothing, one submit each, 4 bytes back; fed on the GPU they choose the same', async () => {
    let { id } = await runtime.prefill(PROMPT, 0);
    const slow: number[] = [];
    const before = runtime.counters();
    for (let p = PROMPT.length; p < CAPACITY; p++) {
      ({ id } = await runtime.step(id, p));
      slow.push(id);
    }
    const after = runtime.counters();
    const steps = CAPACITY - PROMPT.length;
    expect(after.buffersCreated - before.buffersCreated).toBe(0);
    expect(after.bindGroupsCreated - before.bindGroupsCreated).toBe(0);
    expect(after.pipelinesCreated - before.pipelinesCreated).toBe(0);
    expect(after.submits - before.submits).toBe(steps);
    expect(after.dispatches - before.dispatches).toBe(steps * runtime.dispatchesPerToken);
    expect(after.bytesRead - before.bytesRead).toBe(4 * steps);

    await runtime.prefill(PROMPT, 0);
    const flying = slow
      .map((_, i) => i)
      .slice(0, 8)
      .map((i) => runtime.step('previous', PROMPT.length + i));
    expect((await Promise.all(flying)).map((r) => r.id)).toEqual(slow.slice(0, 8));
  });

  test('refuse what does not fit, stop between chunks, and go on afterwards', async () => {
    await expect(runtime.step(1, CAPACITY)).rejects.toMatchObject({ code: 'prompt-too-long' });
    await expect(runtime.prefill(PROMPT, 20)).rejects.toMatchObject({ code: 'prompt-too-long' });
    const want = (await runtime.prefill(PROMPT, 0)).id;
    const stop = new AbortController();
    const done: number[] = [];
    const onChunk = (n: number) => {
      done.push(n);
      stop.abort();
    };
    const stopped = runtime.prefill(PROMPT, 0, { signal: stop.signal, onChunk });
    await expect(stopped).rejects.toMatchObject({ code: 'request-aborted' });
    expect(done).toEqual([16]);
    expect((await runtime.prefill(PROMPT, 0)).id).toBe(want);
  });

  test('chunks before the last run neither the head nor the last layer past its keys and values', async () => {
    const before = runtime.counters();
    const { id } = await runtime.prefill(PROMPT.slice(0, 16), 0, { want: 'none' });
    const after = runtime.counters();
    expect(id).toBe(-1);
    // Embedding, the first layer, norm + q, k, v of the second.
    expect(after.dispatches - before.dispatches).toBe(1 + 5 + 1);
    expect(after.bytesRead).toBe(before.bytesRead);
    const rest = await runtime.prefill(PROMPT.slice(16), 16, { want: 'logits' });
    const whole = await runtime.prefill(PROMPT, 0, { want: 'logits' });
    expect(rest.logits).toEqual(whole.logits);
    expect(runtime.counters().dispatches - after.dispatches).toBe(7 + 2 * runtime.dispatchesPerToken);
  });

  test.each([
    ['temperature', { temperature: 1.5, seed: 3 }],
    ['top-k, top-p, min-p', { temperature: 2, topK: 20, topP: 0.9, minP: 0.05, seed: 4 }],
    ['a penalty alone', { repetitionPenalty: 1.7 }],
    ['all', { temperature: 1, topK: 30, topP: 0.95, minP: 0.01, repetitionPenalty: 1.3, seed: 2 ** 33 }],
  ] as const)('sample on the GPU, steps ahead of the readback: %s', async (_, some) => {
    const sampling = { ...GREEDY, ...some };
    const count = 8;
    runtime.setSampling(sampling, PROMPT);
    const got = [(await runtime.prefill(PROMPT, 0)).id];
    const before = runtime.counters();
    const flying = Array.from({ length: count }, (_x, i) => runtime.step('previous', PROMPT.length + i));
    got.push(...(await Promise.all(flying)).map((r) => r.id));
    const after = runtime.counters();
    expect(after.submits - before.submits).toBe(count);
    expect(after.bytesRead - before.bytesRead).toBe(4 * count);
    expect(after.dispatches - before.dispatches).toBe(count * runtime.dispatchesPerToken);
    expect(after.buffersCreated + after.bindGroupsCreated).toBe(
      before.buffersCreated + before.bindGroupsCreated,
    );

    // The same on the CPU, from the GPU's logits.
    const seen = [...PROMPT];
    let { logits } = await runtime.prefill(PROMPT, 0, { want: 'logits' });
    const want: number[] = [];
    while (want.length <= count) {
      const id = sample(logits!, sampling, { position: seen.length, seen });
      want.push(id);
      ({ logits } = await runtime.step(id, seen.length, 'logits'));
      seen.push(id);
    }
    expect(got).toEqual(want);
    runtime.setSampling(GREEDY);
  });

  test('rows of the cache are set aside and put back, read and written', async () => {
    const next = () => runtime.step(9, PROMPT.length, 'logits');
    const overwrite = () => runtime.prefill(PROMPT.toReversed(), 0, { want: 'none' });
    await runtime.prefill(PROMPT, 0, { want: 'none' });
    const want = (await next()).logits;
    const { rows } = runtime;
    const live = gpu.counters.liveBytes;
    const tail = rows.park(10, PROMPT.length - 10);
    expect(tail.bytes).toBe(rows.rowBytes * (PROMPT.length - 10));
    const pieces: Uint8Array<ArrayBuffer>[] = [];
    for await (const piece of rows.read(PROMPT.length)) pieces.push(piece);

    await overwrite();
    expect((await next()).logits).not.toEqual(want);
    await runtime.prefill(PROMPT.slice(0, 10), 0, { want: 'none' });
    rows.unpark(tail, 10);
    expect((await next()).logits).toEqual(want);
    tail.destroy();

    await overwrite();
    await rows.write(PROMPT.length, async () => pieces.shift()!);
    expect((await next()).logits).toEqual(want);
    expect(pieces).toHaveLength(0);
    expect(gpu.counters.liveBytes).toBe(live);
  });

  test('a second question after a long page costs a few per cent of the first', async () => {
    const cost = async (run: () => Promise<unknown>) => {
      const before = runtime.counters();
      await run();
      const after = runtime.counters();
      return { rows: after.rows - before.rows, dispatches: after.dispatches - before.dispatches };
    };
    const page = PROMPT.concat(PROMPT).slice(0, CAPACITY);
    const first = await cost(() => runtime.prefill(page, 0));
    const second = await cost(() => runtime.prefill(page.slice(-1), CAPACITY - 1));
    expect(first.rows).toBe(CAPACITY);
    expect((second.rows * second.dispatches) / (first.rows * first.dispatches)).toBeLessThanOrEqual(0.05);
  });

  test('check a draft in one submit: what steps would have chosen, row by row', async () => {
    expect(await runtime.prepareVerify()).toBe(true);
    const ids = [(await runtime.prefill(PROMPT, 0)).id];
    for (let i = 0; i < 8; i++) ids.push((await runtime.step(ids[i]!, PROMPT.length + i)).id);
    for (const rows of [2, 5, 8]) {
      const before = runtime.counters();
      expect(await runtime.verify(ids.slice(0, rows), PROMPT.length)).toEqual(ids.slice(1, rows + 1));
      const after = runtime.counters();
      expect(after.submits - before.submits).toBe(1);
      expect(after.bytesRead - before.bytesRead).toBe(4 * rows);
      expect(after.buffersCreated + after.bindGroupsCreated + after.pipelinesCreated).toBe(
        before.buffersCreated + before.bindGroupsCreated + before.pipelinesCreated,
      );
    }
    // Rows of a draft that was wrong are written over.
    await runtime.verify([ids[0]!, 3, 3, 3], PROMPT.length);
    expect((await runtime.step(ids[1]!, PROMPT.length + 1)).id).toBe(ids[2]);
    expect(await runtime.verify(ids.slice(1, 4), PROMPT.length + 1)).toEqual(ids.slice(2, 5));
  });

  describe('cut in slices', () => {
    afterAll(() => runtime.setPace('full'));

    test('give the same numbers, and create nothing', async () => {
      const whole = await runtime.prefill(PROMPT, 0, { want: 'logits' });
      const next = await runtime.step(whole.id, PROMPT.length, 'logits');
      for (const pace of ['polite', 'balanced'] as const) {
        runtime.setPace(pace);
        const before = runtime.counters();
        const sliced = await runtime.prefill(PROMPT, 0, { want: 'logits' });
        expect(sliced.logits).toEqual(whole.logits);
        const flying = runtime.step('previous', PROMPT.length, 'logits');
        expect((await flying).logits).toEqual(next.logits);
        const after = runtime.counters();
        expect(after.submits - before.submits).toBeGreaterThan(3);
        expect(after.bindGroupsCreated + after.buffersCreated).toBe(
          before.bindGroupsCreated + before.buffersCreated,
        );
      }
    });

    test('a stop in a prompt and in a step takes effect within one slice, and nothing is left behind', async () => {
      runtime.setPace('polite');
      const want = (await runtime.prefill(PROMPT, 0)).id;
      const stopped = async (run: (signal: AbortSignal) => Promise<unknown>) => {
        // A change of level forgets what slices may hold, so that the first ones are small again.
        runtime.setPace('balanced');
        runtime.setPace('polite');
        const stop = new AbortController();
        const first = runtime.counters().submits;
        const running = run(stop.signal).then(
          () => 'done',
          (error: { code: string }) => error.code,
        );
        while (runtime.counters().submits === first) await new Promise((r) => setImmediate(r));
        const at = runtime.counters().submits;
        stop.abort();
        expect(await running).toBe('request-aborted');
        expect(runtime.counters().submits - at).toBeLessThanOrEqual(1);
      };
      await stopped((signal) => runtime.prefill(PROMPT, 0, { signal }));
      // More often than there are places to read back from: none stays taken.
      for (let i = 0; i < 10; i++) {
        await stopped((signal) => runtime.step(want, PROMPT.length, 'id', signal));
      }
      expect((await runtime.prefill(PROMPT, 0)).id).toBe(want);
    });
  });

  test('describes itself', () => {
    const text = runtime.describe();
    expect(text).toContain('program for S = 1: 14 dispatches');
    expect(text).toContain('qkv.gemv');
  });
});

test('weights larger than a binding may be give the same logits', async () => {
  const { gpu: provider } = await openTestGpu();
  const small = await openGpu(provider, { mostBound: 5200 });
  const m = model({ ...TINY, vocab_size: 400, tie_word_embeddings: true }, 'f16', 'f32');
  const tensors = randomWeights(m, 'f16');
  // Row by row, to compile one program alone: the kernels for many rows have tests of their own.
  const options = { capacity: CAPACITY, weights: source(tensors), maxChunk: 1 };
  const runtime = await createRuntime(small, runPasses(m.graph), options);
  const want = onCpu(m, tensors);
  const { id, logits } = await runtime.prefill(PROMPT, 0, { want: 'logits' });
  expect(furthest(logits!, want.logits)).toBeLessThan(1e-4);
  expect(id).toBe(want.best);
  expect(runtime.describe()).toContain('model.embed_tokens.weight in 10 segments');
  runtime.dispose();
  small.dispose();
});

test('a weight of another shape is refused by name, and nothing stays allocated', async () => {
  const m = model(TINY, 'f32', 'f32');
  const tensors = randomWeights(m, 'f32');
  const name = 'model.layers.1.mlp.down_proj.weight';
  tensors.set(name, store(randomTensor([64, 80], seededRandom(1)), 'f32'));
  const live = gpu.counters.liveBytes;
  const making = createRuntime(gpu, runPasses(m.graph), { capacity: CAPACITY, weights: source(tensors) });
  await expect(making).rejects.toMatchObject({ code: 'store-damaged', who: name, got: 'f32[64, 80]' });
  expect(gpu.counters.liveBytes).toBe(live);
});

describeWithAssets('stories260K', ['models/stories260K-hf-f32'], (folder) => {
  const json = (name: string) => JSON.parse(readFileSync(`${folder}/${name}`, 'utf8'));

  test('the golden ids and logits from BOS, f32', async () => {
    const golden = json('golden.json') as { bos_greedy_ids: number[]; bos_first_logits: number[] };
    const m = model(json('config.json'), 'f32', 'f32', 256);
    const tensors = new Map(
      m.tensors.map(({ name }) => [name, store(readTensor(`${folder}/model.safetensors`, name), 'f32')]),
    );
    const runtime = await createRuntime(gpu, runPasses(m.graph), { capacity: 256, weights: source(tensors) });
    const [bos, ...wanted] = golden.bos_greedy_ids;
    const first = await runtime.step(bos!, 0, 'logits');
    // The golden is f64; f32 sums and one rounding per node lie between.
    expect(furthest(first.logits!, golden.bos_first_logits)).toBeLessThan(5e-5);
    const got = [first.id];
    while (got.length < wanted.length) got.push((await runtime.step(got.at(-1)!, got.length)).id);
    expect(got).toEqual(wanted);
    runtime.dispose();
  });
});

/** One f32 tensor of a safetensors file. */
function readTensor(file: string, name: string): HostTensor {
  const bytes = readFileSync(file);
  const header = 8 + Number(bytes.readBigUInt64LE(0));
  const { shape, data_offsets: at } = JSON.parse(bytes.toString('utf8', 8, header))[name];
  return {
    shape,
    data: new Float32Array(Uint8Array.from(bytes.subarray(header + at[0], header + at[1])).buffer),
  };
}
