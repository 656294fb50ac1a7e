/**
 * For tests: a runtime that computes on the CPU by the ops' reference implementations. It fulfils the contract of
 * `runtime/runtime.ts` (chunks, steps in flight, counters) but is slow.
 */
import { fail, throwIfAborted } from '../base/errors.ts';
import type { Graph, Value } from '../graph/graph.ts';
import { interpreter } from '../graph/interpret.ts';
import { rowsToKeep } from '../graph/rings.ts';
import { hasSlots, ringOf, slotsOf } from '../graph/slots.ts';
import { createSnapshots, type Snapshots } from '../kv/snapshots.ts';
import type { ModelGraph } from '../models/index.ts';
import { dequantiseCells } from '../quant/cells/dequantise.ts';
import { dequantiseRows } from '../quant/m0e4.ts';
import { dequantiseQ8 } from '../quant/q8.ts';
import type { CacheRows, Pace } from '../runtime/index.ts';
import type { Runtime, RuntimeOptions, StepResult, StepOutput, WeightSource } from '../runtime/runtime.ts';
import { areFinite, BROKEN_ID, chosenId } from '../sampling/broken.ts';
import { NO_MASK } from '../sampling/mask.ts';
import { sample } from '../sampling/sample.ts';
import { GREEDY } from '../sampling/settings.ts';
import { f32ArrayFromF16 } from '../tensor/f16.ts';
import { isCell } from '../tensor/cells.ts';
import type { Tensors } from '../tensor/signature.ts';
import type { HostTensor } from '../tensor/tensor.ts';
import type { GpuFacts } from '../gpu/index.ts';

/** Facts of the pretended adapter. */
export const CPU_FACTS: GpuFacts = {
  name: 'CPU',
  vendor: '',
  architecture: '',
  software: true,
  features: [],
  limits: {},
};

/** A runtime that records its runs. */
export interface InterpreterRuntime extends Runtime {
  /** `position+count` of every run, in order. */
  readonly runs: readonly string[];
}

/** Loads all weights into memory as f32. Throws `prompt-too-long` for runs past the capacity. */
export async function interpreterRuntime(
  model: ModelGraph,
  options: RuntimeOptions,
): Promise<InterpreterRuntime> {
  const tensors = new Map<string, HostTensor>();
  for (const { name, shape } of model.tensors)
    tensors.set(name, await hostTensor(options.weights, name, shape));
  const run = interpreter(model.graph, (name) => tensors.get(name)!, options.capacity);
  const runs: string[] = [];
  const counters = {
    dispatches: 0,
    submits: 0,
    rows: 0,
    rowsFetched: 0,
    buffersCreated: 0,
    bindGroupsCreated: 0,
    pipelinesCreated: 0,
    bytesWritten: 0,
    bytesRead: 0,
  };
  let previous = 0;
  let pace: Pace = 'full';
  let sampling = GREEDY;
  let mask = NO_MASK;
  /** Ids by cache row. */
  let history: number[] = [];
  const slots = slotsOf(model.graph);
  const snapshots = slots === 0 ? undefined : createSnapshots(slots);
  const runOnce = (ids: ArrayLike<number>, position: number, read: number, write: number) => {
    const inputs = { ids: { shape: [ids.length], data: Uint32Array.from(ids) } };
    return run.run(inputs, { S: ids.length, P: position, C: options.capacity, R: read, W: write });
  };
  /** Runs ids, together or one by one, as one run that ends in one state. */
  const runAll = (ids: readonly number[], position: number, together: boolean) => {
    if (position + ids.length > options.capacity)
      fail('prompt-too-long', { who: 'runtime', message: 'the run exceeds the cache' });
    counters.rows += ids.length;
    history.splice(position, history.length, ...ids);
    const { read, write } = snapshots?.begin(position, ids.length) ?? { read: 0, write: 0 };
    const made = together
      ? [runOnce(ids, position, read, write)]
      : ids.map((id, i) => runOnce([id], position + i, i === 0 ? read : write, write));
    snapshots?.end();
    return made;
  };
  const submitted = (position: number, rows: number) => {
    runs.push(`${position}+${rows}`);
    counters.submits++;
    counters.dispatches += model.graph.nodes.length;
  };
  const compute = (ids: ArrayLike<number>, position: number, want: StepOutput): StepResult => {
    const [out] = runAll(Array.from(ids), position, true) as [Tensors];
    submitted(position, ids.length);
    const logits = out.logits?.data as Float32Array;
    const place = { position: position + ids.length, seen: history, mask };
    previous = areFinite(logits) ? sample(logits, sampling, place) : BROKEN_ID;
    if (want === 'none') return { id: -1 };
    chosenId(previous);
    counters.bytesRead += want === 'id' ? 4 : 4 * model.vocab;
    return want === 'id' ? { id: previous } : { id: previous, logits };
  };
  return {
    rows: hostRows(run.states, statesOf(model.graph), snapshots),
    snapshots,
    runs,
    capacity: options.capacity,
    vocabulary: model.vocab,
    weightBytes: 0,
    cacheBytes: 0,
    peakBytes: 0,
    weightBytesReadPerToken: 0,
    dispatchesPerToken: model.graph.nodes.length,
    overlaps: true,
    async prefill(ids, position, { want = 'id', signal, onChunk } = {}) {
      const all = Array.from(ids);
      const chunk = Math.min(options.maxChunk ?? 128, model.maxChunk);
      let result: StepResult = { id: -1 };
      for (let at = 0; at < all.length; at += chunk) {
        await Promise.resolve();
        throwIfAborted(signal, 'runtime');
        const end = Math.min(at + chunk, all.length);
        result = compute(all.slice(at, end), position + at, end === all.length ? want : 'none');
        onChunk?.(end, all.length);
      }
      return result;
    },
    get pace() {
      return pace;
    },
    setPace(next) {
      pace = next;
    },
    prepareVerify: async () => true,
    async verify(ids, position, signal) {
      throwIfAborted(signal, 'runtime');
      submitted(position, ids.length);
      counters.bytesRead += 4 * ids.length;
      return runAll(ids, position, false).map(({ best }) => chosenId(best?.data[0] as number));
    },
    async score(ids, position, signal) {
      throwIfAborted(signal, 'runtime');
      submitted(position, ids.length);
      counters.bytesRead += 4 * model.vocab * ids.length;
      return runAll(ids, position, false).map((out) => {
        const logits = out.logits?.data as Float32Array;
        if (!areFinite(logits)) chosenId(BROKEN_ID);
        return logits;
      });
    },
    setSampling(next, context = []) {
      sampling = next;
      history = Array.from(context);
    },
    setMask(next) {
      mask = next;
    },
    // Computes at once and resolves later, as if the step were in flight.
    async step(id, position, want = 'id', signal) {
      throwIfAborted(signal, 'runtime');
      const result = compute([id === 'previous' ? previous : id], position, want);
      await new Promise((resolve) => setTimeout(resolve, 0));
      return result;
    },
    counters: () => ({ ...counters }),
    describe: () => 'on the CPU',
    dispose() {},
  };
}

