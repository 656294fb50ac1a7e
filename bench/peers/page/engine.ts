/** What the bench asks of an engine. Each answers with ids, greedily and past the end-of-text token. */
export interface PeerEngine {
  /** What a reader of the table should know of how it ran. */
  readonly version: string;
  /** The likeliest tokens after the prompt, best first. */
  best(prompt: readonly number[]): Promise<Score[]>;
  /** `onToken` as each token becomes known. */
  generate(prompt: readonly number[], tokens: number, onToken: (id: number) => void): Promise<void>;
}

export interface Score {
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
  /** Tokens that prompt and answer have together, at most. */
  readonly capacity: number;
}

export type OpenPeer = (options: OpenOptions) => Promise<PeerEngine>;

export const SCORES = 32;

export function bestOf(logits: Float32Array): Score[] {
  const most = logits.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const logSum = most + Math.log(logits.reduce((sum, x) => sum + Math.exp(x - most), 0));
  return Array.from(logits, (x, id) => ({ id, logProbability: x - logSum }))
    .sort((a, b) => b.logProbability - a.logProbability)
    .slice(0, SCORES);
}
