/**
 * Packs the caches of a text (`kv/packed.ts`): finds what its rows are worth to text that repeats it, and moves the kept rows
 * of each head to the end. In idle time only: a run for worth costs two to three times that of a prompt's chunk, and rows are
 * moved by way of the CPU, a layer at a time.
 */
import { invariant, throwIfAborted } from '../../base/errors.ts';
import { createBuffer, readbackRing, writeBuffer } from '../../gpu/index.ts';
import type { Value, ValueId } from '../../graph/graph.ts';
import { validate } from '../../graph/validate.ts';
import { bindDim } from '../../kernels/bind-dims.ts';
import type { KeptRows, Packed } from '../../kv/packed.ts';
import { bounds } from '../../symbolic/relate.ts';
import { bytesOfRow } from '../../tensor/tensor.ts';
import type { Pacer } from '../pacing.ts';
import { openProgram, type ProgramTarget } from '../program/program.ts';
import { selectKernels } from '../program/select-kernels.ts';
import { packableCaches } from './packable.ts';
import { gather, readRows } from './rows.ts';
import { worthGraph } from './worth-graph.ts';

/** Fewest rows of a run for worth: those of the kernels for many rows. */
export const FEWEST_WORTH_ROWS = 9;

export interface WorthReader {
  /**
   * Runs ids at row `position`, at least {@link FEWEST_WORTH_ROWS} and at most as many as in a chunk, and resolves to what each
   * row before is worth to them: for each head of each layer f32[position]. Their own rows are written, and do not count.
   */
  run(ids: readonly number[], position: number, signal?: AbortSignal): Promise<Float32Array[]>;
  destroy(): void;
}

/** Requires that nothing is in flight. */
export interface Packer {
  /** Heads of all layers that can be packed. */
  readonly heads: number;
  /** Most ids of a run for worth. */
  readonly most: number;
  /** Creates programs and memory, which last until it is destroyed. Throws as `openProgram` and `Program.ready` do. */
  openWorth(): Promise<WorthReader>;
  /**
   * Moves the rows that are kept of a text of `length` rows, layer by layer, and resolves to the state that this leaves: after
   * `signal` some layers may be as they were. `before`: the state until now.
   */
  pack(kept: KeptRows, length: number, before?: Packed, signal?: AbortSignal): Promise<Packed>;
  /** Sets from which row on heads are read: those of a packed text, or all. */
  setPacked(packed: Packed | undefined): void;
}

/** Writes the ids of a run when it starts. */
type Feed = (
  ids: readonly number[],
  position: number,
  signal: AbortSignal | undefined,
) => Promise<() => void>;

/** Undefined for a graph of whose layers none can be packed. `chunk`: most ids of a run. */
export function createPacker(
  target: ProgramTarget,
  pacer: Pacer,
  feed: Feed,
  chunk: number,
): Packer | undefined {
  const { gpu, graph, resources } = target;
  const caches = packableCaches(graph);
  if (caches.length === 0 || chunk < FEWEST_WORTH_ROWS) return undefined;
  const values = new Map(graph.values.map((value) => [value.id, value]));
  const heads = caches.reduce((sum, cache) => sum + cache.heads, 0);
  const startsOf = ({ at, heads: count }: { at: number; heads: number }, packed: Packed | undefined) =>
    packed?.starts.slice(at, at + count) ?? Array<number>(count).fill(0);
  const setStarts = (cache: (typeof caches)[number], starts: readonly number[]) =>
    writeBuffer(gpu, resources.bufferOf(cache.starts, 'data'), 0, Uint32Array.from(starts));
  return {
    heads,
    most: chunk,
    openWorth: () => openWorth(target, pacer, feed, { caches, heads, chunk }),
    async pack(kept, length, before, signal) {
      invariant(kept.length === heads, 'packer', `rows of ${kept.length} heads instead of ${heads}`);
      const starts = caches.flatMap((cache) => [...startsOf(cache, before)]);
      for (const cache of caches) {
        if (signal?.aborted === true) break;
        const own = kept.slice(cache.at, cache.at + cache.heads);
        const fewest = Math.min(...own.map((rows) => length - rows.length));
        for (const id of [cache.k, cache.v]) {
          const buffer = resources.bufferOf(id, 'data');
          const rowBytes = bytesOfRow((values.get(id) as Value).type);
          const all = await readRows(gpu, buffer, rowBytes, 0, length);
          const packed = new Uint8Array((length - fewest) * rowBytes);
          for (const [head, rows] of own.entries())
            gather(all, packed, rows, { head, heads: cache.heads, rowBytes });
          if (packed.length > 0) writeBuffer(gpu, buffer, fewest * rowBytes, packed);
        }
        own.forEach((rows, head) => {
          starts[cache.at + head] = length - rows.length;
        });
        setStarts(cache, starts.slice(cache.at, cache.at + cache.heads));
      }
      return { length, starts };
    },
    setPacked(packed) {
      for (const cache of caches) setStarts(cache, startsOf(cache, packed));
    },
  };
}

