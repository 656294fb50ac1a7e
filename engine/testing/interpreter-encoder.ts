/** For tests: an encoder that computes on the CPU by the ops' reference implementations. */
import { interpreter } from '../graph/interpret.ts';
import { MOST_PASSAGES, type ModelGraph } from '../models/index.ts';
import { type Encoder, type EncoderOptions, inputsOf, requireFinite, requireFits } from '../runtime/index.ts';
import type { HostTensor } from '../tensor/tensor.ts';
import { hostTensor } from './interpreter-runtime.ts';

/** Loads all weights into memory as f32. */
export async function interpreterEncoder(model: ModelGraph, options: EncoderOptions): Promise<Encoder> {
  const tensors = new Map<string, HostTensor>();
  for (const { name, shape } of model.tensors)
    tensors.set(name, await hostTensor(options.weights, name, shape));
  const run = interpreter(model.graph, (name) => tensors.get(name)!, options.capacity);
  const none = { dispatches: 0, submits: 0, buffersCreated: 0, bindGroupsCreated: 0, pipelinesCreated: 0 };
  let rows = 0;
  return {
    rows: options.capacity,
    passages: MOST_PASSAGES,
    width: model.embeds?.width ?? 0,
    weightBytes: 0,
    peakBytes: 0,
    dispatches: model.graph.nodes.length,
    async run(passages) {
      requireFits(passages, options.capacity, MOST_PASSAGES);
      const made = inputsOf(passages);
      rows += made.ids.length;
      const inputs = {
        ids: { shape: [made.ids.length], data: made.ids },
        places: { shape: [made.ids.length], data: made.places },
        spans: { shape: [made.ids.length, 2], data: made.spans },
        passages: { shape: [passages.length, 2], data: made.passages },
      };
      const binding = { S: made.ids.length, B: passages.length, C: options.capacity };
      const { vectors } = run.run(inputs, binding);
      return requireFinite(vectors?.data as Float32Array, model.family);
    },
    setPace() {},
    counters: () => ({ ...none, rows, rowsFetched: 0, bytesWritten: 0, bytesRead: 0 }),
    describe: () => 'on the CPU',
    dispose() {},
  };
}
