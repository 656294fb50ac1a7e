import { expect, test } from 'vitest';
import { compare, type ReferenceTrace } from './check.ts';

const scores = (...all: [number, number][]) => all.map(([id, logProbability]) => ({ id, logProbability }));
const reference: ReferenceTrace = {
  ids: [5, 6, 7],
  best: [scores([5, -1], [9, -2]), scores([6, -1], [8, -1.01]), scores([7, -0.5], [5, -3])],
};

test('reports equal answers and the largest difference over common tokens', () => {
  const trace = { ids: [5, 6, 7], best: scores([5, -1.004], [9, -1.99], [4, -9]) };
  const { largest, same, of } = compare(reference, trace, 0.02);
  expect(largest).toBeCloseTo(0.01);
  expect([same, of]).toEqual([3, 3]);
});

test('answers may diverge only at a tie', () => {
  const best = scores([5, -1]);
  expect(compare(reference, { ids: [5, 8, 1], best }, 0.02)).toEqual({ largest: 0, same: 1, of: 3 });
  const other = { ids: [5, 6, 5], best };
  expect(() => compare(reference, other, 0.02)).toThrow('token 2 is 5, not 7, which is likelier by 2.5');
  expect(() => compare(reference, { ids: [4, 6, 7], best }, 0.02)).toThrow('Infinity');
});

test('different log-probabilities and different tokens are refused', () => {
  const ids = [5, 6, 7];
  expect(() => compare(reference, { ids, best: scores([5, -1.5]) }, 0.02)).toThrow('differ by 0.5');
  expect(() => compare(reference, { ids, best: scores([1, -1]) }, 0.02)).toThrow('differ by NaN');
});
