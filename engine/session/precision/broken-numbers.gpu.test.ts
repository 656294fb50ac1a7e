/** Numbers that leave the range of f16, and weights that are NaN: noticed in every way to choose a token, named, mended. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openTestGpu } from '../../../scripts/testing/gpu.ts';
import { EngineError } from '../../base/errors.ts';
import { consoleLog, setLog } from '../../base/log.ts';
import { type Gpu, openGpu } from '../../gpu/index.ts';
import { TINY, TINY_CONFIG, tinyFiles, tinyTensors } from '../../testing/tiny-checkpoint.ts';
import { memoryFolder } from '../../weights/sources/memory-source.ts';
import { memoryStorage } from '../../weights/store/storage-memory.ts';
import { type ModelStore, openStore } from '../../weights/store/store.ts';
import { importModel } from '../import/import.ts';
import { loadModel } from '../load.ts';
import type { GenerateHooks, LoadedModel } from '../model.ts';
import { storedPrecision } from '../adapters/stored-precision.ts';
import type { GenerateEvent, GenerateRequest, LoadOptions } from '../types.ts';

let gpu: Gpu;
let f16: boolean;
beforeAll(async () => {
  const opened = await openTestGpu();
  f16 = opened.f16;
  gpu = await openGpu(opened.gpu);
  setLog('error', () => {});
});
afterAll(() => {
  setLog('warn', consoleLog('engine'));
  gpu.dispose();
});

/** Changes the numbers of tensors whose name ends so. */
type Change = Readonly<Record<string, (x: number, i: number) => number>>;

/** `untied`: the head has weights of its own. */
async function stored(change: Change, untied = false): Promise<ModelStore> {
  const tensors = Object.entries(tinyTensors()).map(([name, tensor]) => {
    const by = Object.entries(change).find(([end]) => name.endsWith(end))?.[1];
    return [
      name,
      by === undefined ? tensor : { ...tensor, values: Float32Array.from(tensor.values, by) },
    ] as const;
  });
  const store = openStore(memoryStorage());
  const head = tinyTensors(2)['model.embed_tokens.weight'] as (typeof tensors)[number][1];
  const all = Object.fromEntries(untied ? [...tensors, ['lm_head.weight', head] as const] : tensors);
  const config = JSON.stringify({ ...TINY_CONFIG, tie_word_embeddings: !untied });
  const files = { ...tinyFiles(undefined, all), 'config.json': config };
  await importModel(memoryFolder('tiny', files), store, { id: 'tiny', weights: 'f32' });
  return store;
}

/** Products of gate and up in its layer are about 1e7: beyond f16, far within f32. */
const LOUD: Change = {
  'layers.0.mlp.up_proj.weight': (x) => 3000 * x,
  'layers.0.mlp.gate_proj.weight': (x) => 3000 * x,
  'layers.0.mlp.down_proj.weight': (x) => 1e-7 * x,
};

const PROMPT = { kind: 'text', text: 'abc abc abc abc' } as const;
const ask = (more: Partial<GenerateRequest> = {}): GenerateRequest => ({
  prompt: PROMPT,
  maxTokens: 12,
  ignoreEos: true,
  ...more,
});

const bans: GenerateHooks = { guide: { next: () => ({ ban: [5, 6, 7] }) } };
const WAYS: [string, GenerateRequest, GenerateHooks][] = [
  ['greedy', ask({ speculation: 'off' }), {}],
  ['greedy with drafts', ask({ speculation: 'always' }), {}],
  ['sampled', ask({ sampling: { temperature: 0.8, topK: 9, topP: 0.9, seed: 7 } }), {}],
  ['with a penalty', ask({ sampling: { temperature: 0, repetitionPenalty: 1.3, seed: 7 } }), {}],
  ['under a mask', ask(), bans],
  ['under a mask that leaves one id', ask(), { guide: { next: () => ({ allow: [9] }) } }],
];

async function opened(store: ModelStore, options: LoadOptions = {}, hooks = {}): Promise<LoadedModel> {
  return loadModel(store, 'tiny', gpu, { capacity: 128, ...options }, hooks);
}

async function failure(work: Promise<unknown>): Promise<EngineError> {
  const error = await work.then(
    () => undefined,
    (e: unknown) => e,
  );
  expect(error).toBeInstanceOf(EngineError);
  return error as EngineError;
}

