/**
 * What a layer of each kind costs in the sizes of published models, counted without a GPU: dispatches of a token, bytes of
 * weights, states and cache, and the most that is held at once over these. The bounds are the ones the engine promises.
 */
import { describe, expect, it } from 'vitest';
import { SLOTS } from '../graph/slots.ts';
import {
  FALCON_H1_05B,
  GEMMA4_E2B,
  GRANITE4_H_1B,
  LFM25_350M,
  QWEN35_08B,
} from '../testing/large/configs.ts';
import { gpuCost } from '../testing/large/gpu-cost.ts';

const CAPACITY = 4096;
/** Buffers that a stage binds: what every WebGPU has, and where a head's norm fits into the product. */
const [FEW, MANY] = [8, 16];

/** The 4 bits of an import, with embedding and head in 8. */
const costOf = (config: object, buffers: number) =>
  gpuCost(
    config,
    {
      activations: 'f16',
      weights: (tensor) => ({ dtype: /embed_tokens|lm_head/.test(tensor) ? 'q8' : 'm0e4', group: 32 }),
      capacity: CAPACITY,
    },
    buffers,
  );

interface Kind {
  readonly layer: number;
  /** Dispatches of a token past an empty cache; norms of what a block adds are counted apart. */
  readonly dispatches: number;
  /** The same where a stage binds eight buffers, if that is another. */
  readonly few?: number;
  /** Over a full cache attention is split and merged. */
  readonly late?: number;
  /** Norms after blocks, each a dispatch. */
  readonly after?: number;
}

const MODELS: readonly [name: string, config: object, kinds: Readonly<Record<string, Kind>>][] = [
  [
    'LFM2.5 350M',
    LFM25_350M,
    { convolution: { layer: 0, dispatches: 5 }, attention: { layer: 2, dispatches: 5, late: 6 } },
  ],
  [
    'LFM3 1.7B',
    { model_type: 'lfm3' },
    {
      convolution: { layer: 0, dispatches: 5, after: 2 },
      'attention with gates': { layer: 2, dispatches: 5, few: 6, late: 6, after: 2 },
    },
  ],
  [
    'Granite with sinks 2B',
    { model_type: 'granite_swa' },
    { 'attention with sinks': { layer: 0, dispatches: 5, late: 6 } },
  ],
  [
    'Qwen3.5 0.8B',
    QWEN35_08B,
    {
      'gated delta rule': { layer: 0, dispatches: 6 },
      'attention with gates': { layer: 3, dispatches: 5, few: 6, late: 6 },
    },
  ],
  [
    'Granite 4.0 H 1B',
    GRANITE4_H_1B,
    { 'Mamba-2': { layer: 0, dispatches: 6 }, attention: { layer: 5, dispatches: 5, late: 6 } },
  ],
  ['Falcon-H1 0.5B', FALCON_H1_05B, { 'Mamba-2 beside attention': { layer: 0, dispatches: 9, late: 10 } }],
];

describe.each(MODELS)('%s at 4,096 tokens', (name, config, kinds) => {
  const cost = costOf(config, MANY);
  const phone = costOf(config, FEW);
  const held = cost.weights + cost.states + cost.cache;

  it.each(Object.entries(kinds))('dispatches of a layer: %s', (kind, want) => {
    const { layer, dispatches, few = dispatches, late = dispatches, after = 0 } = want;
    expect(cost.inLayer(layer)).toBe(dispatches + after);
    expect(phone.inLayer(layer)).toBe(few + after);
    expect(cost.inLayer(layer, CAPACITY - 1)).toBe(late + after);
    // Falcon-H1 has both mixers in each layer.
    const most = /beside/.test(kind) ? 7 + 3 : /delta|Mamba/.test(kind) ? 7 : 5;
    expect(dispatches).toBeLessThanOrEqual(most);
    if (process.env.ENGINE_TABLE === '1')
      process.stdout.write(
        `| ${name} | ${kind} | ${cost.inLayer(layer)} | ${phone.inLayer(layer)} | ${cost.inLayer(layer, CAPACITY - 1)} |\n`,
      );
  });

  it('needs little beside weights, states and cache, at a prompt in chunks', () => {
    if (process.env.ENGINE_TABLE === '1')
      process.stdout.write(
        `| ${name} | ${[cost.early, phone.early, cost.late].join(' | ')} | ${[cost.weights, cost.states, cost.cache, cost.beside].map((x) => (x / 1e6).toFixed(1)).join(' | ')} | ${(cost.total / held).toFixed(3)} |\n`,
      );
    expect(cost.total / held).toBeLessThan(1.06);
  });
});

describe('Qwen3.5-0.8B at 4,096 tokens', () => {
  const cost = costOf(QWEN35_08B, MANY);

  it('takes six dispatches a layer with a carried state, five with attention, and four', () => {
    expect(cost.early).toBe(18 * 6 + 6 * 5 + 4 + 2 * (cost.segments - 1));
    expect(costOf(QWEN35_08B, 8).inLayer(0)).toBe(6);
  });

  it('has states whose size does not depend on the text, and a quarter of the layers has a cache', () => {
    // 16 matrices of 128 × 128 in f32, and three rows of 6,144 halves, in 18 layers.
    expect(cost.states).toBe(SLOTS * 18 * (16 * 128 * 128 * 4 + 3 * 6144 * 2));
    // Keys and values of two heads of 256, in halves; ids of the text and settings beside.
    expect(cost.cache).toBeGreaterThanOrEqual(6 * 2 * 512 * 2 * CAPACITY);
    expect(cost.cache).toBeLessThan(6 * 2 * 512 * 2 * CAPACITY + 64 * 1024);
  });

  it('fits: weights, states, cache and all else take less than 0.8 GB', () => {
    expect(cost.weights).toBeLessThan(600e6);
    expect(cost.total).toBeLessThan(800e6);
  });
});

/** Gemma 4's layers have a third block, and norms after each: shared-caches.test.ts has its counts. */
it('shared keys and values of Gemma 4 take no dispatch more than own ones', () => {
  const cost = costOf(GEMMA4_E2B, FEW);
  expect(cost.inLayer(15)).toBe(cost.inLayer(0));
});
