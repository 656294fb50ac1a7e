/** Creates a {@link Runtime}: buffers, programs and weights first, then its methods. */
import { unlessAborted } from '../base/async.ts';
import { EngineError, fail, invariant, throwIfAborted } from '../base/errors.ts';
import { withAllocationErrors, type Gpu, submittedWorkDone, writeBuffer } from '../gpu/index.ts';
import type { Graph, Value } from '../graph/graph.ts';
import { planMemory, printPlan } from '../graph/plan.ts';
import { type Mask, NO_MASK } from '../sampling/mask.ts';
import { bytesInUse, bytesOfRow, dimOf } from '../tensor/tensor.ts';
import { workspacesOf } from './program/select-kernels.ts';
import { enabledVariants, printVariants } from './variants/variants.ts';
import { slotsOf } from '../graph/slots.ts';
import { createSnapshots, type Snapshots } from '../kv/snapshots.ts';
import { type OutputReader, createOutputReader, valueNamed } from './outputs.ts';
import { findBroken } from './find-broken.ts';
import { createPacer, type Work } from './pacing.ts';
import { openProgram, type Program, type ProgramTarget } from './program/program.ts';
import { chunkRows, type Programs, programsFor, rangesOf } from './program/programs.ts';
import { createCacheRows } from './cache-rows.ts';
import { withStarts } from './packing/packable.ts';
import { createPacker } from './packing/packer.ts';
import { createResources, type Resources } from './memory/resources.ts';
import type { PrefillOptions, Runtime, RuntimeOptions, StepResult, StepOutput } from './runtime.ts';
import { createSampler, type Sampler } from './sampler.ts';
import { segmentRows } from './memory/segments.ts';
import { type LazyVerifier, lazyVerifier } from './drafts/verifier.ts';
import { createPages, type Pages } from './memory/pages.ts';
import { uploadWeights } from './memory/upload.ts';

const CHUNK = 128;

/**
 * Takes a graph after its passes: input `ids` u32[S], outputs `logits` act[1,V] and `best` u32[1], symbols S, P, C.
 * Throws `gpu-limit` for a model that does not fit, `store-damaged` for weights that do not match, `gpu-lost`,
 * `gpu-program`, `request-aborted`; it frees everything first. It waits for the pipelines of a prompt's first chunk; a run
 * waits for the rest of its own and throws their errors.
 */
export async function createRuntime(gpu: Gpu, given: Graph, options: RuntimeOptions): Promise<Runtime> {
  const { capacity, signal } = options;
  const graph = options.packs === true ? withStarts(given) : given;
  const longest = graph.symbols.S?.max ?? 1;
  const chunk = Math.min(options.maxChunk ?? CHUNK, longest, capacity);
  invariant(capacity <= (graph.symbols.C?.max ?? 0), graph.name, `is not built for ${capacity} tokens`);
  const compileTarget = { gpu, graph, capacity, variants: enabledVariants(options.variants) };
  const plan = planMemory(graph, workspacesOf(compileTarget, rangesOf(chunk)));
  const resources = await withAllocationErrors(gpu, graph.name, () =>
    createResources(gpu, graph, plan, { S: chunk, C: capacity }),
  );
  const slots = slotsOf(graph);
  const snapshots = slots === 0 ? undefined : createSnapshots(slots);
  const target = { ...compileTarget, resources, snapshots };
  let waiting = false; // progress shows one phase at a time
  const programs = programsFor(chunk, (range) =>
    openProgram(target, range, (done, total) => {
      if (waiting && range.max === chunk) options.onProgress?.({ phase: 'compiling', done, total });
    }),
  );
  try {
    throwIfAborted(signal, 'load');
    const pages = createPages(gpu, graph, resources, options, chunk);
    // Pipelines compile while weights arrive, in the order of use: a prompt comes first.
    const many = programs.get(chunk);
    const one = programs.get(1);
    await uploadWeights(gpu, graph, resources, options);
    throwIfAborted(signal, 'load');
    waiting = true;
    await unlessAborted(many.ready(false), signal, 'load');
    waiting = false;
    const sampler = createSampler(gpu, graph, resources);
    const output = createOutputReader(gpu, graph, resources, sampler);
    const describe = () => {
      const memory = [printPlan(plan, graph), ...printSegments(gpu, graph)].join('\n');
      return [memory, printVariants(options.variants), ...programs.made().map(printProgram)].join('\n\n');
    };
    const verifier = lazyVerifier(target, chunk);
    const dispose = () => {
      verifier.destroy();
      programs.destroy();
      output.destroy();
      resources.destroy();
    };
    return runtime({
      ...target,
      target,
      programs,
      decodeProgram: one,
      chunk,
      pages,
      sampler,
      output,
      verifier,
      describe,
      dispose,
    });
  } catch (error) {
    programs.destroy();
    resources.destroy();
    throw error;
  }
}

