/**
 * Whole models on a GPU compared with the CPU interpreter of the same graph.
 *
 * Tolerances for logits around 1: f32 1e-4 (sums in f32, exp and the like to a few ulps); f16 activations 3e-2 (every
 * value between two nodes is rounded to 11 bits, a few dozen times).
 */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { describeWithAssets } from '../../scripts/testing/assets.ts';
import { openTestGpu } from '../../scripts/testing/gpu.ts';
import { type Gpu, openGpu } from '../gpu/index.ts';
import { interpreter } from '../graph/interpret.ts';
import { PASSES, runPasses } from '../graph/passes/index.ts';
import { buildModel, type ModelGraph } from '../models/index.ts';
import { randomTensor, seededRandom } from '../tensor/random.ts';
import type { ActivationDType, HostTensor, WeightDType } from '../tensor/tensor.ts';
import { createRuntime, type Runtime } from './index.ts';
import {
  CAPACITY,
  furthest,
  PROMPT,
  randomWeights,
  tensorSource,
  storeTensor,
  TINY,
  type EncodedWeight,
} from '../testing/tiny-model.ts';

const ALL_OFF = PASSES.map((pass) => pass.name);

function model(
  config: object,
  dtype: WeightDType,
  activations: ActivationDType,
  capacity = CAPACITY,
): ModelGraph {
  const weights = () => (dtype === 'm0e4' ? { dtype, group: 32 } : { dtype });
  return buildModel(config, { activations, weights, maxChunk: 16, capacity });
}

/** The CPU's logits after the prompt, and its best id. */
function onCpu(m: ModelGraph, tensors: ReadonlyMap<string, EncodedWeight>) {
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
      weights: tensorSource(tensors),
    });
    const want = onCpu(m, tensors);
    const tolerance = activations === 'f16' ? 3e-2 : 1e-4;

    // 23 tokens in chunks of 16: the program for many rows, then the one for a few.
    const chunked = await runtime.prefill(PROMPT, 0, { want: 'logits' });
    expect(furthest(chunked.logits!, want.logits)).toBeLessThan(tolerance);
    if (activations === 'f32') expect(chunked.id).toBe(want.best);
    const single = await singleSteps(runtime, PROMPT);
    expect(furthest(single.logits!, want.logits)).toBeLessThan(tolerance);
    expect(furthest(single.logits!, chunked.logits!)).toBeLessThan(tolerance);

    // The head and every other matrix once, and one row of the embedding.
    expect(runtime.weightBytesReadPerToken).toBeLessThanOrEqual(runtime.weightBytes);
    if (off.length === 0) expect(runtime.dispatchesPerToken).toBe(5 * TINY.num_hidden_layers + 4);
    runtime.dispose();
    expect(gpu.counters.liveBytes).toBe(live);
    gpu.check();
  });
});

test('weights larger than a binding may be give the same logits', async () => {
  const { gpu: provider } = await openTestGpu();
  const small = await openGpu(provider, { maxBindingBytes: 17_000 }); // as many as the mask of guides needs
  const m = model({ ...TINY, vocab_size: 1300, tie_word_embeddings: true }, 'f16', 'f32');
  const tensors = randomWeights(m, 'f16');
  // Row by row, to compile one program only: the kernels for many rows have tests of their own.
  const options = { capacity: CAPACITY, weights: tensorSource(tensors), maxChunk: 1 };
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
  tensors.set(name, storeTensor(randomTensor([64, 80], seededRandom(1)), 'f32'));
  const live = gpu.counters.liveBytes;
  const making = createRuntime(gpu, runPasses(m.graph), {
    capacity: CAPACITY,
    weights: tensorSource(tensors),
  });
  await expect(making).rejects.toMatchObject({ code: 'store-damaged', who: name, got: 'f32[64, 80]' });
  expect(gpu.counters.liveBytes).toBe(live);
});

describeWithAssets('stories260K', ['models/stories260K-hf-f32'], (folder) => {
  const json = (name: string) => JSON.parse(readFileSync(`${folder}/${name}`, 'utf8'));

  test('the golden ids and logits from BOS, f32', async () => {
    const golden = json('golden.json') as { bos_greedy_ids: number[]; bos_first_logits: number[] };
    const m = model(json('config.json'), 'f32', 'f32', 256);
    const tensors = new Map(
      m.tensors.map(({ name }) => [
        name,
        storeTensor(readTensor(`${folder}/model.safetensors`, name), 'f32'),
      ]),
    );
    const runtime = await createRuntime(gpu, runPasses(m.graph), {
      capacity: 256,
      weights: tensorSource(tensors),
    });
    const [bos, ...wanted] = golden.bos_greedy_ids;
    const first = await runtime.step(bos!, 0, 'logits');
    // The golden is f64; the difference is f32 sums and one rounding per node.
    expect(furthest(first.logits!, golden.bos_first_logits)).toBeLessThan(5e-5);
    const got = [first.id];
    while (got.length < wanted.length) got.push((await runtime.step(got.at(-1)!, got.length)).id);
    expect(got).toEqual(wanted);
    runtime.dispose();
  });
});

/** Reads one f32 tensor of a safetensors file. */
function readTensor(file: string, name: string): HostTensor {
  const bytes = readFileSync(file);
  const header = 8 + Number(bytes.readBigUInt64LE(0));
  const { shape, data_offsets: at } = JSON.parse(bytes.toString('utf8', 8, header))[name];
  return {
    shape,
    data: new Float32Array(Uint8Array.from(bytes.subarray(header + at[0], header + at[1])).buffer),
  };
}
