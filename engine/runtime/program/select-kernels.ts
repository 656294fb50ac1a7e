/**
 * Which kernel computes which node for a range of S, with all that decides it: types narrowed to the range,
 * what the device can do, weights cut in segments. What is chosen is compiled in `program.ts`.
 */
import type { Gpu } from '../../gpu/index.ts';
import type { Graph, Node, Value, ValueId } from '../../graph/graph.ts';
import type { Workspaces } from '../../graph/plan.ts';
import { ringRows } from '../../graph/rings.ts';
import { bindInput } from '../../kernels/bind-dims.ts';
import type { Caps, KernelVariants, Kernel, KernelInput } from '../../kernels/kernel.ts';
import { selectKernel } from '../../ops/select-kernel.ts';
import { bounds } from '../../symbolic/relate.ts';
import { segmentRows } from '../memory/segments.ts';

export interface LengthRange {
  readonly min: number;
  readonly max: number;
}

/** Where programs are made: a graph on a device with a cache of `capacity` tokens. */
export interface CompileTarget {
  readonly gpu: Gpu;
  readonly graph: Graph;
  readonly capacity: number;
  /** Forms of kernels beyond the plain ones. */
  readonly variants: KernelVariants;
}

export interface NodeKernel {
  readonly node: Node;
  /** Place of the node in the program. */
  readonly index: number;
  readonly input: KernelInput;
  readonly kernel: Kernel;
  /** One line for people. */
  readonly why: string;
}

export function selectKernels(
  { gpu, graph, capacity, variants }: CompileTarget,
  range: LengthRange,
): NodeKernel[] {
  const values = new Map(graph.values.map((v) => [v.id, v]));
  const ranges = { S: range, C: { min: capacity, max: capacity } };
  return graph.nodes.map((node, index) => {
    const input = bindInput(kernelInput(node, values, gpu, variants), ranges);
    return { node, index, input, ...selectKernel(input) };
  });
}

/** What the kernels of all ranges need for themselves while they run, at most: bytes by place in the program. */
export function workspacesOf(place: CompileTarget, ranges: readonly LengthRange[]): Workspaces {
  const most = new Map<number, number>();
  for (const range of ranges) {
    for (const { index, kernel, input } of selectKernels(place, range)) {
      if (kernel.workspace === undefined) continue;
      const bytes = bounds(kernel.workspace(input)).max;
      most.set(index, Math.max(bytes, most.get(index) ?? 0));
    }
  }
  return most;
}

/** What of a GPU kernels are chosen by, without the forms that it has proved. */
export function capsOf({ f16, facts }: Gpu): Caps {
  return { f16, storageBuffers: facts.limits.maxStorageBuffersPerShaderStage ?? 8 };
}

function kernelInput(
  node: Node,
  values: ReadonlyMap<ValueId, Value>,
  gpu: Gpu,
  variants: KernelVariants,
): KernelInput {
  const all = Object.entries({ ...node.inputs, ...node.outputs }).map(
    ([name, id]) => [name, values.get(id) as Value] as const,
  );
  const rows = all.flatMap(([name, { origin }]) =>
    origin.kind === 'view' ? [[name, origin.row] as const] : [],
  );
  const rings = all.flatMap(([name, value]) => {
    const state = value.origin.kind === 'view' ? (values.get(value.origin.of) as Value) : value;
    const ring = state.origin.kind === 'state' ? ringRows(state.type) : undefined;
    return ring === undefined ? [] : [[name, ring] as const];
  });
  const weights = all.filter(([, { origin }]) => origin.kind === 'weight');
  return {
    op: node.op,
    name: node.name,
    types: Object.fromEntries(all.map(([name, v]) => [name, v.type])),
    attributes: node.attributes,
    rows: Object.fromEntries(rows),
    rings: Object.fromEntries(rings),
    segments: Object.fromEntries(
      weights.map(([name, v]) => [name, segmentRows(v.type, gpu.maxBindingBytes)] as const),
    ),
    caps: { ...capsOf(gpu), variants },
  };
}
