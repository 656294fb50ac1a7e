/**
 * Selects a kernel for each node for a range of S, from everything that selection depends on: types narrowed to the
 * range, device capabilities, weights cut into segments. `program.ts` compiles the result.
 */
import type { Gpu } from '../../gpu/index.ts';
import type { Graph, Node, Value, ValueId } from '../../graph/graph.ts';
import type { Workspaces } from '../../graph/plan.ts';
import { ringOf } from '../../graph/slots.ts';
import { bindInput } from '../../kernels/bind-dims.ts';
import type { Caps, KernelVariants, Kernel, KernelInput } from '../../kernels/kernel.ts';
import { selectKernel } from '../../ops/select-kernel.ts';
import { bounds } from '../../symbolic/relate.ts';
import { segmentRows } from '../memory/segments.ts';

export interface LengthRange {
  readonly min: number;
  readonly max: number;
}

/** What programs are compiled for: a graph on a device with a cache of `capacity` tokens. */
export interface CompileTarget {
  readonly gpu: Gpu;
  readonly graph: Graph;
  readonly capacity: number;
  /** Enabled kernel variants. */
  readonly variants: KernelVariants;
}

export interface NodeKernel {
  readonly node: Node;
  /** Index of the node in the program. */
  readonly index: number;
  readonly input: KernelInput;
  readonly kernel: Kernel;
  /** One line that explains the choice. */
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

/** The largest workspace that each node's kernels need over all ranges: bytes by node index. */
export function workspacesOf(target: CompileTarget, ranges: readonly LengthRange[]): Workspaces {
  const most = new Map<number, number>();
  for (const range of ranges) {
    for (const { index, kernel, input } of selectKernels(target, range)) {
      if (kernel.workspace === undefined) continue;
      const bytes = bounds(kernel.workspace(input)).max;
      most.set(index, Math.max(bytes, most.get(index) ?? 0));
    }
  }
  return most;
}

/** The capabilities that kernel selection depends on, without tested variants. */
export function capsOf({ f16, facts, subgroupSizes }: Gpu): Caps {
  const most = subgroupSizes[1];
  return {
    f16,
    storageBuffers: facts.limits.maxStorageBuffersPerShaderStage ?? 8,
    ...(most === 0 ? {} : { subgroupSize: most }),
  };
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
    const ring = state.origin.kind === 'state' ? ringOf(state) : undefined;
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
