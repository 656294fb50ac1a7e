/** Checks the sampling options of a request. */
import { fail } from '../base/errors.ts';
import { GREEDY, type Sampling } from '../sampling/settings.ts';
import type { GenerateRequest } from './types.ts';

/**
 * Returns the request's options over greedy defaults, with a random seed if there is none. Throws `request-invalid`
 * with the name of the field.
 */
export function samplingOf({ maxTokens, sampling = {} }: GenerateRequest): Sampling {
  const seed = sampling.seed ?? Math.floor(Math.random() * 2 ** 32);
  const all: Sampling = { ...GREEDY, ...sampling, seed };
  const { temperature, topK, topP, minP, repetitionPenalty } = all;
  check(Number.isInteger(maxTokens) && maxTokens >= 1, 'maxTokens', 'a positive whole number', maxTokens);
  check(temperature >= 0 && Number.isFinite(temperature), 'temperature', 'a number ≥ 0', temperature);
  const count = Number.isInteger(topK) && topK >= 0 && topK < 2 ** 32;
  check(count, 'topK', 'a whole number ≥ 0', topK);
  check(topP > 0 && topP <= 1, 'topP', 'a number above 0, at most 1', topP);
  check(minP >= 0 && minP <= 1, 'minP', 'a number from 0 to 1', minP);
  const penalty = repetitionPenalty > 0 && Number.isFinite(repetitionPenalty);
  check(penalty, 'repetitionPenalty', 'a number above 0', repetitionPenalty);
  check(Number.isFinite(seed), 'seed', 'a number', seed);
  return all;
}

function check(ok: boolean, where: string, expected: string, got: number): void {
  if (ok) return;
  fail('request-invalid', { who: 'request', where, message: 'this value is not allowed', expected, got });
}
