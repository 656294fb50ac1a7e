/**
 * Measures how fast the loaded model reads and writes on this device, and how much memory it takes. This takes ten
 * seconds, and ten more for writing if reading uses up the first ten.
 */
import type { LoadedModel } from '../../../engine/index.ts';
import type { Benchmark } from '../../protocol/types.ts';

/** Most milliseconds for each text. */
const TIME_MS = 10_000;
/** Tokens of the prompt: two chunks of the largest size. */
const PROMPT_TOKENS = 256;
const MAX_TOKENS = 2000;
const SENTENCE = 'The linnet is a small finch of the heath, and it sings from the top of a bush in spring. ';

/** Null if `signal` stopped it. */
export async function benchmark(
  model: LoadedModel,
  now: () => number,
  signal: AbortSignal,
): Promise<Benchmark | null> {
  const room = model.facts.capacity;
  const prompt = promptOf(model, Math.min(PROMPT_TOKENS, Math.floor(room / 2)));
  // Programs compile at their first use. The text differs, so that the cache holds nothing of the measured prompt.
  await ask(model, `Once ${prompt}`, 2, signal);
  if (signal.aborted) return null;
  const { timings, counters, ids } = await ask(model, prompt, MAX_TOKENS, signal);
  if (signal.aborted) return null;
  // The beginning of the prompt is in the cache by then, so all of the time is spent on writing.
  const writing = ids.length > 0 ? timings : (await ask(model, SENTENCE, MAX_TOKENS, signal)).timings;
  if (signal.aborted) return null;
  return {
    at: now(),
    activations: model.facts.activations,
    prefillTokensPerSecond: timings.prefillTokensPerSecond,
    decodeTokensPerSecond: writing.decodeTokensPerSecond,
    timeToFirstTokenMs: timings.timeToFirstTokenMs,
    weightBytes: counters.weightBytes,
    cacheBytes: counters.cacheBytes,
    peakGpuBytes: counters.peakGpuBytes,
  };
}

function ask(model: LoadedModel, text: string, maxTokens: number, stop: AbortSignal) {
  const left = model.facts.capacity - model.countTokens({ kind: 'text', text });
  return model.generate(
    { prompt: { kind: 'text', text }, maxTokens: Math.max(1, Math.min(maxTokens, left)), ignoreEos: true },
    { signal: AbortSignal.any([stop, AbortSignal.timeout(TIME_MS)]) },
  );
}

function promptOf(model: LoadedModel, tokens: number): string {
  const one = Math.max(1, model.countTokens({ kind: 'text', text: SENTENCE }) - 1);
  return SENTENCE.repeat(Math.max(1, Math.floor(tokens / one)));
}