async function openWorth(
  target: ProgramTarget,
  pacer: Pacer,
  feed: Feed,
  { caches, heads, chunk }: { caches: ReturnType<typeof packableCaches>; heads: number; chunk: number },
): Promise<WorthReader> {
  const { gpu, capacity } = target;
  const { graph, results, nodeBefore } = worthGraph(target.graph);
  validate(graph);
  const range = { min: FEWEST_WORTH_ROWS, max: chunk };
  const values = new Map(graph.values.map((value) => [value.id, value]));
  const made: { destroy(): void }[] = [];
  const destroy = () => {
    for (const part of made) part.destroy();
  };
  const create = (label: string, bytes: number) => {
    const buffer = createBuffer(gpu, label, bytes);
    made.push(buffer);
    return buffer;
  };
  try {
    const own = new Map(
      results.map(({ worth }) => {
        const { name, type } = values.get(worth) as Value;
        return [worth as number, create(name, (type.shape[0] as number) * capacity * 4)] as const;
      }),
    );
    const needs = selectKernels({ ...target, graph }, range).map(({ node, kernel, input }) =>
      node.op === 'worth' ? bounds(bindDim(kernel.workspace?.(input) ?? 0, { S: range })).max : 0,
    );
    const workspace = create('workspace of worth', Math.max(...needs));
    const ring = readbackRing(gpu, 'worth of rows', heads * capacity * 4, 1);
    made.push(ring);
    const resources: ProgramTarget['resources'] = {
      ...target.resources,
      bufferOf: (id, part, segment) => own.get(id) ?? target.resources.bufferOf(id, part, segment),
      workspaceOf(node) {
        const before = nodeBefore[node];
        return before === undefined ? workspace : target.resources.workspaceOf(before);
      },
    };
    const program = openProgram({ ...target, graph, resources }, range);
    made.push(program);
    await program.ready(true);
    const placeOf = new Map<ValueId, { at: number; heads: number }>(caches.map((c) => [c.starts, c]));
    return {
      async run(ids, position, signal) {
        throwIfAborted(signal, 'worth');
        const write = await feed(ids, position, signal);
        let end = 0;
        let slot: ReturnType<typeof ring.take> | undefined;
        const places: number[] = [];
        await pacer.run({
          kind: 'prompt',
          program,
          signal,
          begin() {
            write();
            end = program.begin(ids.length, position, true);
            return end;
          },
          submit(from, to) {
            if (to < end) return program.submit(from, to, []);
            const taken = ring.take();
            slot = taken;
            let offset = 0;
            const copies = results.map(({ worth, starts }) => {
              const bytes = (placeOf.get(starts)?.heads as number) * position * 4;
              const copy = { from: own.get(worth)!, to: taken.buffer, toOffset: offset, bytes };
              places.push(offset / 4);
              offset += bytes;
              return copy;
            });
            program.submit(from, to, copies);
          },
        });
        const numbers = new Float32Array(await slot!.read(heads * position * 4));
        return headsOf(numbers, position, results, places, placeOf, heads);
      },
      destroy,
    };
  } catch (error) {
    destroy();
    throw error;
  }
}

/** By head; the most where several layers read the same cache. */
function headsOf(
  numbers: Float32Array,
  position: number,
  results: ReturnType<typeof worthGraph>['results'],
  places: readonly number[],
  placeOf: ReadonlyMap<ValueId, { at: number; heads: number }>,
  heads: number,
): Float32Array[] {
  const all = Array.from({ length: heads }, () => new Float32Array(position));
  results.forEach(({ starts }, i) => {
    const place = placeOf.get(starts)!;
    for (let head = 0; head < place.heads; head++) {
      const first = (places[i] as number) + head * position;
      mostOf(all[place.at + head] as Float32Array, numbers.subarray(first, first + position));
    }
  });
  return all;
}

/** Replaces each number by the larger of two. */
export function mostOf(one: Float32Array, other: Float32Array): void {
  for (let i = 0; i < one.length; i++) one[i] = Math.max(one[i] as number, other[i] as number);
}
