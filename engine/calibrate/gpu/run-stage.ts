/**
 * Runs a stage on the GPU: its weights uploaded, one program for all windows, what later stages read copied out, or the
 * result read back.
 */
import {
  type Buffer,
  type Copy,
  createBuffer,
  type Gpu,
  readbackRing,
  submit,
  submittedWorkDone,
  withAllocationErrors,
  writeBuffer,
} from '../../gpu/index.ts';
import type { Value, ValueId } from '../../graph/graph.ts';
import { planMemory } from '../../graph/plan.ts';
import type { WeightSource } from '../../runtime/index.ts';
import { createResources } from '../../runtime/memory/resources.ts';
import { uploadWeights } from '../../runtime/memory/upload.ts';
import { openProgram } from '../../runtime/program/program.ts';
import { workspacesOf } from '../../runtime/program/select-kernels.ts';
import { bytesOfRow } from '../../tensor/tensor.ts';
import type { TakeResult, Window } from '../backend.ts';
import type { CalibrationStage } from '../stages.ts';
import { SHORTEST } from '../windows.ts';

/** Kept values: one buffer for each window. */
export type KeptValues = Map<ValueId, Buffer[]>;

export interface StageHooks {
  readonly turn: (signal: AbortSignal | undefined) => Promise<void>;
  readonly signal: AbortSignal | undefined;
  /** As in `CalibrationBackend.run`. */
  readonly take: TakeResult | undefined;
}

export async function runStage(
  gpu: Gpu,
  stage: CalibrationStage,
  windows: readonly Window[],
  kept: KeptValues,
  weights: WeightSource,
  { turn, signal, take }: StageHooks,
): Promise<void> {
  const { graph, reads, keeps } = stage;
  const longest = Math.max(...windows.map(({ length }) => length));
  const target = { gpu, graph, capacity: longest, variants: {} };
  const range = { min: Math.min(SHORTEST, longest), max: longest };
  const plan = planMemory(graph, workspacesOf(target, [range]));
  const resources = await withAllocationErrors(gpu, graph.name, () =>
    createResources(gpu, graph, plan, { S: longest, C: longest }),
  );
  try {
    await uploadWeights(gpu, graph, resources, { weights, ...(signal === undefined ? {} : { signal }) });
    const program = openProgram({ ...target, resources }, range);
    const ids = graph.values.find(({ origin, name }) => origin.kind === 'input' && name === 'ids');
    const copy = ({ id, type }: Value, buffer: Buffer, rows: number, out: boolean): Copy => {
      const inside = resources.bufferOf(id, 'data');
      const bytes = rows * bytesOfRow(type);
      return out ? { from: inside, to: buffer, bytes } : { from: buffer, to: inside, bytes };
    };
    const result = take === undefined ? undefined : (keeps[0] as Value);
    const ring = result && readbackRing(gpu, result.name, longest * bytesOfRow(result.type), 1);
    try {
      await program.ready(true);
      for (const [i, window] of windows.entries()) {
        await turn(signal);
        const rows = window.length;
        if (ids !== undefined)
          writeBuffer(gpu, resources.bufferOf(ids.id, 'data'), 0, Uint32Array.from(window));
        const inward = reads.map((value) => copy(value, kept.get(value.id)?.[i] as Buffer, rows, false));
        const slot = ring?.take();
        const outward = keeps.map((value) => {
          if (slot !== undefined) return copy(value, slot.buffer, rows, true);
          const buffer = createBuffer(gpu, `${value.name} of window ${i}`, rows * bytesOfRow(value.type));
          kept.set(value.id, [...(kept.get(value.id) ?? []), buffer]);
          return copy(value, buffer, rows, true);
        });
        submit(gpu, [], [], inward);
        program.submit(0, program.begin(rows, 0, true), outward);
        await submittedWorkDone(gpu);
        if (slot !== undefined && result !== undefined)
          take?.(i, new Float32Array(await slot.read(rows * bytesOfRow(result.type))));
      }
    } finally {
      ring?.destroy();
      program.destroy();
    }
  } finally {
    resources.destroy();
  }
}
