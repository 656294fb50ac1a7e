/** Makes a {@link Runtime}: buffers, programs, weights; then steps. */
import { fail, invariant, throwIfAborted } from '../base/errors.ts';
import {
  allocating,
  type Buffer,
  type Copy,
  type Gpu,
  readbackRing,
  settled,
  writeBuffer,
} from '../gpu/index.ts';
import type { Graph, Value } from '../graph/graph.ts';
import { planMemory, printPlan } from '../graph/plan.ts';
import { f32ArrayFromF16 } from '../tensor/f16.ts';
import { byteSize, dimOf } from '../tensor/tensor.ts';
import { workspacesOf } from './choose.ts';
import { inChunks } from './pacing.ts';
import { formsOf, printForms } from './forms.ts';
import { compileProgram, type Program } from './program.ts';
import { type Programs, programsFor, rangesOf } from './programs.ts';
import { createResources, type Resources } from './resources.ts';
import type { PrefillOptions, Runtime, RuntimeOptions, StepResult, Wanted } from './runtime.ts';
import { segmentsOf } from './segments.ts';
import { uploadWeights } from './upload.ts';

const CHUNK = 128;
/** Most steps in flight, and most of them with all logits. */
const ID_SLOTS = 8;
const LOGITS_SLOTS = 2;

/**
 * `graph` after its passes: input `ids` u32[S], outputs `logits` act[1,V] and `best` u32[1], symbols S, P, C.
 * Throws `gpu-limit` for a model that does not fit, `store-damaged` for weights that do not, `gpu-lost`,
 * `gpu-program`, `request-aborted`; nothing stays allocated then.
 */
export async function createRuntime(gpu: Gpu, graph: Graph, options: RuntimeOptions): Promise<Runtime> {
  const { capacity, signal } = options;
  const longest = graph.symbols.S?.max ?? 1;
  const chunk = Math.min(options.maxChunk ?? CHUNK, longest, capacity);
  invariant(capacity <= (graph.symbols.C?.max ?? 0), graph.name, `is not built for ${capacity} tokens`);
  const place = { gpu, graph, capacity, forms: formsOf(options.forms) };
  const plan = planMemory(graph, workspacesOf(place, rangesOf(chunk)));
  const resources = await allocating(gpu, graph.name, () =>
    createResources(gpu, graph, plan, { S: chunk, C: capacity }),
  );
  const site = { ...place, resources };
  const programs = programsFor(chunk, (range) =>
    compileProgram(site, range, (done, total) => options.onProgress?.({ phase: 'compiling', done, total })),
  );
  try {
    throwIfAborted(signal, 'load');
    await uploadWeights(gpu, graph, resources, options);
    throwIfAborted(signal, 'load');
    const one = await programs.get(1);
    await programs.get(chunk);
    const output = outputs(gpu, graph, resources);
    const describe = () => {
      const memory = [printPlan(plan, graph), ...printSegments(gpu, graph)].join('\n');
      return [memory, printForms(options.forms), ...programs.made().map(printProgram)].join('\n\n');
    };
    const dispose = () => {
      programs.destroy();
      output.destroy();
      resources.destroy();
    };
    return runtime({ gpu, graph, resources, programs, one, chunk, capacity, output, describe, dispose });
  } catch (error) {
    programs.destroy();
    resources.destroy();
    throw error;
  }
}

interface Made {
  readonly gpu: Gpu;
  readonly graph: Graph;
  readonly resources: Resources;
  readonly programs: Programs;
  readonly one: Program;
  readonly chunk: number;
  readonly capacity: number;
  readonly output: Output;
  describe(): string;
  dispose(): void;
}