interface RuntimeParts {
  readonly target: ProgramTarget;
  readonly gpu: Gpu;
  readonly graph: Graph;
  readonly resources: Resources;
  readonly snapshots: Snapshots | undefined;
  readonly programs: Programs;
  readonly decodeProgram: Program;
  readonly chunk: number;
  readonly pages: Pages | undefined;
  readonly capacity: number;
  readonly sampler: Sampler;
  readonly output: OutputReader;
  readonly verifier: LazyVerifier;
  describe(): string;
  dispose(): void;
}

/** One run of a program: {@link Work} with the inputs of its slices. */
interface ProgramRun extends Pick<Work, 'kind' | 'signal'> {
  readonly s: number;
  readonly p: number;
  readonly want: StepOutput;
  /** As of the call; runs wait for those before. */
  readonly mask: Mask;
  /** Writes the input ids when the run starts. */
  feed(): void;
}

function runtime(made: RuntimeParts): Runtime {
  const {
    gpu,
    graph,
    resources,
    programs,
    decodeProgram: one,
    chunk,
    pages,
    capacity,
    sampler,
    output,
    verifier,
  } = made;
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
  let ran = 0;
  let mask = NO_MASK;
  const pacer = createPacer({ settled: () => submittedWorkDone(gpu) });
  /** Submits a run in the pacer's slices. The results are read with the last slice. */
  const run = async (
    program: Program,
    { s, p, want, mask: masked, ...work }: ProgramRun,
  ): Promise<StepResult> => {
    let end = 0;
    let result: (() => Promise<StepResult>) | undefined;
    await pacer.run({
      ...work,
      program,
      ready: program.ready(want !== 'none'),
      begin() {
        work.feed();
        sampler.setMask(masked);
        ran += s;
        end = program.begin(s, p, want !== 'none');
        return end;
      },
      submit(from, to) {
        const taken = to < end ? undefined : output.take(want, p + s);
        program.submit(from, to, taken?.copies ?? []);
        result = taken?.result;
      },
    });
    return (result as () => Promise<StepResult>)();
  };
  const readyToVerify = async () =>
    (await verifier.get(pacer)) ?? fail('internal', { who: graph.name, message: 'cannot verify' });
  const feedRows = async (ids: readonly number[], position: number, signal: AbortSignal | undefined) => {
    requireRows(position, ids.length);
    const write = await pages?.read(ids, signal);
    return () => {
      ran += ids.length;
      feed(ids, 0, ids.length);
      write?.();
    };
  };
  const packer = createPacker(made.target, pacer, feedRows, chunk);
  /** The rows of a part of a prompt. */
  const fetchPart = (ids: ArrayLike<number>, first: number, count: number, signal?: AbortSignal) => {
    const fetched = pages?.read(
      Array.from({ length: count }, (_, i) => ids[first + i] as number),
      signal,
    );
    fetched?.catch(() => {}); // awaited later, or not at all after an error
    return fetched;
  };
  let latest: Promise<StepResult> = Promise.resolve({ id: -1 });
  let begun: Promise<void> = Promise.resolve();
  /** A step of a model with pages: it begins when its id and the row of this are known. */
  const pagedStep = async (
    from: Pages,
    id: number | 'previous',
    work: Omit<ProgramRun, 'feed'>,
  ): Promise<StepResult> => {
    const [before, turn] = [latest, begun];
    const { promise, resolve } = Promise.withResolvers<void>();
    begun = promise;
    try {
      await turn;
      const known = id === 'previous' ? (await before).id : id;
      const write = await from.read([known], work.signal);
      const feeding = () => {
        if (id !== 'previous') feed([known], 0, 1);
        write();
        resolve();
      };
      return await run(one, { ...work, feed: feeding });
    } finally {
      resolve();
    }
  };
  return {
    capacity,
    vocabulary: output.vocabulary,
    weightBytes: resources.weightBytes,
    cacheBytes: resources.cacheBytes,
    weightBytesReadPerToken: weightBytesRead(graph),
    dispatchesPerToken: one.dispatchCount,
    overlaps: pages === undefined,
    get peakBytes() {
      return gpu.counters.peakBytes;
    },
    get pace() {
      return pacer.pace;
    },
    setPace(pace) {
      pacer.pace = pace;
    },
    rows: createCacheRows(gpu, graph, resources, made.snapshots),
    packer,
    snapshots: made.snapshots,
    setSampling: (sampling, context = []) => sampler.set(sampling, context),
    setMask(next) {
      mask = next;
    },
    async prefill(ids, position, { want = 'id', signal, onChunk }: PrefillOptions = {}) {
      requireRows(position, ids.length);
      let result: StepResult = { id: -1 };
      const masked = mask;
      const countAt = (first: number) => chunkRows(ids.length - first, pacer.rows(chunk));
      let next = { count: countAt(0), rows: fetchPart(ids, 0, countAt(0), signal) };
      for (let first = 0; first < ids.length; ) {
        throwIfAborted(signal, 'prefill');
        const { count, rows } = next;
        const write = await rows;
        // The store is read while the GPU computes.
        const ahead = countAt(first + count);
        next = { count: ahead, rows: ahead > 0 ? fetchPart(ids, first + count, ahead, signal) : undefined };
        const program = programs.get(count);
        const at = first;
        const feedChunk = () => {
          feed(ids, at, count);
          write?.();
          sampler.record(staged.subarray(0, count), position + at);
        };
        const feeding = { kind: 'prompt', signal, feed: feedChunk } as const;
        const final = first + count === ids.length;
        result = await run(program, {
          ...feeding,
          s: count,
          p: position + first,
          want: final ? want : 'none',
          mask: masked,
        });
        first += count;
        onChunk?.(first, ids.length);
      }
      latest = Promise.resolve(result);
      return result;
    },
    async step(id, position, want = 'id', signal) {
      // No await before the work is handed over: at full speed it is submitted when this returns, once its program is ready.
      requireRows(position, 1);
      programs.rest(); // first words are there: what the answer may need later is made now
      const work = { kind: 'token', signal, s: 1, p: position, want, mask } as const;
      if (pages !== undefined) {
        const stepped = pagedStep(pages, id, work);
        latest = stepped;
        return stepped;
      }
      const feeding = () => (id === 'previous' ? undefined : feed([id], 0, 1));
      return run(one, { ...work, feed: feeding });
    },
    async findBroken(ids, prompt, signal) {
      packer?.setPacked(undefined);
      for (let first = 0; first < ids.length; ) {
        throwIfAborted(signal, 'search');
        const count = first < prompt ? Math.min(chunk, prompt - first) : 1;
        const program = programs.get(count);
        await unlessAborted(program.ready(true), signal, 'search');
        const write = await fetchPart(ids, first, count, signal);
        const feeding = () => {
          feed(ids, first, count);
          write?.();
          sampler.record(staged.subarray(0, count), first);
        };
        feeding();
        const end = program.begin(count, first, true);
        const taken = output.take('id', first + count);
        program.submit(0, end, taken.copies);
        const broken = await taken.result().then(
          () => false,
          (error: unknown) => {
            if (error instanceof EngineError && error.code === 'numbers-broken') return true;
            throw error;
          },
        );
        if (broken) {
          feeding(); // the run before wrote its id over the first of them
          return await findBroken(
            { gpu, graph, resources, snapshots: made.snapshots },
            program,
            count,
            first,
          );
        }
        first += count;
      }
      return undefined;
    },
    prepareVerify: async () => (await verifier.get(pacer)) !== undefined,
    async verify(ids, position, signal) {
      const feeding = await feedRows(ids, position, signal);
      return (await readyToVerify()).run(ids.length, position, feeding, signal);
    },
    async score(ids, position, signal) {
      const feeding = await feedRows(ids, position, signal);
      return (await readyToVerify()).logits(ids.length, position, feeding, signal);
    },
    counters: () => ({ ...gpu.counters, rows: ran, rowsFetched: pages?.rowsRead ?? 0 }),
    describe: made.describe,
    dispose: made.dispose,
  };
}

