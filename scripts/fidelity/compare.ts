/**
 * How far the predictions of a model with rounded weights are from those of the same model with its own values, token by
 * token. All in nats.
 */

/** The sums of one form over all tokens. */
export interface Deviation {
  readonly tokens: number;
  /** exp of the mean negative log-likelihood of the text's own tokens. */
  readonly perplexity: number;
  /** Negative log-likelihood of each of those tokens. */
  readonly losses: readonly number[];
  /** Mean of the Kullback–Leibler divergence from the reference, Σ p · ln(p/q). */
  readonly meanDivergence: number;
  /** 99 % of all tokens have at most this divergence. */
  readonly highDivergence: number;
  /** Share of the tokens at which both have the same likeliest id. */
  readonly sameChoice: number;
}

/** Collects the rows of one form. */
export interface DeviationMeter {
  /** Adds a row: the logits of the form and of the reference after the same ids, and the id that follows in the text. */
  add(logits: Float32Array, reference: Float32Array, next: number): void;
  result(): Deviation;
}

export function deviationMeter(): DeviationMeter {
  const losses: number[] = [];
  const same: boolean[] = [];
  const divergences: number[] = [];
  return {
    add(logits, reference, next) {
      const form = normaliserOf(logits);
      const own = normaliserOf(reference);
      losses.push(form.log - logits[next]!);
      same.push(form.best === own.best);
      divergences.push(divergence(reference, own.log, logits, form.log));
    },
    result: () => deviationOf({ losses, divergences, same }),
  };
}

/** What is measured at each token. */
export interface TokenFigures {
  /** Negative log-likelihood of the text's token. */
  readonly losses: readonly number[];
  /** From the reference. */
  readonly divergences: readonly number[];
  /** Whether both have the same likeliest id. */
  readonly same: readonly boolean[];
}

export function deviationOf({ losses, divergences, same }: TokenFigures): Deviation {
  const tokens = losses.length;
  const sorted = divergences.toSorted((a, b) => a - b);
  return {
    tokens,
    perplexity: perplexityOf(losses),
    losses: [...losses],
    meanDivergence: mean(sorted),
    highDivergence: sorted[Math.ceil(0.99 * tokens) - 1] ?? 0,
    sameChoice: same.filter((one) => one).length / tokens,
  };
}

export const perplexityOf = (losses: readonly number[]): number => Math.exp(mean(losses));

const mean = (numbers: readonly number[]): number =>
  numbers.reduce((sum, one) => sum + one, 0) / numbers.length;

/**
 * The standard error of the mean difference between two lists of losses on the same tokens. Their perplexities differ by
 * about this share of chance: tokens that are hard for one are hard for the other, so few of them tell forms apart.
 */
export function pairedError(losses: readonly number[], reference: readonly number[]): number {
  const differences = losses.map((loss, i) => loss - reference[i]!);
  const middle = mean(differences);
  const squares = differences.reduce((sum, one) => sum + (one - middle) ** 2, 0);
  const n = differences.length;
  return n < 2 ? 0 : Math.sqrt(squares / (n - 1) / n);
}

/** The logarithm of Σ exp(logit), and the index of the largest logit; the smaller one among equals. */
export function normaliserOf(logits: Float32Array): { log: number; best: number } {
  let best = 0;
  for (let i = 1; i < logits.length; i++) if (logits[i]! > logits[best]!) best = i;
  const top = logits[best]!;
  let sum = 0;
  for (let i = 0; i < logits.length; i++) sum += Math.exp(logits[i]! - top);
  return { log: top + Math.log(sum), best };
}

/** Σ p · (ln p − ln q) for two rows of logits with their normalisers. Never below 0, whatever rounding says. */
function divergence(p: Float32Array, pLog: number, q: Float32Array, qLog: number): number {
  let sum = 0;
  for (let i = 0; i < p.length; i++) {
    const log = p[i]! - pLog;
    sum += Math.exp(log) * (log - (q[i]! - qLog));
  }
  return Math.max(0, sum);
}
