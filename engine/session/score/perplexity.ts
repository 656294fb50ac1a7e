/** Measures how well a model predicts texts: exp of the mean negative log-likelihood per token, BOS given. */
import { throwIfAborted } from '../../base/errors.ts';
import type { Perplexity, PerplexityHooks } from '../model.ts';
import type { Reading } from '../read-prompt.ts';
import { score } from './score.ts';
import type { ModelText } from '../text.ts';

/** Tokens scored at a time: it bounds the memory of their logits, and how soon a cancellation takes effect. */
const PART = 32;

/**
 * Scores the texts, each truncated to the cache's capacity. Throws `request-aborted` after `signal`.
 */
export async function perplexity(
  reading: Reading,
  text: ModelText,
  texts: readonly string[],
  { signal, onText }: PerplexityHooks,
): Promise<Perplexity> {
  let nll = 0;
  let tokens = 0;
  for (const [i, content] of texts.entries()) {
    const ids = text.encodeText(content).slice(0, reading.cache.capacity);
    for (let at = 0; at + 1 < ids.length; at += PART) {
      throwIfAborted(signal, 'perplexity');
      const end = Math.min(at + PART, ids.length - 1);
      const logits = await score(reading, ids.slice(0, end), at, signal);
      for (const [j, row] of logits.entries()) nll += negativeLogLikelihood(row, ids[at + j + 1] as number);
    }
    tokens += Math.max(0, ids.length - 1);
    onText?.(i + 1, texts.length);
  }
  const meanNll = tokens === 0 ? 0 : nll / tokens;
  return { perplexity: Math.exp(meanNll), meanNll, texts: texts.length, tokens };
}

/** Returns −ln of the softmax probability of `id`, in nats. */
function negativeLogLikelihood(logits: Float32Array, id: number): number {
  let top = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < logits.length; i++) top = Math.max(top, logits[i] as number);
  let sum = 0;
  for (let i = 0; i < logits.length; i++) sum += Math.exp((logits[i] as number) - top);
  return Math.log(sum) + top - (logits[id] as number);
}
