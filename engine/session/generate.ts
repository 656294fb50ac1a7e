/**
 * Generates one answer: reads the part of the prompt that is not in the cache, then runs steps until the answer ends.
 * Steps, plain or with a draft, are in `steps.ts`; `detokenise.ts` turns tokens into text.
 */
import { fail, EngineError } from '../base/errors.ts';
import type { Branches } from '../kv/branches.ts';
import type { Cache } from '../kv/cache.ts';
import type { Runtime, StepResult, StepOutput } from '../runtime/runtime.ts';
import { createAnswer } from './detokenise.ts';
import { MAX_CHUNK } from './limits.ts';
import { createMeter, type StatsMeter } from './stats.ts';
import type { GenerateHooks } from './model.ts';
import { samplingOf } from './sampling.ts';
import { speculatorFor, stepper } from './steps.ts';
import type { ModelText } from './text.ts';
import type { GenerateRequest, GenerateResult, StopReason } from './types.ts';

/** The parts of a loaded model that a request uses. */
export interface GenerateParts {
  readonly runtime: Runtime;
  readonly cache: Cache;
  readonly branches: Branches;
  readonly text: ModelText;
}

/**
 * Serves one request; only one may run at a time. A cancelled request resolves with the text so far. Throws
 * `request-invalid`, `prompt-too-long`, and the runtime's errors; after the latter the cache is empty.
 */
export async function generate(
  parts: GenerateParts,
  request: GenerateRequest,
  hooks: GenerateHooks,
): Promise<GenerateResult> {
  const { runtime, cache, text } = parts;
  const meter = createMeter(runtime);
  const sampling = samplingOf(request);
  const promptIds = text.encode(request.prompt);
  requireRoom(promptIds, cache);
  const answer = createAnswer(text, request, promptIds, cache.capacity, hooks);
  let stop: StopReason = 'length';
  try {
    parts.branches.switchTo(request.branch ?? '', promptIds);
    runtime.setSampling(sampling, promptIds);
    const speculator = await speculatorFor(runtime, request, sampling, promptIds);
    const { id } = await readPrompt(parts, promptIds, 'id', meter, hooks);
    speculator?.stepped(id, 0);
    const { ids, most } = answer;
    const step = stepper({ ...parts, meter, most, speculator, signal: hooks.signal });
    for (let chosen: readonly number[] = [id]; ; chosen = await step(ids.at(-1) as number, ids.length)) {
      const end = chosen.find((next) => !meter.own(() => answer.give(next)));
      if (end !== undefined) stop = 'end';
      if (end !== undefined || ids.length >= most()) break;
      if (hooks.signal?.aborted === true) {
        stop = 'cancelled';
        break;
      }
    }
    await step.drain();
  } catch (error) {
    if (!(error instanceof EngineError) || error.code !== 'request-aborted') {
      cache.truncate(0); // the contents of its rows are unknown now
      throw error;
    }
    stop = 'cancelled';
  }
  return { promptIds, ids: answer.ids, stop, ...answer.finish(), ...meter.finish() };
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

/**
 * Runs the tokens of the prompt that the cache lacks and returns the result for the last one. After a cancellation,
 * which throws `request-aborted`, the cache keeps the rows computed so far.
 */
export async function readPrompt(
  { runtime, cache }: Pick<GenerateParts, 'runtime' | 'cache'>,
  promptIds: readonly number[],
  want: StepOutput,
  meter: StatsMeter | undefined,
  { onEvent, signal }: GenerateHooks,
): Promise<StepResult> {
  const reused = cache.reuse(promptIds);
  const rest = promptIds.slice(reused);
  let done = 0;
  const report = () => onEvent?.({ kind: 'prefill', done: reused + done, total: promptIds.length, reused });
  report();
  const onChunk = (now: number) => {
    done = now;
    report();
  };
  try {
    const result = await runtime.prefill(rest, reused, {
      want,
      onChunk,
      ...(signal === undefined ? {} : { signal }),
    });
    done = rest.length;
    return result;
  } finally {
    cache.append(rest.slice(0, done));
    // In a stopped run some layers may have written rows.
    if (done < rest.length) cache.touch(Math.min(cache.length + MAX_CHUNK, promptIds.length));
    meter?.prefilled(done);
  }
}
