/** Verifies drafts: runs a few rows at once and returns the likeliest id after each. Created on first use. */
import {
  type Buffer,
  createBuffer,
  type Gpu,
  type ReadbackRing,
  readbackRing,
  type ReadbackSlot,
} from '../../gpu/index.ts';
import type { Graph, Value } from '../../graph/graph.ts';
import { validate } from '../../graph/validate.ts';
import { bindDim } from '../../kernels/bind-dims.ts';
import { bounds } from '../../symbolic/relate.ts';
import { chosenId } from '../../sampling/broken.ts';
import { f32ArrayFromF16 } from '../../tensor/f16.ts';
import { byteSize, dimOf } from '../../tensor/tensor.ts';
import type { Pacer } from '../pacing.ts';
import { openProgram, type Program, type ProgramTarget } from '../program/program.ts';
import type { WeightPart } from '../memory/segments.ts';
import { VERIFY_ROWS, verifyGraph } from './verify-graph.ts';

export interface Verifier {
  /** Runs 2 to {@link VERIFY_ROWS} rows at row `position`; `feed` writes their ids. */
  run(rows: number, position: number, feed: () => void, signal?: AbortSignal): Promise<number[]>;
  /** The same run; resolves to the logits after each row, f32[V] each. */
  logits(rows: number, position: number, feed: () => void, signal?: AbortSignal): Promise<Float32Array[]>;
  destroy(): void;
}

/** Undefined for a graph without such a variant. Throws as `openProgram` and `Program.ready` do. */
async function createVerifier(target: ProgramTarget, pacer: Pacer): Promise<Verifier | undefined> {
  const graph = verifyGraph(target.graph);
  if (graph === undefined) return undefined;
  validate(graph);
  const { gpu } = target;
  const own = wideBuffers(gpu, graph);
  const resources = {
    ...target.resources,
    bufferOf: (id: number, part: WeightPart, segment?: number) =>
      own.get(id) ?? target.resources.bufferOf(id, part, segment),
  };
  const ring = readbackRing(gpu, 'best ids of a draft', 4 * VERIFY_ROWS, 1);
  const { type } = graph.values.find((v) => v.id === graph.outputs.logits) as Value;
  const rowBytes = (dimOf(type, -1) as number) * (type.dtype === 'f16' ? 2 : 4);
  let logitsRing: ReadbackRing | undefined; // only measurements read logits
  const parts: { destroy(): void }[] = [ring, ...own.values()];
  const destroy = () => {
    logitsRing?.destroy();
    for (const part of parts) part.destroy();
  };
  let program: Program;
  try {
    program = openProgram({ ...target, graph, resources }, { min: 2, max: VERIFY_ROWS });
    parts.push(program);
    await program.ready(true);
  } catch (error) {
    destroy();
    throw error;
  }
  const best = own.get(graph.outputs.best!) as Buffer;
  const logits = own.get(graph.outputs.logits!) as Buffer;
  const padded = (rows: number) => Math.ceil((rows * rowBytes) / 4) * 4;
  /** Runs the rows; the best ids are always read, since they tell whether a row is broken. */
  const read = async (
    slots: ReadbackRing | undefined,
    ...[rows, position, feed, signal]: Parameters<Verifier['run']>
  ): Promise<{ ids: number[]; logits: ArrayBuffer | undefined }> => {
    let end = 0;
    let idSlot = undefined as ReadbackSlot | undefined;
    let logitsSlot = undefined as ReadbackSlot | undefined;
    await pacer.run({
      kind: 'token',
      program,
      signal,
      begin() {
        feed();
        end = program.begin(rows, position, true);
        return end;
      },
      submit(first, to) {
        if (to < end) return program.submit(first, to, []);
        idSlot = ring.take();
        logitsSlot = slots?.take();
        const copies = [{ from: best, to: idSlot.buffer, bytes: 4 * rows }];
        if (logitsSlot !== undefined)
          copies.push({ from: logits, to: logitsSlot.buffer, bytes: padded(rows) });
        program.submit(first, to, copies);
      },
    });
    const [ids, values] = await Promise.all([
      (idSlot as ReadbackSlot).read(4 * rows),
      logitsSlot?.read(padded(rows)),
    ]);
    return { ids: Array.from(new Uint32Array(ids), chosenId), logits: values };
  };
  return {
    run: async (...run) => (await read(undefined, ...run)).ids,
    async logits(rows, ...rest) {
      logitsRing ??= readbackRing(gpu, 'logits of a text', padded(VERIFY_ROWS), 1);
      const bytes = (await read(logitsRing, rows, ...rest)).logits as ArrayBuffer;
      return Array.from({ length: rows }, (_, row) => {
        const one = bytes.slice(row * rowBytes, (row + 1) * rowBytes);
        return type.dtype === 'f16' ? f32ArrayFromF16(new Uint16Array(one)) : new Float32Array(one);
      });
    },
    destroy,
  };
}

/** Creates a verifier when it is first asked for. */
export interface LazyVerifier {
  get(pacer: Pacer): Promise<Verifier | undefined>;
  destroy(): void;
}

/** `longest` is the number of rows that there is memory for; without enough of it there is no verifier. */
export function lazyVerifier(target: ProgramTarget, longest: number): LazyVerifier {
  let made: Promise<Verifier | undefined> | undefined;
  return {
    get(pacer) {
      made ??= longest < VERIFY_ROWS ? Promise.resolve(undefined) : createVerifier(target, pacer);
      return made;
    },
    destroy: () =>
      void made?.then(
        (verifier) => verifier?.destroy(),
        () => {}, // the caller of get() already received the error
      ),
  };
}

/** Logits and ids for {@link VERIFY_ROWS} rows; all other buffers are large enough already. */
function wideBuffers(gpu: Gpu, graph: Graph): Map<number, Buffer> {
  const rows = { S: { min: 1, max: VERIFY_ROWS } };
  return new Map(
    [graph.outputs.logits!, graph.outputs.best!].map((id) => {
      const { name, type } = graph.values.find((v) => v.id === id) as Value;
      return [id, createBuffer(gpu, `${name} of a draft`, bounds(bindDim(byteSize(type), rows)).max)];
    }),
  );
}
