/** The interface to an engine under test. Engines decode greedily and do not stop at the end-of-text token. */
export interface PeerEngine {
  /** Version and number formats, for the table. */
  readonly version: string;
  /** Milliseconds of its opening that are spent once for a model or a GPU, since the browser keeps what came of them. */
  readonly importMs?: number;
  /** The likeliest tokens after the prompt, best first. */
  best(prompt: readonly number[]): Promise<TokenScore[]>;
  /** Generates `tokens` tokens. Calls `onToken` as each token becomes known. */
  generate(prompt: readonly number[], tokens: number, onToken: (id: number) => void): Promise<void>;
}

export interface TokenScore {
  readonly id: number;
  /** Natural logarithm. */
  readonly logProbability: number;
}

export interface OpenOptions {
  /** Path of the model's folder on the bench's server. */
  readonly model: string;
  /** Path of the peers' `node_modules` on the bench's server. */
  readonly packages: string;
  readonly activations: 'f32' | 'f16';
  /** Maximum number of tokens of prompt and answer together. */
  readonly capacity: number;
}

export type OpenPeer = (options: OpenOptions) => Promise<PeerEngine>;

/** Number of likeliest tokens that are compared. */
export const SCORES = 32;

/** Returns the likeliest tokens with their log-probabilities, best first. `logits` is f32[V]. */
export function bestOf(logits: Float32Array): TokenScore[] {
  const most = logits.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const logSum = most + Math.log(logits.reduce((sum, x) => sum + Math.exp(x - most), 0));
  return Array.from(logits, (x, id) => ({ id, logProbability: x - logSum }))
    .sort((a, b) => b.logProbability - a.logProbability)
    .slice(0, SCORES);
}
