/** Creates an {@link Encoder}: buffers, programs and weights first, then its methods. */
import { unlessAborted } from '../../base/async.ts';
import { fail, invariant, throwIfAborted } from '../../base/errors.ts';
import {
  type Gpu,
  readbackRing,
  submittedWorkDone,
  withAllocationErrors,
  writeBuffer,
} from '../../gpu/index.ts';
import type { Graph } from '../../graph/graph.ts';
import { planMemory, printPlan } from '../../graph/plan.ts';
import { bounds } from '../../symbolic/relate.ts';
import { dimOf } from '../../tensor/tensor.ts';
import { createResources, type Resources } from '../memory/resources.ts';
import { uploadWeights } from '../memory/upload.ts';
import { createPacer } from '../pacing.ts';
import { openProgram, type Program } from '../program/program.ts';
import { type Programs, programsFor, rangesOf } from '../program/programs.ts';
import { workspacesOf } from '../program/select-kernels.ts';
import type { RuntimeOptions } from '../runtime.ts';
import { enabledVariants, printVariants } from '../variants/variants.ts';
import { type Encoder, type EncoderInputs, inputsOf } from './encoder.ts';

/** `capacity` is the most tokens of a run. */
export type EncoderOptions = Omit<RuntimeOptions, 'maxChunk'>;

/** Runs in flight. */
const SLOTS = 4;

/**
 * Takes the graph of an encoder after its passes (models/architecture.ts). Throws as `createRuntime` does; it frees
 * everything first.
 */
export async function createEncoder(gpu: Gpu, graph: Graph, options: EncoderOptions): Promise<Encoder> {
  const { signal, variants, onProgress } = options;
  const rows = Math.min(options.capacity, graph.symbols.S?.max ?? 1);
  const target = { gpu, graph, capacity: rows, variants: enabledVariants(variants) };
  const plan = planMemory(graph, workspacesOf(target, rangesOf(rows)));
  const resources = await withAllocationErrors(gpu, graph.name, () =>
    createResources(gpu, graph, plan, { S: rows, C: rows }),
  );
  let waiting = false; // progress shows one phase at a time
  const programs = programsFor(rows, (range) =>
    openProgram({ ...target, resources }, range, (done, total) => {
      if (waiting) onProgress?.({ phase: 'compiling', done, total });
    }),
  );
  try {
    throwIfAborted(signal, 'load');
    const many = programs.get(rows); // its pipelines compile while weights arrive
    await uploadWeights(gpu, graph, resources, options);
    throwIfAborted(signal, 'load');
    waiting = true;
    await unlessAborted(many.ready(true), signal, 'load');
    waiting = false;
    return encoder({ gpu, graph, resources, programs, many, rows }, () =>
      [
        printPlan(plan, graph),
        printVariants(variants),
        ...programs.made().flatMap(({ choices }) => choices),
      ].join('\n'),
    );
  } catch (error) {
    programs.destroy();
    resources.destroy();
    throw error;
  }
}

interface EncoderParts {
  readonly gpu: Gpu;
  readonly graph: Graph;
  readonly resources: Resources;
  readonly programs: Programs;
  /** The program of many rows. */
  readonly many: Program;
  readonly rows: number;
}

function encoder(
  { gpu, graph, resources, programs, many, rows }: EncoderParts,
  describe: () => string,
): Encoder {
  const output = graph.values.find(({ id }) => id === graph.outputs.vectors);
  invariant(output !== undefined, graph.name, 'the graph has no output vectors');
  const width = dimOf(output.type, -1) as number;
  const most = bounds(dimOf(output.type, 0)).max;
  const slots = readbackRing(gpu, 'vectors', 4 * most * width, SLOTS);
  const pacer = createPacer({ settled: () => submittedWorkDone(gpu) });
  const inputs = graph.values.filter(({ origin }) => origin.kind === 'input');
  const feed = (made: EncoderInputs) => {
    for (const { id, name } of inputs)
      writeBuffer(gpu, resources.bufferOf(id, 'data'), 0, made[name as keyof EncoderInputs]);
  };
  let ran = 0;
  let tail: Promise<unknown> = Promise.resolve();
  const runOne = async (passages: readonly ArrayLike<number>[], signal?: AbortSignal) => {
    gpu.check();
    const made = inputsOf(passages);
    const program = programs.get(made.ids.length);
    let end = 0;
    let read: (() => Promise<ArrayBuffer>) | undefined;
    await pacer.run({
      program,
      kind: 'prompt',
      ready: program.ready(true),
      signal,
      begin() {
        feed(made);
        ran += made.ids.length;
        end = program.begin(made.ids.length, passages.length, true);
        return end;
      },
      submit(from, to) {
        if (to < end) return program.submit(from, to, []);
        const [slot, bytes] = [slots.take(), 4 * passages.length * width];
        read = () => slot.read(bytes);
        program.submit(from, to, [{ from: resources.bufferOf(output.id, 'data'), to: slot.buffer, bytes }]);
      },
    });
    return new Float32Array(await (read as () => Promise<ArrayBuffer>)());
  };
  return {
    rows,
    passages: most,
    width,
    weightBytes: resources.weightBytes,
    get peakBytes() {
      return gpu.counters.peakBytes;
    },
    dispatches: many.dispatchCount,
    async run(passages, signal) {
      requireFits(passages, rows, most);
      // One after the other: a run in slices shares its parameters with the next.
      const turn = tail.then(() => runOne(passages, signal));
      tail = turn.catch(() => {});
      return requireFinite(await turn, graph.name);
    },
    setPace(pace) {
      pacer.pace = pace;
    },
    counters: () => ({ ...gpu.counters, rows: ran, rowsFetched: 0 }),
    describe,
    dispose() {
      programs.destroy();
      slots.destroy();
      resources.destroy();
    },
  };
}

/** Throws `request-invalid` for passages that one run has no room for. */
export function requireFits(passages: readonly ArrayLike<number>[], rows: number, most: number): void {
  const tokens = passages.reduce((sum, { length }) => sum + length, 0);
  const empty = passages.length === 0 || passages.some(({ length }) => length === 0);
  if (!empty && tokens <= rows && passages.length <= most) return;
  fail('request-invalid', {
    who: 'encoder',
    message: 'these passages do not fit into one run',
    expected: `1 to ${most} passages, none empty, of ${rows} tokens together`,
    got: `${passages.length} of ${tokens} tokens`,
  });
}

/** Throws `numbers-broken` where a number is not finite. */
export function requireFinite(vectors: Float32Array, who: string): Float32Array {
  if (vectors.every(Number.isFinite)) return vectors;
  return fail('numbers-broken', {
    who,
    message: 'a vector has a number that is not finite',
    expected: 'finite numbers',
    got: vectors.find((x) => !Number.isFinite(x)),
  });
}
