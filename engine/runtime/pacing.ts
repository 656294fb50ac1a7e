/**
 * How much of a prompt goes to the GPU at a time: chunks, at most two in flight, so that other pages draw
 * in between and a stop takes effect within one chunk.
 */
import { throwIfAborted } from '../base/errors.ts';

export interface Pace {
  /** Most tokens in one submit. */
  readonly chunk: number;
  readonly signal?: AbortSignal | undefined;
  readonly onChunk?: ((done: number, total: number) => void) | undefined;
}

const IN_FLIGHT = 2;

/**
 * Calls `submit` for one chunk after the other; `settled` resolves when what was submitted so far has run.
 * Throws `request-aborted` between two chunks.
 */
export async function inChunks(
  total: number,
  { chunk, signal, onChunk }: Pace,
  submit: (first: number, count: number) => Promise<void> | void,
  settled: () => Promise<void>,
): Promise<void> {
  const flying: Promise<void>[] = [];
  for (let first = 0; first < total; first += chunk) {
    throwIfAborted(signal, 'prefill');
    const count = Math.min(chunk, total - first);
    await submit(first, count);
    const landed = settled();
    landed.catch(() => {}); // after a stop nobody waits for it; whoever does still hears of a failure
    flying.push(landed);
    if (flying.length >= IN_FLIGHT) await flying.shift();
    onChunk?.(first + count, total);
  }
}
