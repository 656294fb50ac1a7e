/** Verifies drafts: runs a few rows at once and returns the likeliest id after each. Created on first use. */
import { type Buffer, createBuffer, type Gpu, readbackRing } from '../../gpu/index.ts';
import type { Graph, Value } from '../../graph/graph.ts';
import { validate } from '../../graph/validate.ts';
import { bindDim } from '../../kernels/bind-dims.ts';
import { bounds } from '../../symbolic/relate.ts';
import { chosenId } from '../../sampling/broken.ts';
import { byteSize } from '../../tensor/tensor.ts';
import type { Pacer } from '../pacing.ts';
import { compileProgram, type Program, type ProgramTarget } from '../program/program.ts';
import type { WeightPart } from '../memory/segments.ts';
import { VERIFY_ROWS, verifyGraph } from './verify-graph.ts';

export interface Verifier {
  /** Runs 2 to {@link VERIFY_ROWS} rows at row `position`; `feed` writes their ids. */
  run(rows: number, position: number, feed: () => void, signal?: AbortSignal): Promise<number[]>;
  destroy(): void;
}

/** Undefined for a graph without such a variant. Throws like `compileProgram`. */
export async function createVerifier(target: ProgramTarget, pacer: Pacer): Promise<Verifier | undefined> {
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
  const destroy = () => {
    ring.destroy();
    for (const buffer of own.values()) buffer.destroy();
  };
  let program: Program;
  try {
    program = await compileProgram({ ...target, graph, resources }, { min: 2, max: VERIFY_ROWS });
  } catch (error) {
    destroy();
    throw error;
  }
  const from = own.get(graph.outputs.best!) as Buffer;
  return {
    async run(rows, position, feed, signal) {
      let end = 0;
      let slot = undefined as ReturnType<typeof ring.take> | undefined;
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
          slot = to < end ? undefined : ring.take();
          program.submit(first, to, slot === undefined ? [] : [{ from, to: slot.buffer, bytes: 4 * rows }]);
        },
      });
      return Array.from(new Uint32Array(await (slot as NonNullable<typeof slot>).read(4 * rows)), chosenId);
    },
    destroy() {
      program.destroy();
      destroy();
    },
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