describe('activations beyond f16', () => {
  test.for(WAYS)('%s: the answer is that of f32', async ([, request, hooks], t) => {
    if (!f16) return t.skip('the adapter has no shader-f16');
    const store = await stored(LOUD);
    const exact = await opened(store, { activations: 'f32' });
    const expected = await exact.generate(request, hooks);
    exact.dispose();
    const model = await opened(store);
    expect(model.facts.activations).toBe('f16');
    const events: GenerateEvent[] = [];
    const got = await model.generate(request, { ...hooks, onEvent: (event) => events.push(event) });
    expect(got.ids).toEqual(expected.ids);
    expect(got.text).toBe(expected.text);
    expect(model.facts.activations).toBe('f32');
    const told = events.findIndex(({ kind }) => kind === 'precision');
    expect(events.slice(told, told + 2)).toEqual([
      { kind: 'precision', activations: 'f32' },
      { kind: 'rewind', length: 0 },
    ]);
    model.dispose();
  });

  test('the error names layer and operation where f16 was asked for', async (t) => {
    if (!f16) return t.skip('the adapter has no shader-f16');
    const model = await opened(await stored(LOUD), { activations: 'f16' });
    const error = await failure(model.generate(ask()));
    expect(error.code).toBe('numbers-broken');
    expect(error.who).toMatch(/^layers\.0\..*\(.*\)$/);
    expect(error.expected).toMatch(/65504/);
    expect((await failure(model.logits(PROMPT))).code).toBe('numbers-broken');
    expect((await failure(model.perplexity(['abc']))).code).toBe('numbers-broken');
    model.dispose();
  });

  test('in mid-answer: what was written is taken back, and the answer is made again', async (t) => {
    if (!f16) return t.skip('the adapter has no shader-f16');
    // Only one letter has an embedding beyond f16; a guide writes it after four tokens.
    const loudF = (x: number, i: number) => (Math.floor(i / TINY.hidden) === 9 ? 1e6 * x : x);
    const store = await stored({ 'embed_tokens.weight': loudF }, true);
    const hooks: GenerateHooks = {
      guide: { next: ({ ids }) => (ids.length === 4 ? { force: [9] } : { ban: [9] }) },
    };
    const request = ask();
    const exact = await opened(store, { activations: 'f32' });
    const expected = await exact.generate(request, hooks);
    exact.dispose();
    const model = await opened(store);
    const events: GenerateEvent[] = [];
    const got = await model.generate(request, { ...hooks, onEvent: (event) => events.push(event) });
    expect(got.ids).toEqual(expected.ids);
    const told = events.findIndex(({ kind }) => kind === 'precision');
    expect(told).toBeGreaterThan(0);
    expect(events.slice(0, told).filter(({ kind }) => kind === 'token').length).toBeGreaterThan(3);
    model.dispose();
  });

  test('requests that wait are answered too, and the next load begins with f32', async (t) => {
    if (!f16) return t.skip('the adapter has no shader-f16');
    const store = await stored(LOUD);
    const precision = storedPrecision(store.storage);
    const model = await opened(store, {}, { precision });
    const all = await Promise.all([model.generate(ask()), model.generate(ask()), model.logits(PROMPT)]);
    expect(all[0].ids).toHaveLength(12);
    expect(all[1].ids).toEqual(all[0].ids);
    expect(all[2].logits.every(Number.isFinite)).toBe(true);
    model.dispose();
    const again = await opened(store, {}, { precision: storedPrecision(store.storage) });
    expect(again.facts.activations).toBe('f32');
    expect((await again.generate(ask())).ids).toEqual(all[0].ids);
    again.dispose();
  });
});

describe('weights that are not numbers', () => {
  const spoilt = (value: number) => (x: number, i: number) => (i === 17 ? value : x);
  test.for([
    ['layers.0.mlp.down_proj.weight', Number.NaN],
    ['layers.0.self_attn.o_proj.weight', Number.POSITIVE_INFINITY],
    ['layers.0.input_layernorm.weight', Number.NaN],
    ['layers.0.self_attn.k_proj.weight', Number.NaN],
  ] as const)(
    '%s with %f: the error names the tensor, and nothing is loaded again',
    async ([name, value]) => {
      const at = name.includes('norm') ? (x: number, i: number) => (i === 3 ? value : x) : spoilt(value);
      const model = await opened(await stored({ [name]: at }));
      const before = model.facts.activations;
      const error = await failure(model.generate(ask()));
      expect(error.code).toBe('numbers-broken');
      expect(error.who).toContain(`model.${name}`);
      expect(error.where).toMatch(/^layers\.\d/);
      expect(model.facts.activations).toBe(before);
      model.dispose();
    },
  );
});

test('sound models cost what they did', async () => {
  const model = await opened(await stored({}));
  const { counters } = await model.generate(ask({ speculation: 'off', maxTokens: 24 }));
  expect(counters.submitsPerToken).toBe(1);
  expect(counters.readbackBytesPerToken).toBe(4);
  expect(counters.createdPerToken).toEqual({ buffers: 0, bindGroups: 0, pipelines: 0 });
  // Five for its layer, and four more: embedding, head, and the two that choose an id.
  expect(counters.dispatchesPerToken).toBe(9);
  model.dispose();
});
