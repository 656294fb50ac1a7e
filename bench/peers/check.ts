/**
 * Checks that engines compute the same model before anything is timed. Compares the likeliest tokens after one prompt,
 * and a greedy answer. All engines hold the same weights, so only their rounding differs.
 *
 * The prompt is short on purpose. From 9 rows (Linnet) and 32 rows (ONNX Runtime) on, kernels may round activations to
 * bytes, and random weights amplify that error. A greedy answer uses the same steps as the timed decoding.
 */
import type { TokenScore } from './page/engine.ts';

export const CHECK_PROMPT = 8;
export const CHECK_TOKENS = 16;

/**
 * Largest allowed difference of a log-probability. Measured against ONNX Runtime with 4 and 30 layers: f32 0.00002
 * (Linnet) and 0.007 (wllama, whose cache holds halves); f16 0.009; `bytes` 0.05 (llama.cpp on the CPU, which rounds
 * activations to bytes at every length).
 */
export const TOLERANCE = { f32: 0.02, f16: 0.1, bytes: 0.2 } as const;

export interface EngineTrace {
  /** The greedy answer. */
  readonly ids: readonly number[];
  /** The likeliest tokens after the prompt. */
  readonly best: readonly TokenScore[];
}

export interface ReferenceTrace {
  readonly ids: readonly number[];
  /** The likeliest tokens after the prompt and after each token of the answer except the last. */
  readonly best: readonly (readonly TokenScore[])[];
}

export interface Agreement {
  /** Largest difference of a log-probability, over the tokens that are among the likeliest of both. */
  readonly largest: number;
  /** Number of greedy tokens before the first that differs. */
  readonly same: number;
  /** Number of greedy tokens compared. */
  readonly of: number;
}

/**
 * Compares an engine with the reference. Answers may diverge where two tokens are equally likely within the tolerance;
 * tokens after that point are not compared. Throws an Error if the engine computes something else.
 */
export function compare(reference: ReferenceTrace, trace: EngineTrace, tolerance: number): Agreement {
  const { ids } = reference;
  const largest = largestDifference(reference.best[0] ?? [], trace.best);
  if (!(largest <= tolerance))
    throw new Error(`log-probabilities differ by ${largest}, more than ${tolerance}`);
  const divergence = ids.findIndex((id, i) => id !== trace.ids[i]);
  if (divergence < 0) return { largest, same: ids.length, of: ids.length };
  const expected = reference.best[divergence] ?? [];
  const chosen = expected.find(({ id }) => id === trace.ids[divergence])?.logProbability;
  const gap = (expected[0]?.logProbability ?? Number.NaN) - (chosen ?? Number.NEGATIVE_INFINITY);
  if (!(gap <= tolerance))
    throw new Error(
      `token ${divergence} is ${trace.ids[divergence]}, not ${ids[divergence]}, which is likelier by ${gap}`,
    );
  return { largest, same: divergence, of: ids.length };
}

/** Returns NaN if the lists have no token in common. */
function largestDifference(a: readonly TokenScore[], b: readonly TokenScore[]): number {
  const known = new Map(a.map(({ id, logProbability }) => [id, logProbability]));
  const differences = b.flatMap(({ id, logProbability }) => {
    const other = known.get(id);
    return other === undefined ? [] : [Math.abs(other - logProbability)];
  });
  return differences.length === 0 ? Number.NaN : Math.max(...differences);
}
