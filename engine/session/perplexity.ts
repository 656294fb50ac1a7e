/** Measures how well a model predicts texts: exp of the mean negative log-likelihood per token, BOS given. */
import type { Runtime } from '../runtime/runtime.ts';
import { throwIfAborted } from '../base/errors.ts';
import type { Perplexity, PerplexityHooks } from './model.ts';
import type { ModelText } from './text.ts';

/** Steps in flight at a time; all ids are known in advance. */
const IN_FLIGHT = 2;

/**
 * Runs the texts, each truncated to the runtime's capacity, and overwrites the cache's rows. Throws `request-aborted`
 * after `signal`.
 */
export async function perplexity(
  runtime: Runtime,
  text: ModelText,
  texts: readonly string[],
  { signal, onText }: PerplexityHooks,
): Promise<Perplexity> {
  let nll = 0;
  let tokens = 0;
  for (const [i, content] of texts.entries()) {
    const ids = text.encodeText(content).slice(0, runtime.capacity);
    const inFlight: Promise<number>[] = [];
    for (let at = 0; at + 1 < ids.length; at++) {
      throwIfAborted(signal, 'perplexity');
      const next = ids[at + 1] as number;
      const result = runtime
        .step(ids[at] as number, at, 'logits')
        .then((r) => negativeLogLikelihood(r.logits as Float32Array, next));
      result.catch(() => {}); // awaited later, or of no interest after an earlier one failed
      inFlight.push(result);
      if (inFlight.length >= IN_FLIGHT) nll += (await inFlight.shift()) as number;
    }
    for (const pending of inFlight) nll += await pending;
    tokens += Math.max(0, ids.length - 1);
    onText?.(i + 1, texts.length);
  }
  const meanNll = tokens === 0 ? 0 : nll / tokens;
  return { perplexity: Math.exp(meanNll), meanNll, texts: texts.length, tokens };
}

/** Returns −ln of the softmax probability of `id`, in nats. */
export function negativeLogLikelihood(logits: Float32Array, id: number): number {
  let top = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < logits.length; i++) top = Math.max(top, logits[i] as number);
  let sum = 0;
  for (let i = 0; i < logits.length; i++) sum += Math.exp((logits[i] as number) - top);
  return Math.log(sum) + top - (logits[id] as number);
}