function runtime(made: Made): Runtime {
  const { gpu, graph, resources, programs, one, chunk, capacity, output } = made;
  const input = resources.bufferOf(valueNamed(graph, 'ids').id, 'data');
  const staged = new Uint32Array(chunk);
  const feed = (ids: ArrayLike<number>, first: number, count: number) => {
    for (let i = 0; i < count; i++) staged[i] = ids[first + i] as number;
    writeBuffer(gpu, input, 0, staged.subarray(0, count));
  };
  const requireRows = (position: number, count: number) => {
    gpu.check();
    if (position >= 0 && position + count <= capacity && count > 0) return;
    const got = `${count} at row ${position}`;
    fail('prompt-too-long', {
      who: 'cache',
      message: 'the text is longer than the cache',
      expected: `${capacity} rows`,
      got,
    });
  };
  const submit = (program: Program, s: number, p: number, want: Wanted): Promise<StepResult> => {
    const { copies, result } = output.take(want);
    program.run(s, p, copies);
    return result();
  };
  return {
    capacity,
    vocabulary: output.vocabulary,
    weightBytes: resources.weightBytes,
    cacheBytes: resources.cacheBytes,
    weightBytesReadPerToken: weightBytesRead(graph),
    dispatchesPerToken: one.dispatchCount,
    get peakBytes() {
      return gpu.counters.peakBytes;
    },
    async prefill(ids, position, { want = 'id', signal, onChunk }: PrefillOptions = {}) {
      requireRows(position, ids.length);
      let last: Promise<StepResult> | undefined;
      await inChunks(
        ids.length,
        { chunk, signal, onChunk },
        async (first, count) => {
          const program = await programs.get(count);
          feed(ids, first, count);
          const final = first + count === ids.length;
          last = submit(program, count, position + first, final ? want : 'none');
          last.catch(() => {}); // heard below
        },
        () => settled(gpu),
      );
      return (await last) as StepResult;
    },
    async step(id, position, want = 'id') {
      // Nothing is awaited before the submit: it has happened when this returns its promise.
      requireRows(position, 1);
      if (id !== 'previous') feed([id], 0, 1);
      return submit(one, 1, position, want);
    },
    counters: () => ({ ...gpu.counters }),
    describe: made.describe,
    dispose: made.dispose,
  };
}

interface Output {
  readonly vocabulary: number;
  /** Copies that belong to the submit, and the promise of what they bring. */
  take(want: Wanted): { copies: readonly Copy[]; result: () => Promise<StepResult> };
  destroy(): void;
}

/** Where a step's results lie, and the way back to the CPU. The best id also feeds the next step. */
function outputs(gpu: Gpu, graph: Graph, resources: Resources): Output {
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
    take(want) {
      if (want === 'none') return { copies: [again], result: async () => ({ id: -1 }) };
      const slot = ids.take();
      const copies: Copy[] = [again, { from: best, to: slot.buffer, bytes: 4 }];
      const id = async () => new Uint32Array(await slot.read(4))[0] as number;
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

function valueNamed(graph: Graph, name: string): Value {
  return (
    graph.values.find((v) => v.name === name && v.origin.kind === 'input') ??
    fail('internal', { who: graph.name, message: `the graph has no input ${name}` })
  );
}

/** Of an embedding one row is read; of everything else all. */
function weightBytesRead(graph: Graph): number {
  const values = new Map(graph.values.map((v) => [v.id, v]));
  let sum = 0;
  for (const node of graph.nodes) {
    for (const id of Object.values(node.inputs)) {
      const { origin, type } = values.get(id) as Value;
      if (origin.kind !== 'weight') continue;
      const bytes = byteSize(type) as number;
      sum += node.op === 'embed' ? bytes / (dimOf(type, 0) as number) : bytes;
    }
  }
  return Math.ceil(sum);
}

/** One line for each matrix that is larger than a binding may be. */
function printSegments(gpu: Gpu, graph: Graph): string[] {
  return graph.values
    .filter((v) => v.origin.kind === 'weight')
    .map((v) => [v.name, segmentsOf(v.type, gpu.mostBound).length] as const)
    .filter(([, count]) => count > 1)
    .map(([name, count]) => `${name} in ${count} segments of at most ${gpu.mostBound} bytes`);
}

function printProgram({ range, choices, dispatchCount, mostDispatches }: Program): string {
  const s = range.min === range.max ? range.min : `${range.min}…${range.max}`;
  const more = mostDispatches > dispatchCount ? `, ${mostDispatches} with a full cache` : '';
  return [`program for S = ${s}: ${dispatchCount} dispatches${more}`, ...choices.map((c) => `  ${c}`)].join(
    '\n',
  );
}
