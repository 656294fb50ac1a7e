/** Stages of a model: every product once, in order, with the values that later stages read. */
import { expect, test } from 'vitest';
import { buildModel } from '../models/index.ts';
import { TINY_CONFIG } from '../testing/tiny-checkpoint.ts';
import type { WeightSource } from '../runtime/index.ts';
import { compactEmbedding } from './compact-embedding.ts';
import { stagesOf } from './stages.ts';

const { graph } = buildModel(TINY_CONFIG, {
  activations: 'f32',
  weights: () => ({ dtype: 'f32' }),
  maxChunk: 16,
  capacity: 16,
});
const inner = (tensor: string) => tensor.includes('.layers.');

test('products of one input share a stage; each is in one, in the order of the layers', () => {
  const stages = stagesOf(graph, inner);
  const tensors = stages.map(({ products }) => products?.tensors.map((name) => name.split('.').at(-2)) ?? []);
  expect(tensors.slice(0, 5)).toEqual([
    [],
    ['q_proj', 'k_proj', 'v_proj'],
    ['o_proj'],
    ['gate_proj', 'up_proj'],
    ['down_proj'],
  ]);
  const all = stages.flatMap(({ products }) => products?.tensors ?? []);
  expect(new Set(all).size).toBe(all.length);
  expect(all.every(inner)).toBe(true);
  expect(all).toHaveLength(7 * TINY_CONFIG.num_hidden_layers);
  expect(stages.at(-1)!.graph.nodes).toEqual([]);
});

test('a stage reads only what an earlier one kept and none has dropped', () => {
  const kept = new Set<number>();
  for (const { reads, keeps, drops, products } of stagesOf(graph, inner)) {
    for (const { id } of reads) expect(kept.has(id)).toBe(true);
    if (products !== undefined) expect(kept.has(products.input)).toBe(true);
    for (const { id } of keeps) kept.add(id);
    for (const id of drops) expect(kept.delete(id)).toBe(true);
  }
  expect(kept.size).toBe(0);
});

test('the compact embedding has the rows of the ids that occur', async () => {
  const rows = (first: number, count: number) => Float32Array.from({ length: count }, (_, i) => first + i);
  const weights: WeightSource = {
    type: () => ({ dtype: 'f32', shape: [100, 1] }),
    read: async (_, first, count) => ({ data: new Uint8Array(rows(first, count).buffer) }),
  };
  const windows = [
    [7, 90, 7],
    [3, 7],
  ];
  const compact = compactEmbedding(stagesOf(graph, inner), windows, weights);
  const table = 'model.embed_tokens.weight';
  expect(compact.weights.type(table)?.shape).toEqual([3, 1]);
  const { data } = await compact.weights.read(table, 0, 3);
  const values = new Float32Array(data.slice().buffer);
  expect(compact.windows.map((ids) => ids.map((id) => values[id]))).toEqual(windows);
});
