/** Compares the integer sampler with softmax in f64 and plain filters: which ids are kept, how often, how exactly. */
import { describe, expect, test } from 'vitest';
import { candidates, sampleId, massOf, sample, withRepetitionPenalty } from './sample.ts';
import { DISTANCE_LIMIT, GREEDY, type Sampling, STEPS_PER_HALVING, samplingWords } from './settings.ts';

const off: Sampling = { ...GREEDY, temperature: 1 };
const logits = Float32Array.from([1, 3, 2, 3, -1, 0]);
const at = (position: number) => ({ position });

/** A separate random generator for test data, since the sampler's own is under test. */
function noise(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

function softmax(values: ArrayLike<number>, temperature: number): number[] {
  const top = Math.max(...Array.from(values));
  const e = Array.from(values, (v) => Math.exp((v - top) / temperature));
  const total = e.reduce((a, b) => a + b);
  return e.map((x) => x / total);
}

/** Reference in f64: sorts all ids and applies the filters. */
function reference(values: Float32Array, { temperature, topK, topP, minP }: Sampling): number[] {
  const p = softmax(values, temperature);
  const ids = Array.from(values, (_, i) => i).sort((a, b) => values[b]! - values[a]! || a - b);
  const likely = topK > 0 ? ids.slice(0, topK) : ids;
  const total = likely.reduce((s, i) => s + p[i]!, 0);
  let sum = 0;
  const kept = likely.filter((i) => {
    const keep = topP >= 1 || sum < topP * total;
    sum += p[i]!;
    return keep;
  });
  return kept.filter((i) => p[i]! >= minP * p[ids[0]!]! * (1 - 1e-6) && p[i]! > 2 ** -24 * p[ids[0]!]!);
}

test('greedy picks the largest logit, and the smaller id of equals; all minus infinity gives 0', () => {
  expect(sample(logits, GREEDY, at(0))).toBe(1);
  expect(sample(Float32Array.of(Number.NEGATIVE_INFINITY, 0), off, at(1))).toBe(1);
  expect(sample(new Float32Array(4).fill(Number.NEGATIVE_INFINITY), off, at(1))).toBe(0);
});

test('the candidates equal those of a full sort, for random logits and options', () => {
  const random = noise(7);
  for (let round = 0; round < 500; round++) {
    const values = Float32Array.from(
      { length: 1 + Math.floor(random() * 60) },
      () => Math.round(random() * 12 - 6) / 2,
    );
    const options = {
      ...off,
      temperature: 0.3 + random() * 2,
      topK: Math.floor(random() * 10),
      topP: round % 3 === 0 ? 1 : 0.05 + random() * 0.9,
      minP: round % 4 === 0 ? random() / 2 : 0,
    };
    const got = candidates(values, samplingWords(options)).map((c) => c.id);
    expect(got, JSON.stringify({ options, values: [...values] })).toEqual(reference(values, options));
  }
});

test.each([
  ['temperature 1', {}],
  ['temperature 0.5', { temperature: 0.5 }],
  ['top-k 3', { topK: 3 }],
  ['top-p 0.8', { topP: 0.8 }],
  ['min-p 0.3', { minP: 0.3 }],
] as const)('frequencies follow the distribution: %s', (_, some) => {
  const options = { ...off, ...some, seed: 42 };
  const n = 20_000;
  const words = samplingWords(options);
  const counts = new Array<number>(logits.length).fill(0);
  for (let i = 0; i < n; i++) counts[sampleId(logits, words, i)]!++;
  const kept = reference(logits, options);
  const all = softmax(logits, options.temperature);
  const total = kept.reduce((sum, id) => sum + all[id]!, 0);
  counts.forEach((c, id) => {
    const p = kept.includes(id) ? all[id]! / total : 0;
    // Four standard deviations of a binomial count.
    expect(Math.abs(c - n * p)).toBeLessThanOrEqual(4 * Math.sqrt(n * p * (1 - p)));
  });
});

test('a mass is within 2^-14 of its exact power of two, and never grows with the distance', () => {
  let before = massOf(0);
  expect(before).toBe(2 ** 24);
  for (let d = 0; d < DISTANCE_LIMIT; d += 911) {
    const exact = 2 ** (24 - d / STEPS_PER_HALVING);
    const mass = massOf(d);
    expect(Math.abs(mass - exact)).toBeLessThanOrEqual(exact * 2 ** -14 + 1);
    expect(mass).toBeLessThanOrEqual(before);
    before = mass;
  }
  expect(massOf(DISTANCE_LIMIT - 1)).toBe(1);
});

describe('seed and position', () => {
  const ids = (seed: number) =>
    Array.from({ length: 40 }, (_, i) => sample(logits, { ...off, temperature: 3, seed }, at(i)));

  test('the same seed gives the same ids, another seed gives others', () => {
    expect(ids(1)).toEqual(ids(1));
    expect(ids(2)).not.toEqual(ids(1));
    expect(ids(2 ** 40)).not.toEqual(ids(0));
  });

  test('the order in which positions are sampled does not matter', () => {
    const words = samplingWords({ ...off, temperature: 3, seed: 1 });
    const backwards = Array.from({ length: 40 }, (_, i) => sampleId(logits, words, 39 - i)).reverse();
    expect(backwards).toEqual(ids(1));
  });
});

test('the penalty divides positive logits and multiplies negative ones, once per id that was seen', () => {
  const words = samplingWords({ ...GREEDY, repetitionPenalty: 2 });
  expect([...withRepetitionPenalty(logits, words, [1, 1, 4, 99])]).toEqual([1, 1.5, 2, 3, -2, 0]);
  expect(sample(logits, { ...GREEDY, repetitionPenalty: 2 }, { position: 3, seen: [1, 3] })).toBe(2);
  expect([...withRepetitionPenalty(logits, samplingWords(GREEDY), [1])]).toEqual([...logits]);
});
