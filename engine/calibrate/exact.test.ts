/** Original rows in 8 bits: added block by block, read in any part, other tensors as they are stored. */
import { expect, test } from 'vitest';
import { dequantiseQ8 } from '../quant/q8.ts';
import type { WeightSource } from '../runtime/index.ts';
import { seededRandom } from '../tensor/random.ts';
import { EXACT_GROUP, exactRows } from './exact.ts';

const others: WeightSource = {
  type: (name) => (name === 'norm' ? { dtype: 'f32', shape: [4] } : undefined),
  read: async () => ({ data: Uint8Array.of(1, 2, 3, 4) }),
};

test('rows come back within half a step, whatever the blocks', async () => {
  const random = seededRandom(4);
  const [k, rows] = [44, 9];
  const weights = Float32Array.from({ length: rows * k }, () => random() - 0.5);
  const exact = exactRows();
  exact.add('w', weights.slice(0, 2 * k), k);
  exact.add('w', weights.slice(2 * k), k);
  expect(exact.rows('w')).toBe(rows);
  const source = exact.over(others);
  expect(source.type('w')).toEqual({ dtype: 'q8', group: EXACT_GROUP, shape: [rows, k] });
  const { data, scales } = await source.read('w', 1, 5);
  const words = (bytes: Uint8Array) => new Uint32Array(bytes.slice().buffer);
  const back = dequantiseQ8({ bytes: words(data), scales: words(scales!) }, k, EXACT_GROUP);
  const errors = Array.from(back, (w, i) => Math.abs(w - weights[k + i]!));
  expect(errors).toHaveLength(5 * k);
  // Steps are 1/254 of a range of at most 1; scales are halves.
  expect(Math.max(...errors)).toBeLessThan(0.5 / 254 + 1e-3);
});

test('other tensors are those of the store, and dropped rows are gone', async () => {
  const exact = exactRows();
  exact.add('w', new Float32Array(32).fill(1), 32);
  exact.drop('w');
  const source = exact.over(others);
  expect(exact.rows('w')).toBe(0);
  expect(source.type('w')).toBeUndefined();
  expect(source.type('norm')).toEqual({ dtype: 'f32', shape: [4] });
  expect((await source.read('norm', 0, 1)).data).toHaveLength(4);
});