/** One row of an embedding is read, and all of every other weight. */
function weightBytesRead(graph: Graph): number {
  const values = new Map(graph.values.map((v) => [v.id, v]));
  let sum = 0;
  for (const node of graph.nodes) {
    for (const id of Object.values(node.inputs)) {
      const { origin, type } = values.get(id) as Value;
      if (origin.kind === 'pages') sum += bytesOfRow(type);
      if (origin.kind !== 'weight') continue;
      const bytes = bytesInUse(type) as number;
      sum += node.op === 'embed' ? bytes / (dimOf(type, 0) as number) : bytes;
    }
  }
  return Math.ceil(sum);
}

/** Prints one line for each matrix that exceeds the largest binding. */
function printSegments(gpu: Gpu, graph: Graph): string[] {
  return graph.values
    .filter((v) => v.origin.kind === 'weight')
    .map((v) => [v.name, segmentRows(v.type, gpu.maxBindingBytes).length] as const)
    .filter(([, count]) => count > 1)
    .map(([name, count]) => `${name} in ${count} segments of at most ${gpu.maxBindingBytes} bytes`);
}

function printProgram({ range, choices, dispatchCount, mostDispatches }: Program): string {
  const s = range.min === range.max ? range.min : `${range.min}…${range.max}`;
  const more = mostDispatches > dispatchCount ? `, ${mostDispatches} with a full cache` : '';
  const head = `program for S = ${s}: ${dispatchCount} dispatches${more}`;
  return [head, ...choices.map((c) => `  ${c}`)].join('\n');
}