function statesOf(graph: Graph): Value[] {
  return graph.values.filter(({ origin }) => origin.kind === 'state');
}

/** Cache rows of states that are arrays. */
function hostRows(
  states: readonly HostTensor[],
  values: readonly Value[],
  snapshots: Snapshots | undefined,
): CacheRows {
  /** Range [from, to) of numbers of a state. */
  const span = (i: number, first: number, count: number): [number, number] => {
    const width = states[i]?.shape[1] as number;
    const value = values[i] as Value;
    const slot = snapshots?.slotAt(first + count) ?? 0;
    const [row, rows] = hasSlots(value) ? [slot, 1] : rowsToKeep(ringOf(value), first, count);
    return [row * width, (row + rows) * width];
  };
  const rowBytes = (slots: boolean) =>
    values.reduce((sum, v, i) => sum + (hasSlots(v) === slots ? (states[i]?.shape[1] as number) : 0), 0);
  const slices = (first: number, count: number) =>
    states.map((state, i) => state.data.slice(...span(i, first, count)) as Float32Array<ArrayBuffer>);
  const bytes = (all: readonly Float32Array[]) => all.reduce((sum, { byteLength }) => sum + byteLength, 0);
  const parked = new WeakMap<object, readonly Float32Array[]>();
  return {
    bytesOf: (count) => bytes(slices(0, count)),
    rowsOfState: Math.ceil(rowBytes(true) / Math.max(1, rowBytes(false))),
    layout: values
      .map((value, i) => `${value.type.dtype} ${states[i]?.shape[1]} ${ringOf(value) ?? hasSlots(value)}`)
      .join('\n'),
    park(first, count) {
      const copies = slices(first, count);
      const rows = { count, bytes: bytes(copies), destroy: () => {} };
      parked.set(rows, copies);
      return rows;
    },
    unpark(rows, first) {
      snapshots?.cut(first);
      snapshots?.place(first + rows.count);
      for (const [i, state] of states.entries()) {
        state.data.set(parked.get(rows)?.[i] ?? [], span(i, first, rows.count)[0]);
      }
    },
    async *read(count) {
      for (const copy of slices(0, count)) yield new Uint8Array(copy.buffer);
    },
    async write(count, next) {
      snapshots?.cut(0);
      snapshots?.place(count);
      for (const [i, state] of states.entries()) {
        state.data.set(new Float32Array((await next(4 * span(i, 0, count)[1])).buffer), 0);
      }
    },
  };
}

/** A stored tensor in f32. */
export async function hostTensor(
  weights: WeightSource,
  name: string,
  shape: readonly number[],
): Promise<HostTensor> {
  const type = weights.type(name);
  const columns = shape.at(-1) ?? 1;
  const rows = shape.length === 1 ? 1 : (shape[0] as number);
  const { data, scales } = await weights.read(name, 0, rows);
  const bytes = data.slice().buffer;
  if (type?.dtype === 'f32') return { shape, data: new Float32Array(bytes) };
  if (type?.dtype === 'f16') return { shape, data: f32ArrayFromF16(new Uint16Array(bytes)) };
  const words = new Uint32Array(bytes);
  const pairs = new Uint32Array((scales as Uint8Array).slice().buffer);
  if (type !== undefined && isCell(type.dtype)) {
    return { shape, data: dequantiseCells(type.dtype, { main: words, rest: pairs }, columns) };
  }
  const group = type?.group ?? 32;
  if (type?.dtype === 'q8') {
    return { shape, data: dequantiseQ8({ bytes: words, scales: pairs }, columns, group) };
  }
  return { shape, data: dequantiseRows({ nibbles: words, scales: pairs }, columns, group) };
}
