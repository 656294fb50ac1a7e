/** Checks the sampling options of a request, and reads those that a model's makers recommend. */
import { fail } from '../base/errors.ts';
import { GREEDY, type Sampling } from '../sampling/settings.ts';
import type { GenerateRequest, SamplingOptions } from './types.ts';

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

/**
 * The sampling that a parsed generation_config.json recommends, as far as its values are valid. Undefined if it
 * recommends none. `do_sample: false` and a temperature of 0 mean the likeliest token each time; a penalty then stays.
 */
export function recommendedSampling(config: Readonly<Record<string, unknown>>): SamplingOptions | undefined {
  const { do_sample: samples, temperature, top_k: topK, top_p: topP, min_p: minP } = config;
  const number = (x: unknown, ok: (x: number) => boolean) => (typeof x === 'number' && ok(x) ? x : undefined);
  const share = (x: number) => x > 0 && x <= 1;
  const wanted = number(temperature, (x) => x >= 0 && x <= 5);
  const repetitionPenalty = number(config.repetition_penalty, (x) => x > 1 && x <= 2);
  const penalty = repetitionPenalty === undefined ? {} : { repetitionPenalty };
  if (samples === false || wanted === 0 || (samples !== true && wanted === undefined)) {
    return repetitionPenalty === undefined ? undefined : { temperature: 0, repetitionPenalty };
  }
  const all = {
    temperature: wanted ?? 1,
    topK: number(topK, (x) => Number.isInteger(x) && x >= 0 && x < 2 ** 31),
    topP: number(topP, share),
    minP: number(minP, share),
  };
  const given = Object.entries(all).filter(([, value]) => value !== undefined);
  return { ...Object.fromEntries(given), ...penalty };
}

function check(ok: boolean, where: string, expected: string, got: number): void {
  if (ok) return;
  fail('request-invalid', { who: 'request', where, message: 'this value is not allowed', expected, got });
}
