import { expect, test } from 'vitest';
import { deviationMeter, normaliserOf, pairedError, perplexityOf } from './compare.ts';

/** Logits of given probabilities, with an offset, which changes nothing. */
const row = (...probabilities: number[]) => Float32Array.from(probabilities, (p) => Math.log(p) + 3);

test('equal rows do not diverge', () => {
  const meter = deviationMeter();
  meter.add(row(0.5, 0.25, 0.25), row(0.5, 0.25, 0.25), 1);
  meter.add(row(0.1, 0.8, 0.1), row(0.1, 0.8, 0.1), 1);
  const { tokens, perplexity, meanDivergence, highDivergence, sameChoice } = meter.result();
  expect(tokens).toBe(2);
  expect(perplexity).toBeCloseTo(1 / Math.sqrt(0.25 * 0.8), 5);
  expect(meanDivergence).toBeCloseTo(0, 6);
  expect(highDivergence).toBeCloseTo(0, 6);
  expect(sameChoice).toBe(1);
});

test('the divergence of known distributions, and another first choice', () => {
  const meter = deviationMeter();
  meter.add(row(0.25, 0.75), row(0.5, 0.5), 0);
  meter.add(row(0.9, 0.1), row(0.1, 0.9), 0);
  const first = 0.5 * Math.log(0.5 / 0.25) + 0.5 * Math.log(0.5 / 0.75);
  const second = 0.1 * Math.log(0.1 / 0.9) + 0.9 * Math.log(0.9 / 0.1);
  const { meanDivergence, highDivergence, sameChoice, perplexity } = meter.result();
  expect(meanDivergence).toBeCloseTo((first + second) / 2, 5);
  expect(highDivergence).toBeCloseTo(second, 5);
  expect(sameChoice).toBe(0); // of two equal logits the first counts
  expect(perplexity).toBeCloseTo(1 / Math.sqrt(0.25 * 0.9), 5);
});

test('large logits do not overflow', () => {
  const { log, best } = normaliserOf(Float32Array.of(1000, 1001));
  expect(log).toBeCloseTo(1001 + Math.log(1 + Math.exp(-1)), 3);
  expect(best).toBe(1);
});

test('the error of a difference is that of pairs: what is hard for both does not count', () => {
  expect(pairedError([3, 1, 8], [2, 0, 7])).toBe(0);
  // Differences of 1 and 3: a standard deviation of √2, over √2.
  expect(pairedError([3, 10], [2, 7])).toBeCloseTo(1, 12);
  expect(perplexityOf([Math.log(2), Math.log(8)])).toBeCloseTo(4, 12);
});
