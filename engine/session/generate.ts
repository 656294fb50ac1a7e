/**
 * Generates one answer: reads the part of the prompt that is not in the cache, then runs steps until the answer ends.
 * Steps, plain or with a draft, are in `steps.ts`; `detokenise.ts` turns tokens into text; `guide/` limits them.
 */
import { isAborted } from '../base/errors.ts';
import type { Branches } from '../kv/branches.ts';
import type { Cache } from '../kv/cache.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { type Answer, createAnswer } from './detokenise.ts';
import { turnsOf } from './guide/turns.ts';
import { requireRoom } from './read-prompt.ts';
import { createMeter } from './stats.ts';
import { withPlace } from './precision/broken-place.ts';
import type { GenerateHooks } from './model.ts';
import { samplingOf } from './sampling.ts';
import { speculatorFor, type Stepper, stepper } from './steps.ts';
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
  let stop: StopReason;
  let steps: Stepper | undefined;
  try {
    parts.branches.switchTo(request.branch ?? '', promptIds);
    runtime.setSampling(sampling, promptIds);
    const speculator = await speculatorFor(runtime, request, sampling, promptIds);
    const greedy = sampling.temperature === 0;
    steps = stepper({ runtime, cache, meter, promptIds, answer, speculator, greedy, hooks });
    stop = await write(answer, steps, hooks, (id) => meter.own(() => answer.give(id)));
    await steps.drain();
  } catch (error) {
    if (!isAborted(error)) {
      await steps?.drain().catch(() => {}); // nothing may be in flight when the next request begins
      cache.truncate(0); // the contents of its rows are unknown now
      const ids = [...promptIds, ...answer.ids];
      const failure = await withPlace(error, runtime, ids, promptIds.length, hooks.signal);
      if (!isAborted(failure)) throw failure;
    }
    stop = 'cancelled';
  }
  return { promptIds, ids: answer.ids, stop, ...answer.finish(stop === 'cancelled'), ...meter.finish() };
}

/** Writes tokens until the answer ends, and returns why it did. `give` returns false for a token that ends it. */
async function write(
  answer: Answer,
  steps: Stepper,
  { guide, signal }: GenerateHooks,
  give: (id: number) => boolean,
): Promise<StopReason> {
  const nextTurn = turnsOf(guide, answer);
  for (;;) {
    const turn = nextTurn();
    if (turn === 'end') return 'guide';
    if ('rewind' in turn) {
      answer.rewind(turn.rewind);
      await steps.cut();
      continue;
    }
    const forced = 'force' in turn;
    if (forced) await steps.cut();
    for (const id of forced ? turn.force : [await steps.next(turn)]) {
      if (!give(id)) return 'end';
      if (forced) steps.forced(id);
      if (answer.ids.length >= answer.most()) return 'length';
      if (signal?.aborted === true) return 'cancelled';
    }
  }
}
