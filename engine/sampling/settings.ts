/**
 * Sampling options of a request, and their encoding for the GPU as eight words. All words zero means greedy.
 */

export interface Sampling {
  /** 0 is greedy: then all other options except the repetition penalty are ignored. */
  readonly temperature: number;
  /** Keeps the k likeliest tokens. 0 keeps all. */
  readonly topK: number;
  /** Keeps the fewest likeliest tokens whose probabilities sum to at least this. 1 keeps all. */
  readonly topP: number;
  /** Keeps tokens whose probability is at least this fraction of the likeliest one's. 0 keeps all. */
  readonly minP: number;
  /** Divides the logits of ids that already occur in the text; multiplies logits below 0. 1 is off. */
  readonly repetitionPenalty: number;
  /** The same seed, logits and positions give the same ids. Only the low 53 bits are used. */
  readonly seed: number;
}

export const GREEDY: Sampling = {
  temperature: 0,
  topK: 0,
  topP: 1,
  minP: 0,
  repetitionPenalty: 1,
  seed: 0,
};

/** Distance units per halving of the probability. */
export const STEPS_PER_HALVING = 2 ** 19;
/** Ids at this distance or more are never sampled: they are 24 halvings below the likeliest. */
export const DISTANCE_LIMIT = 24 * STEPS_PER_HALVING;

/** Number of words: u32[8]. wgsl/sample/sample.wgsl and wgsl/penalise/penalise.wgsl read them. */
export const SAMPLING_WORDS = 8;
/** Index of each word. */
export const WORD = {
  /** f32: distance units per unit of logit. 0: greedy. */
  scale: 0,
  topK: 1,
  /** A fraction of 2^32. 0: off. */
  topP: 2,
  /** Largest distance that min-p keeps. */
  maxDistance: 3,
  /** f32: the penalty and its inverse. 0: off. */
  penalty: 4,
  inversePenalty: 5,
  seedLow: 6,
  seedHigh: 7,
} as const;

/** Encodes sampling options as u32[8], indexed by {@link WORD}. */
export function samplingWords(s: Sampling): Uint32Array<ArrayBuffer> {
  const words = new Uint32Array(SAMPLING_WORDS);
  const floats = new Float32Array(words.buffer);
  const whole = Math.floor(Math.abs(s.seed));
  if (s.temperature > 0) floats[WORD.scale] = (STEPS_PER_HALVING * Math.LOG2E) / s.temperature;
  words[WORD.topK] = s.topK;
  if (s.topP < 1) words[WORD.topP] = Math.max(1, Math.floor(s.topP * 2 ** 32));
  words[WORD.maxDistance] = DISTANCE_LIMIT - 1;
  if (s.minP > 0) {
    const distance = Math.floor(-Math.log2(s.minP) * STEPS_PER_HALVING);
    words[WORD.maxDistance] = Math.min(DISTANCE_LIMIT - 1, distance);
  }
  if (s.repetitionPenalty !== 1) {
    floats[WORD.penalty] = s.repetitionPenalty;
    floats[WORD.inversePenalty] = 1 / s.repetitionPenalty;
  }
  words[WORD.seedLow] = whole % 2 ** 32;
  words[WORD.seedHigh] = Math.floor(whole / 2 ** 32) % 2 ** 21;
  return words;
}

/** Reads a word as f32. */
export function floatWord(words: ArrayLike<number>, at: number): number {
  return new Float32Array(Uint32Array.of(words[at] as number).buffer)[0] as number;
}
