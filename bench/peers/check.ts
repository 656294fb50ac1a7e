/**
 * Whether engines compute the same model, before anything is timed: the likeliest tokens after one prompt, and a greedy
 * answer. All hold the same numbers, so what is left is how they round.
 *
 * The prompt is short on purpose: from 9 rows (Linnet) and 32 rows (ONNX Runtime) on, kernels may round activations to
 * bytes, and random weights make much of that; a greedy answer goes through the steps that decoding is timed with.
 */
import type { Score } from './page/engine.ts';

export const CHECK_PROMPT = 8;
export const CHECK_TOKENS = 16;

/**
 * Most that a log-probability may be off. Measured against ONNX Runtime, 4 and 30 layers: f32 0.00002 (Linnet) and 0.007
 * (wllama, whose cache is of halves); f16 0.009; `bytes` is llama.cpp on the processor, which rounds activations to
 * bytes at every length: 0.05.
 */
export const TOLERANCE = { f32: 0.02, f16: 0.1, bytes: 0.2 } as const;

export interface Trace {
  /** The greedy answer. */
  readonly ids: readonly number[];
  /** After the prompt. */
  readonly best: readonly Score[];
}

export interface Reference {
  readonly ids: readonly number[];
  /** After the prompt, and after each token of the answer but the last. */
  readonly best: readonly (readonly Score[])[];
}

export interface Agreement {
  /** Largest difference of a log-probability, of the tokens that both name among their likeliest. */
  readonly largest: number;
  /** Greedy tokens until the first that differs; all, most of the time. */
  readonly same: number;
  readonly of: number;
}

/**
 * Answers may part where two tokens are as likely as each other within the tolerance; from there on they say nothing.
 * @throws Error where an engine computes something else
 */
export function compare(reference: Reference, trace: Trace, tolerance: number): Agreement {
  const { ids } = reference;
  const largest = largestDifference(reference.best[0] ?? [], trace.best);
  if (!(largest <= tolerance))
    throw new Error(`log-probabilities are off by ${largest}, more than ${tolerance}`);
  const parting = ids.findIndex((id, i) => id !== trace.ids[i]);
  if (parting < 0) return { largest, same: ids.length, of: ids.length };
  const there = reference.best[parting] ?? [];
  const chosen = there.find(({ id }) => id === trace.ids[parting])?.logProbability;
  const gap = (there[0]?.logProbability ?? Number.NaN) - (chosen ?? Number.NEGATIVE_INFINITY);
  if (!(gap <= tolerance))
    throw new Error(
      `token ${parting} is ${trace.ids[parting]}, not ${ids[parting]}, which is likelier by ${gap}`,
    );
  return { largest, same: parting, of: ids.length };
}

/** NaN where they have no token in common. */
function largestDifference(a: readonly Score[], b: readonly Score[]): number {
  const known = new Map(a.map(({ id, logProbability }) => [id, logProbability]));
  const differences = b.flatMap(({ id, logProbability }) => {
    const other = known.get(id);
    return other === undefined ? [] : [Math.abs(other - logProbability)];
  });
  return differences.length === 0 ? Number.NaN : Math.max(...differences);
}
