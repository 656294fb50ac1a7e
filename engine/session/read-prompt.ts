/** Runs the tokens of a text that the cache lacks: a prompt, or what a guide wrote. */
import { fail } from '../base/errors.ts';
import type { Cache } from '../kv/cache.ts';
import type { Runtime, StepOutput, StepResult } from '../runtime/runtime.ts';
import { MAX_CHUNK } from './limits.ts';
import type { GenerateHooks } from './model.ts';
import type { StatsMeter } from './stats.ts';

/** What a run works on. */
export interface Reading {
  readonly runtime: Runtime;
  readonly cache: Cache;
}

/**
 * Throws `prompt-too-long` if the prompt does not fit. A full cache still allows one answer token, chosen from the
 * logits of the prompt's last token.
 */
export function requireRoom(promptIds: readonly number[], cache: Cache): void {
  if (promptIds.length <= cache.capacity) return;
  fail('prompt-too-long', {
    who: 'prompt',
    message: 'the text is longer than the model can read at once',
    expected: `at most ${cache.capacity} tokens`,
    got: `${promptIds.length} tokens`,
  });
}

/** Reads a prompt as {@link readRest} does, and reports it to the meter and as events. */
export async function readPrompt(
  reading: Reading,
  promptIds: readonly number[],
  want: StepOutput,
  meter: StatsMeter | undefined,
  { onEvent, signal }: GenerateHooks,
): Promise<StepResult> {
  const reused = reading.cache.reuse(promptIds);
  let read = 0;
  const report = () => onEvent?.({ kind: 'prefill', done: reused + read, total: promptIds.length, reused });
  report();
  const onChunk = (done: number) => {
    read = done;
    report();
  };
  try {
    return await readRest(reading, promptIds, want, { onChunk, signal });
  } finally {
    meter?.prefilled(reading.cache.length - reused);
  }
}

/**
 * Runs the ids after those in the cache, which `ids` must begin with, and returns the result for the last one. After a
 * cancellation, which throws `request-aborted`, the cache keeps the rows computed so far.
 */
export async function readRest(
  { runtime, cache }: Reading,
  ids: readonly number[],
  want: StepOutput,
  { onChunk, signal }: { onChunk?: (done: number) => void; signal?: AbortSignal | undefined } = {},
): Promise<StepResult> {
  const start = cache.length;
  const rest = ids.slice(start);
  let done = 0;
  try {
    const result = await runtime.prefill(rest, start, {
      want,
      onChunk(now) {
        done = now;
        onChunk?.(now);
      },
      ...(signal === undefined ? {} : { signal }),
    });
    done = rest.length;
    return result;
  } finally {
    cache.append(rest.slice(0, done));
    // In a stopped run some layers may have written rows.
    if (done < rest.length) cache.touch(Math.min(cache.length + MAX_CHUNK, ids.length));
  }
}
