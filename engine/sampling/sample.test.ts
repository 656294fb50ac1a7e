import { expect, test } from 'vitest';
import { seededRandom } from './random.ts';
import { distribution, greedy, type Sampling, sample } from './sample.ts';

const off: Sampling = { temperature: 1, topK: 0, topP: 1 };
const logits = Float32Array.from([1, 3, 2, 3, -1, 0]);

function softmax(values: Float32Array, temperature: number): number[] {
  const top = Math.max(...values);
  const e = Array.from(values, (v) => Math.exp((v - top) / temperature));
  const total = e.reduce((a, b) => a + b);
  return e.map((x) => x / total);
}

/** Sorts everything: the slow and plain way to say which ids may come. */
function reference(values: Float32Array, { temperature, topK, topP }: Sampling): number[] {
  const ids = Array.from(values, (_, i) => i).sort((a, b) => values[b]! - values[a]! || a - b);
  const kept = topK > 0 ? ids.slice(0, topK) : ids;
  if (topP >= 1) return kept;
  const p = softmax(values, temperature);
  const total = kept.reduce((s, i) => s + p[i]!, 0);
  let sum = 0;
  return kept.filter((i, at) => {
    const keep = at === 0 || sum < topP * total;
    sum += p[i]!;
    return keep;
  });
}

test('greedy takes the largest, the smaller id of equals', () => {
  expect(greedy(logits)).toBe(1);
  expect(sample(logits, { ...off, temperature: 0 }, () => 0.9)).toBe(1);
});

test('the candidates are those of a full sort, for random logits and options', () => {
  const random = seededRandom(7);
  for (let round = 0; round < 500; round++) {
    const values = Float32Array.from(
      { length: 1 + Math.floor(random() * 60) },
      () => Math.round(random() * 12 - 6) / 2,
    );
    const options = {
      temperature: 0.3 + random() * 2,
      topK: Math.floor(random() * 10),
      topP: round % 3 === 0 ? 1 : 0.05 + random() * 0.9,
    };
    const got = [...Array.from(distribution(values, options).ids)];
    const want = reference(values, options);
    const all = options.topK === 0 || options.topK >= values.length;
    if (all && options.topP >= 1) want.sort((a, b) => a - b);
    expect(got, JSON.stringify({ options, values: [...values] })).toEqual(want);
  }
});

test.each([
  ['temperature 1', off],
  ['temperature 0.5', { ...off, temperature: 0.5 }],
  ['top-k 3', { ...off, topK: 3 }],
  ['top-p 0.8', { ...off, topP: 0.8 }],
] as const)('frequencies follow the distribution: %s', (_, options) => {
  const n = 40_000;
  const random = seededRandom(42);
  const counts = new Array<number>(logits.length).fill(0);
  for (let i = 0; i < n; i++) counts[sample(logits, options, random)]!++;
  const { ids, weights } = distribution(logits, options);
  const total = weights.reduce((a, b) => a + b);
  const p = new Array<number>(logits.length).fill(0);
  Array.from(ids).forEach((id, i) => {
    p[id] = weights[i]! / total;
  });
  // Four standard deviations of a binomial count.
  counts.forEach((c, i) => {
    expect(Math.abs(c - n * p[i]!)).toBeLessThanOrEqual(4 * Math.sqrt(n * p[i]! * (1 - p[i]!)));
  });
});

test('the same seed gives the same numbers, on every machine', () => {
  const r = seededRandom(1);
  const first = [r(), r(), r()].map((x) => Math.round(x * 2 ** 32));
  const again = seededRandom(1);
  expect([again(), again(), again()].map((x) => Math.round(x * 2 ** 32))).toEqual(first);
  expect(first).toMatchInlineSnapshot(`
    [
      1608336407,
      1990310018,
      1483619830,
    ]
  `);
  expect(seededRandom(2)()).not.toBe(seededRandom(1)());
  expect(seededRandom(2 ** 40)()).not.toBe(seededRandom(0)());
});

test('logits of minus infinity never come', () => {
  const masked = Float32Array.from([Number.NEGATIVE_INFINITY, 0, Number.NEGATIVE_INFINITY]);
  const random = seededRandom(3);
  for (let i = 0; i < 100; i++) expect(sample(masked, off, random)).toBe(1);
});
