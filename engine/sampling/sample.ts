/**
 * Logits to the next id, in integers, so that a GPU (wgsl/sample/sample.wgsl) comes to the same id bit for bit.
 *
 * An id's *distance* from the likeliest is in steps of 2^-19 halvings of its probability; its *mass* is 2^24
 * halved so often. Order is by distance, then by id, the smaller first. Every filter keeps a beginning of that
 * order, and the draw is the id where a random share of the mass lies; sums of integers do not depend on who adds
 * first. The order of the filters is transformers': penalty, temperature, top-k, top-p, min-p.
 *
 * Precision: a mass is within 2^-14 of exp; an id below 2^-24 of the likeliest never comes.
 */
import { multiplyHigh, philox } from './random.ts';
import { floatWord, REACH, type Sampling, samplingWords, WORD } from './settings.ts';

/** Farther than any. */
const OUT = 0xffffffff;
/** Logits below count as this, so that a GPU, which may not write infinity down, agrees. */
const LOWEST = -3.4028234663852886e38;

export interface SamplePosition {
  /** Tokens before the one that is chosen: what the random number is drawn by. */
  readonly position: number;
  /** The ids of those tokens, for the penalty; none when absent. */
  readonly seen?: Iterable<number>;
}

/** The reference of the GPU's sampler. `logits` f32[V]. */
export function sample(
  logits: Float32Array,
  sampling: Sampling,
  { position, seen = [] }: SamplePosition,
): number {
  const words = samplingWords(sampling);
  return choose(penalised(logits, words, seen), words, position);
}

/** f32[V]: logits with the repetition penalty. Values of `seen` that are no ids do not matter. */
export function penalised(
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

/** An id that may come. */
interface Candidate {
  readonly id: number;
  readonly distance: number;
  readonly mass: number;
}

/** The id by `words` of {@link samplingWords}; 0 when no logit is a number above minus infinity. */
export function choose(logits: Float32Array, words: ArrayLike<number>, position: number): number {
  const kept = candidates(logits, words);
  if (kept.length === 0) return 0;
  const key = words[WORD.seedLow] as number;
  const [share] = philox(key, [position, words[WORD.seedHigh] as number]);
  const last = upTo(kept, (c) => c.mass, shareOf(total(kept), share));
  return (last.at(-1) as Candidate).id;
}

/** The ids that may come, likeliest first. */
export function candidates(logits: Float32Array, words: ArrayLike<number>): Candidate[] {
  const scale = floatWord(words, WORD.scale);
  const top = logits.reduce((most, x) => Math.max(most, x), LOWEST);
  let kept: Candidate[] = [];
  logits.forEach((value, id) => {
    const distance = distanceOf(top, value, scale);
    if (distance !== OUT) kept.push({ id, distance, mass: massOf(distance) });
  });
  kept.sort((a, b) => a.distance - b.distance || a.id - b.id);
  const topK = scale === 0 ? 1 : (words[WORD.topK] as number);
  if (topK > 0) kept = upTo(kept, () => 1, topK - 1);
  if (scale === 0) return kept;
  const topP = words[WORD.topP] as number;
  if (topP > 0) kept = upTo(kept, (c) => c.mass, shareOf(total(kept), topP));
  return kept.filter((c) => c.distance <= (words[WORD.reach] as number));
}

/** The beginning: each with at most `limit` of weight before it. */
function upTo(all: readonly Candidate[], weight: (c: Candidate) => number, limit: number): Candidate[] {
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

/** ⌊sum · share / 2^32⌋, share a u32, sum below 2^53. */
function shareOf(sum: number, share: number): number {
  const low = sum % 2 ** 32;
  return Math.floor(sum / 2 ** 32) * share + multiplyHigh(low, share);
}

/** In steps; every operation rounds to f32, as a GPU's does. */
function distanceOf(top: number, value: number, scale: number): number {
  if (value === top) return 0;
  if (scale === 0) return OUT;
  const steps = Math.fround(Math.fround(top - value) * scale);
  return steps < REACH ? Math.trunc(steps) : OUT;
}

/** 2^24 · 2^(−distance / STEPS): the whole halvings shift, the rest is a polynomial in units of 2^-16. */
export function massOf(distance: number): number {
  const x = (distance & 0x7ffff) >>> 3;
  // 2^-x = 1 − 0.69315x + 0.24016x² − 0.05545x³ + 0.00964x⁴ − 0.00122x⁵, fitted to hold with its truncations.
  let y = 632 - ((x * 80) >>> 16);
  y = 3634 - ((x * y) >>> 16);
  y = 15739 - ((x * y) >>> 16);
  y = 45426 - ((x * y) >>> 16);
  return ((65536 - ((x * y) >>> 16)) << 8) >>> (distance >>> 19);
}
