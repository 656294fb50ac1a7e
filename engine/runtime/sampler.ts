/**
 * Passes the sampling settings to the GPU: the states `sampling`, `history` and `mask` of pass sample-on-gpu. The first
 * two are written once per request, the mask when it changes; otherwise a step needs nothing from the CPU.
 */
import { fail } from '../base/errors.ts';
import { type Buffer, type Gpu, writeBuffer } from '../gpu/index.ts';
import type { Graph } from '../graph/graph.ts';
import { MASK_IDS, type Mask, maskWords, NO_MASK, sameMask } from '../sampling/mask.ts';
import { GREEDY, type Sampling, samplingWords } from '../sampling/settings.ts';
import type { Resources } from './memory/resources.ts';

export interface Sampler {
  /** `context`: the ids of the text so far, from position 0 on; only the repetition penalty reads them. */
  set(sampling: Sampling, context: ArrayLike<number>): void;
  /** Writes the mask of the run that is submitted next. Throws `request-invalid` for more than {@link MASK_IDS} ids. */
  setMask(mask: Mask): void;
  /** Adds ids that were run and not chosen to the history. */
  record(ids: ArrayLike<number>, position: number): void;
  /** The place in the history of the id at `position`; undefined where no penalty reads it. */
  historyAt(position: number): { to: Buffer; toOffset: number } | undefined;
}

export function createSampler(gpu: Gpu, graph: Graph, resources: Resources): Sampler {
  const state = (name: string) => {
    const value = graph.values.find((v) => v.name === name && v.origin.kind === 'state');
    return value && resources.bufferOf(value.id, 'data');
  };
  const [words, history, masked] = [state('sampling'), state('history'), state('mask')];
  let penalised = false;
  let written = NO_MASK;
  const onlyGreedy = () =>
    fail('request-invalid', {
      who: graph.name,
      message: 'this program can only choose the likeliest token',
      expected: 'pass sample-on-gpu',
    });
  return {
    set(sampling, context) {
      if (words === undefined || history === undefined) {
        if (sampling === GREEDY) return;
        return onlyGreedy();
      }
      penalised = sampling.repetitionPenalty !== 1;
      writeBuffer(gpu, words, 0, samplingWords(sampling));
      if (penalised && context.length > 0) writeBuffer(gpu, history, 0, Uint32Array.from(context));
    },
    setMask(mask) {
      if (sameMask(mask, written)) return;
      if (masked === undefined) return onlyGreedy();
      writeBuffer(gpu, masked, 0, maskWords(mask));
      written = mask;
    },
    record(ids, position) {
      if (!penalised || history === undefined) return;
      writeBuffer(gpu, history, position * 4, Uint32Array.from(ids));
    },
    historyAt(position) {
      const toOffset = position * 4;
      if (!penalised || history === undefined || toOffset + 4 > history.bytes) return undefined;
      return { to: history, toOffset };
    },
  };
}
