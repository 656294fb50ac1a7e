/**
 * What a request wants of the next token, and the eight words in which a GPU is told. All words zero means greedy.
 */

export interface Sampling {
  /** 0 is greedy; then of the rest only the penalty matters. */
  readonly temperature: number;
  /** Keep the k likeliest; 0 keeps all. */
  readonly topK: number;
  /** Keep the fewest that together have this probability; 1 keeps all. */
  readonly topP: number;
  /** Keep those at least this many times as likely as the likeliest; 0 keeps all. */
  readonly minP: number;
  /** Above 1: logits of ids that stand in the text already are divided by it (multiplied where below 0). */
  readonly repetitionPenalty: number;
  /** Same seed, same logits, same positions: same ids. Its low 53 bits count. */
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

/** Steps of a distance per halving of the probability; an id 24 halvings below the likeliest never comes. */
export const STEPS = 2 ** 19;
export const REACH = 24 * STEPS;

/** u32[8]; what each word is, wgsl/sample/sample.wgsl and wgsl/penalise/penalise.wgsl read. */
export const SAMPLING_WORDS = 8;
export const WORD = {
  /** f32: steps of distance per unit of logit. 0: greedy. */
  scale: 0,
  topK: 1,
  /** Of 2^32; 0: off. */
  topP: 2,
  /** The largest distance that min-p keeps. */
  reach: 3,
  /** f32: the penalty and its inverse; 0: none. */
  penalty: 4,
  inversePenalty: 5,
  seedLow: 6,
  seedHigh: 7,
} as const;

export function samplingWords(s: Sampling): Uint32Array<ArrayBuffer> {
  const words = new Uint32Array(SAMPLING_WORDS);
  const floats = new Float32Array(words.buffer);
  const whole = Math.floor(Math.abs(s.seed));
  if (s.temperature > 0) floats[WORD.scale] = (STEPS * Math.LOG2E) / s.temperature;
  words[WORD.topK] = s.topK;
  if (s.topP < 1) words[WORD.topP] = Math.max(1, Math.floor(s.topP * 2 ** 32));
  words[WORD.reach] = s.minP > 0 ? Math.min(REACH - 1, Math.floor(-Math.log2(s.minP) * STEPS)) : REACH - 1;
  if (s.repetitionPenalty !== 1) {
    floats[WORD.penalty] = s.repetitionPenalty;
    floats[WORD.inversePenalty] = 1 / s.repetitionPenalty;
  }
  words[WORD.seedLow] = whole % 2 ** 32;
  words[WORD.seedHigh] = Math.floor(whole / 2 ** 32) % 2 ** 21;
  return words;
}

/** A word read as an f32. */
export function floatWord(words: ArrayLike<number>, at: number): number {
  return new Float32Array(Uint32Array.of(words[at] as number).buffer)[0] as number;
}
