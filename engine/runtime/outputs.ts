/** Reads a run's results back to the CPU. The chosen id is also copied to the input of the next step. */
import { fail } from '../base/errors.ts';
import { type Buffer, type Copy, type Gpu, readbackRing } from '../gpu/index.ts';
import type { Graph, Value } from '../graph/graph.ts';
import { f32ArrayFromF16 } from '../tensor/f16.ts';
import { chosenId } from '../sampling/broken.ts';
import { byteSize, dimOf } from '../tensor/tensor.ts';
import type { Resources } from './memory/resources.ts';
import type { StepResult, StepOutput } from './runtime.ts';
import type { Sampler } from './sampler.ts';

/** Most steps in flight, and most of these with all logits. */
const ID_SLOTS = 8;
const LOGITS_SLOTS = 2;

export interface OutputReader {
  readonly vocabulary: number;
  /** Copies to append to the submit, and a promise of their results; `position` is the position of the chosen id. */
  take(want: StepOutput, position: number): { copies: readonly Copy[]; result: () => Promise<StepResult> };
  destroy(): void;
}

export function createOutputReader(
  gpu: Gpu,
  graph: Graph,
  resources: Resources,
  sampler: Sampler,
): OutputReader {
  const bufferNamed = (id: number | undefined, name: string): Buffer =>
    id === undefined
      ? fail('internal', { who: graph.name, message: `the graph has no output ${name}` })
      : resources.bufferOf(id, 'data');
  const best = bufferNamed(graph.outputs.best, 'best');
  const logits = bufferNamed(graph.outputs.logits, 'logits');
  const { type } = graph.values.find((v) => v.id === graph.outputs.logits) as Value;
  const vocabulary = dimOf(type, -1) as number;
  const logitsBytes = byteSize(type) as number;
  const ids = readbackRing(gpu, 'best ids', 4, ID_SLOTS);
  const rows = readbackRing(gpu, 'logits', logitsBytes, LOGITS_SLOTS);
  const again: Copy = { from: best, to: resources.bufferOf(valueNamed(graph, 'ids').id, 'data'), bytes: 4 };
  return {
    vocabulary,
    take(want, position) {
      if (want === 'none') return { copies: [], result: async () => ({ id: -1 }) };
      const slot = ids.take();
      const copies: Copy[] = [again, { from: best, to: slot.buffer, bytes: 4 }];
      const history = sampler.historyAt(position);
      if (history !== undefined) copies.push({ from: best, ...history, bytes: 4 });
      const id = async () => chosenId(new Uint32Array(await slot.read(4))[0] as number);
      if (want === 'id') return { copies, result: async () => ({ id: await id() }) };
      const row = rows.take();
      copies.push({ from: logits, to: row.buffer, bytes: logitsBytes });
      const result = async (): Promise<StepResult> => {
        const [chosen, bytes] = await Promise.all([id(), row.read(logitsBytes)]);
        const all = type.dtype === 'f16' ? f32ArrayFromF16(new Uint16Array(bytes)) : new Float32Array(bytes);
        return { id: chosen, logits: all.length === vocabulary ? all : all.slice(0, vocabulary) };
      };
      return { copies, result };
    },
    destroy() {
      ids.destroy();
      rows.destroy();
    },
  };
}

/** Finds an input of the graph by name. Throws `internal` where there is none. */
export function valueNamed(graph: Graph, name: string): Value {
  return (
    graph.values.find((v) => v.name === name && v.origin.kind === 'input') ??
    fail('internal', { who: graph.name, message: `the graph has no input ${name}` })
  );
}
