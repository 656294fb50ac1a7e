/**
 * What models with carried states cost, counted without a GPU from the sizes of published models: dispatches of a token,
 * bytes of states, of the cache and of weights.
 */
import { describe, expect, it } from 'vitest';
import type { Gpu } from '../gpu/index.ts';
import { runPasses } from '../graph/passes/index.ts';
import { planMemory } from '../graph/plan.ts';
import { hasSlots, SLOTS } from '../graph/slots.ts';
import { specialise } from '../kernels/kernel.ts';
import { buildModel } from '../models/index.ts';
import { evaluate } from '../symbolic/evaluate.ts';
import { bounds } from '../symbolic/relate.ts';
import { byteSize } from '../tensor/tensor.ts';
import { QWEN35_08B } from '../testing/large/configs.ts';
import { segmentRows } from './memory/segments.ts';
import { rangesOf } from './program/programs.ts';
import { selectKernels, workspacesOf } from './program/select-kernels.ts';

const MIB = 2 ** 20;
const CHUNK = 128;
const CAPACITY = 4096;

/** The 4 bits of an import, with embedding and head in 8, on a device with the smallest bindings of phones. */
function costOf(config: object, buffers: number) {
  const gpu = {
    f16: true,
    subgroupSizes: [0, 0],
    maxBindingBytes: 128 * MIB,
    facts: { limits: { maxStorageBuffersPerShaderStage: buffers } },
  } as unknown as Gpu;
  const model = buildModel(config, {
    activations: 'f16',
    weights: (tensor) => ({ dtype: tensor.includes('embed_tokens') ? 'q8' : 'm0e4', group: 32 }),
    maxChunk: CHUNK,
    capacity: CAPACITY,
  });
  const graph = runPasses(model.graph);
  const place = { gpu, graph, capacity: CAPACITY, variants: {} };
  const plan = planMemory(graph, workspacesOf(place, rangesOf(CHUNK)));
  const sum = (chosen: (typeof graph.values)[number][]) =>
    chosen.reduce((total, { type }) => total + evaluate(byteSize(type), { C: CAPACITY }), 0);
  const of = (kind: string) => graph.values.filter(({ origin }) => origin.kind === kind);
  const steps = selectKernels(place, { min: 1, max: 1 }).flatMap(({ node, kernel, input }) =>
    specialise(kernel, input).map((made) => ({ node, made })),
  );
  const dispatches = (layer: string) =>
    steps.filter(
      ({ node, made }) => node.name.startsWith(layer) && evaluate(made.workgroups, { S: 1, P: 0 }) > 0,
    ).length;
  const embedding = graph.values.find(({ name }) => name.endsWith('embed_tokens.weight'))!.type;
  return {
    dispatches,
    all: dispatches(''),
    segments: segmentRows(embedding, gpu.maxBindingBytes).length,
    weights: sum(of('weight')),
    states: sum(of('state').filter(hasSlots)),
    cache: sum(of('state').filter((v) => !hasSlots(v))),
    beside: plan.slots.reduce((total, slot) => total + bounds(slot.bytes).max, 0),
  };
}

describe('Qwen3.5-0.8B at 4,096 tokens', () => {
  const cost = costOf(QWEN35_08B, 16);

  it('takes six dispatches a layer with a carried state, and five with attention', () => {
    expect(cost.dispatches('layers.0.')).toBe(6);
    expect(cost.dispatches('layers.3.')).toBe(5);
    expect(cost.all).toBe(18 * 6 + 6 * 5 + 4 + 2 * (cost.segments - 1));
  });

  it('takes one dispatch more for attention where a stage binds ten buffers', () => {
    const phone = costOf(QWEN35_08B, 10);
    expect([phone.dispatches('layers.0.'), phone.dispatches('layers.3.')]).toEqual([6, 6]);
  });

  it('runs within eight buffers', () => {
    expect(costOf(QWEN35_08B, 8).dispatches('layers.0.')).toBe(6);
  });

  it('has states whose size does not depend on the text, and a quarter of the layers has a cache', () => {
    // 16 matrices of 128 × 128 in f32, and three rows of 6,144 halves, in 18 layers.
    expect(cost.states).toBe(SLOTS * 18 * (16 * 128 * 128 * 4 + 3 * 6144 * 2));
    // Keys and values of two heads of 256, in halves; ids of the text and settings beside.
    expect(cost.cache).toBeGreaterThanOrEqual(6 * 2 * 512 * 2 * CAPACITY);
    expect(cost.cache).toBeLessThan(6 * 2 * 512 * 2 * CAPACITY + 64 * 1024);
  });

  it('fits: weights, states, cache and slots take less than 0.8 GB', () => {
    const { weights, states, cache, beside } = cost;
    expect(weights).toBeLessThan(600e6);
    expect(weights + states + cache + beside).toBeLessThan(800e6);
    // Everything but weights, states and cache.
    expect(beside).toBeLessThan(0.02 * (weights + states + cache));
    if (process.env.ENGINE_TABLE === '1') process.stdout.write(`${JSON.stringify(cost)}\n`);
  });
});
