/**
 * Passes the sampling settings to the GPU: the states `sampling` and `history` of pass sample-on-gpu. They are written
 * once per request; after that a step needs nothing from the CPU.
 */
import { fail } from '../base/errors.ts';
import { type Buffer, type Gpu, writeBuffer } from '../gpu/index.ts';
import type { Graph } from '../graph/graph.ts';
import { GREEDY, type Sampling, samplingWords } from '../sampling/settings.ts';
import type { Resources } from './memory/resources.ts';

export interface Sampler {
  /** `context`: the ids of the text so far, from position 0 on; only the repetition penalty reads them. */
  set(sampling: Sampling, context: ArrayLike<number>): void;
  /** The place in the history of the id at `position`; undefined where no penalty reads it. */
  historyAt(position: number): { to: Buffer; toOffset: number } | undefined;
}

export function createSampler(gpu: Gpu, graph: Graph, resources: Resources): Sampler {
  const state = (name: string) => {
    const value = graph.values.find((v) => v.name === name && v.origin.kind === 'state');
    return value && resources.bufferOf(value.id, 'data');
  };
  const [words, history] = [state('sampling'), state('history')];
  let penalised = false;
  return {
    set(sampling, context) {
      if (words === undefined || history === undefined) {
        if (sampling === GREEDY) return;
        fail('request-invalid', {
          who: graph.name,
          message: 'this program can only choose the likeliest token',
          expected: 'pass sample-on-gpu',
        });
      }
      penalised = sampling.repetitionPenalty !== 1;
      writeBuffer(gpu, words, 0, samplingWords(sampling));
      if (penalised && context.length > 0) writeBuffer(gpu, history, 0, Uint32Array.from(context));
    },
    historyAt(position) {
      const toOffset = position * 4;
      if (!penalised || history === undefined || toOffset + 4 > history.bytes) return undefined;
      return { to: history, toOffset };
    },
  };
}
