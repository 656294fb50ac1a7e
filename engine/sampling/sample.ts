/**
 * Samples the next id from logits in integer arithmetic, so the GPU (wgsl/sample/sample.wgsl) picks the same id bit for bit.
 *
 * An id's *distance* from the likeliest id counts 2^-19 halvings of the probability. Its *mass* is 2^24 halved that
 * many times: 2^24 · 2^(−distance / 2^19). Ids are sorted by distance, then by id, smaller first. Every filter keeps
 * a prefix of that order. The sampler draws the id at which a random share of the total mass is reached. Integer sums
 * do not depend on the order of addition. Filters run in the order of transformers: penalty, mask, temperature, top-k,
 * top-p, min-p.
 *
 * Precision: a mass is within a factor 1 ± 2^-14 of exp; an id below 2^-24 of the likeliest is never sampled.
 */
import { type Mask, NO_MASK } from './mask.ts';
import { multiplyHigh, philox } from './random.ts';
import { DISTANCE_LIMIT, floatWord, type Sampling, samplingWords, WORD } from './settings.ts';

/** The distance of an excluded id. */
const EXCLUDED = 0xffffffff;
/** Lower bound of the largest logit (−f32 max). WGSL has no literal for infinity, so the GPU uses it too. */
export const MIN_LOGIT = -3.4028234663852886e38;

export interface SamplingPosition {
  /** Number of tokens before the sampled one. Selects the random number. */
  readonly position: number;
  /** Ids of those tokens, for the repetition penalty. Default: none. */
  readonly seen?: Iterable<number>;
  /** Which ids may be sampled. Default: all. */
  readonly mask?: Mask;
}

/** Returns the next id. Reference for the GPU's sampler. `logits` is f32[V]. */
export function sample(
  logits: Float32Array,
  sampling: Sampling,
  { position, seen = [], mask = NO_MASK }: SamplingPosition,
): number {
  const words = samplingWords(sampling);
  return sampleId(withMask(withRepetitionPenalty(logits, words, seen), mask), words, position);
}

/** Returns f32[V]: logits with −f32 max for the ids that the mask excludes. Ignores values that are not ids. */
export function withMask(logits: Float32Array, mask: Mask): Float32Array {
  const named = new Set(mask.ids);
  return logits.map((value, id) => (named.has(id) === mask.only ? value : MIN_LOGIT));
}

/** Returns f32[V]: logits with the repetition penalty applied. Ignores values of `seen` that are not ids. */
export function withRepetitionPenalty(
  logits: Float32Array,
  words: ArrayLike<number>,
  seen: Iterable<number>,
): Float32Array {
  const penalty = floatWord(words, WORD.penalty);
  const out = Float32Array.from(logits);
  if (penalty === 0) return out;
  const inverse = floatWord(words, WORD.inversePenalty);
  for (const id of new Set(seen)) {
    const value = logits[id];
    if (value !== undefined) out[id] = value > 0 ? value * inverse : value * penalty;
  }
  return out;
}

/** An id that may be sampled. */
interface Candidate {
  readonly id: number;
  readonly distance: number;
  readonly mass: number;
}

/** Samples an id. `words` come from {@link samplingWords}. Returns 0 when no logit is above minus infinity. */
export function sampleId(logits: Float32Array, words: ArrayLike<number>, position: number): number {
  const kept = candidates(logits, words);
  if (kept.length === 0) return 0;
  const key = words[WORD.seedLow] as number;
  const [share] = philox(key, [position, words[WORD.seedHigh] as number]);
  const last = prefixByWeight(kept, (c) => c.mass, shareOf(total(kept), share));
  return (last.at(-1) as Candidate).id;
}

/** The ids that pass all filters, likeliest first. */
export function candidates(logits: Float32Array, words: ArrayLike<number>): Candidate[] {
  const scale = floatWord(words, WORD.scale);
  const top = logits.reduce((most, x) => Math.max(most, x), MIN_LOGIT);
  let kept: Candidate[] = [];
  logits.forEach((value, id) => {
    const distance = distanceOf(top, value, scale);
    if (distance !== EXCLUDED) kept.push({ id, distance, mass: massOf(distance) });
  });
  kept.sort((a, b) => a.distance - b.distance || a.id - b.id);
  const topK = scale === 0 ? 1 : (words[WORD.topK] as number);
  if (topK > 0) kept = prefixByWeight(kept, () => 1, topK - 1);
  if (scale === 0) return kept;
  const topP = words[WORD.topP] as number;
  if (topP > 0) kept = prefixByWeight(kept, (c) => c.mass, shareOf(total(kept), topP));
  return kept.filter((c) => c.distance <= (words[WORD.maxDistance] as number));
}

/** The longest prefix whose members each have at most `limit` of weight before them. */
function prefixByWeight(
  all: readonly Candidate[],
  weight: (c: Candidate) => number,
  limit: number,
): Candidate[] {
  let before = 0;
  const end = all.findIndex((c) => {
    if (before > limit) return true;
    before += weight(c);
    return false;
  });
  return end < 0 ? [...all] : all.slice(0, end);
}

function total(all: readonly Candidate[]): number {
  return all.reduce((sum, c) => sum + c.mass, 0);
}

/** ⌊sum · share / 2^32⌋, where share is a u32 and sum is below 2^53. */
function shareOf(sum: number, share: number): number {
  const low = sum % 2 ** 32;
  return Math.floor(sum / 2 ** 32) * share + multiplyHigh(low, share);
}

/** Distance of a logit from the largest. Every operation rounds to f32, as on a GPU. */
function distanceOf(top: number, value: number, scale: number): number {
  if (value === top) return 0;
  if (scale === 0) return EXCLUDED;
  const steps = Math.fround(Math.fround(top - value) * scale);
  return steps < DISTANCE_LIMIT ? Math.trunc(steps) : EXCLUDED;
}

/** 2^24 · 2^(−distance / 2^19): whole halvings are a shift, the fraction is a polynomial in units of 2^-16. */
export function massOf(distance: number): number {
  const x = (distance & 0x7ffff) >>> 3;
  // 2^-x = 1 − 0.69315x + 0.24016x² − 0.05545x³ + 0.00964x⁴ − 0.00122x⁵, fitted together with its truncations.
  let y = 632 - ((x * 80) >>> 16);
  y = 3634 - ((x * y) >>> 16);
  y = 15739 - ((x * y) >>> 16);
  y = 45426 - ((x * y) >>> 16);
  return ((65536 - ((x * y) >>> 16)) << 8) >>> (distance >>> 19);
}
