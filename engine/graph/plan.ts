/**
 * The memory plan: assigns each value to a slot, once for every length. A slot is a GPU buffer of its own, since
 * WebGPU forbids binding one buffer for reading and for writing in one dispatch. So a node never writes to a slot that
 * it reads, except that it overwrites its `residual` on purpose.
 *
 * Greedy, largest first: values chained by `residual` are one allocation, and each allocation goes into the slot that
 * grows least among those that are free during its whole live interval. Inputs and outputs have exclusive slots.
 * Sizes stay symbolic: a slot is as large as the largest of its allocations at every length. The workspace that a node
 * needs while it runs is an allocation too, so it costs nothing where a slot is free.
 *
 * Not here: weights, constants and states, which have buffers of their own for the model's lifetime.
 * Idea: Transformer-Lite (arXiv 2403.20041, section 3.1); tinygrad `schedule/memory.py`.
 */
import { add, type Dim, print } from '../symbolic/dim.ts';
import { bounds, largest } from '../symbolic/relate.ts';
import { byteSize } from '../tensor/tensor.ts';
import { fail } from '../base/errors.ts';
import type { Graph, Value, ValueId } from './graph.ts';

/** Node indices from the node that makes a value to the last that reads it, both included. */
export interface LiveInterval {
  readonly start: number;
  readonly end: number;
}

export interface Slot {
  readonly id: number;
  /** Bytes for the bound symbols; enough for every member. */
  readonly bytes: Dim;
  /** `bytes` at the largest binding: the size to allocate. */
  readonly maxBytes: number;
  readonly members: readonly ValueId[];
  /** Indices of the nodes whose workspace is here. */
  readonly workspaces: readonly number[];
}

/** Bytes of each node's workspace, by node index. */
export type Workspaces = ReadonlyMap<number, Dim>;

export interface MemoryPlan {
  readonly slots: readonly Slot[];
  /** The slot of an input or of a node's output. Throws `internal` for any other value. */
  slotOf(id: ValueId): number;
  /** The slot of the workspace of the node with this index; undefined where it has none. */
  workspaceOf(node: number): number | undefined;
  readonly intervals: ReadonlyMap<ValueId, LiveInterval>;
  /** Sum of all slots at the largest binding. */
  readonly maxBytes: number;
  /** Most bytes live at one time, at the largest binding: no plan can need less. */
  readonly lowerBound: number;
}

/** Values that share memory: a single value, or a chain of residuals. The workspace of node `start` has no values. */
interface Allocation extends LiveInterval {
  readonly members: readonly Value[];
  readonly bytes: Dim;
  readonly maxBytes: number;
  /** An input or output: no other allocation may use its slot in the same run. */
  readonly exclusive: boolean;
}

interface OpenSlot {
  bytes: Dim;
  maxBytes: number;
  exclusive: boolean;
  readonly allocations: Allocation[];
}

export function planMemory(graph: Graph, workspaces: Workspaces = new Map()): MemoryPlan {
  const intervals = liveIntervalsOf(graph);
  const allocations = [...allocationsOf(graph, intervals), ...workspaceAllocations(workspaces)];
  const open: OpenSlot[] = [];
  for (const allocation of allocations.toSorted(bySize)) {
    const slot = bestSlot(open, allocation);
    if (slot === undefined) {
      const { bytes, maxBytes, exclusive } = allocation;
      open.push({ bytes, maxBytes, exclusive, allocations: [allocation] });
    } else {
      slot.bytes = largest(slot.bytes, allocation.bytes);
      slot.maxBytes = bounds(slot.bytes).max;
      slot.allocations.push(allocation);
    }
  }
  const slots = open.map((slot, id): Slot => {
    const members = slot.allocations.flatMap((l) => l.members).toSorted((a, b) => a.id - b.id);
    const workspaces = slot.allocations.filter((l) => l.members.length === 0).map((l) => l.start);
    return {
      id,
      bytes: slot.bytes,
      maxBytes: slot.maxBytes,
      members: members.map((v) => v.id),
      workspaces: workspaces.toSorted((a, b) => a - b),
    };
  });
  const slotOf = new Map(slots.flatMap((slot) => slot.members.map((id) => [id, slot.id] as const)));
  const workspaceOf = new Map(
    slots.flatMap((slot) => slot.workspaces.map((node) => [node, slot.id] as const)),
  );
  return {
    slots,
    intervals,
    workspaceOf: (node) => workspaceOf.get(node),
    slotOf: (id) =>
      slotOf.get(id) ?? fail('internal', { who: 'plan', message: 'a value without a slot', got: id }),
    maxBytes: slots.reduce((sum, slot) => sum + slot.maxBytes, 0),
    lowerBound: peakBytes(allocations, graph.nodes.length),
  };
}

/** Inputs live from the first node on; outputs, and inputs that are outputs, until the last. */
export function liveIntervalsOf(graph: Graph): Map<ValueId, LiveInterval> {
  const last = Math.max(0, graph.nodes.length - 1);
  const ends = new Map<ValueId, number>();
  const starts = new Map<ValueId, number>();
  graph.nodes.forEach((node, i) => {
    for (const id of Object.values(node.inputs)) ends.set(id, i);
    for (const id of Object.values(node.outputs)) starts.set(id, i);
  });
  for (const id of Object.values(graph.outputs)) ends.set(id, last);
  return new Map(
    graph.values.filter(isPlanned).map(({ id }) => {
      const start = starts.get(id) ?? 0;
      return [id, { start, end: Math.max(start, ends.get(id) ?? start) }];
    }),
  );
}

function isPlanned(v: Value): boolean {
  return v.origin.kind === 'node' || v.origin.kind === 'input';
}

function allocationsOf(graph: Graph, intervals: ReadonlyMap<ValueId, LiveInterval>): Allocation[] {
  const chainOf = new Map<ValueId, Value[]>();
  for (const value of graph.values) if (isPlanned(value)) chainOf.set(value.id, [value]);
  for (const node of graph.nodes) {
    const { residual } = node.inputs;
    if (residual === undefined) continue;
    const [before, after] = [chainOf.get(residual)!, chainOf.get(node.outputs.out!)!];
    before.push(...after);
    for (const value of after) chainOf.set(value.id, before);
  }
  const outputs = new Set(Object.values(graph.outputs));
  return [...new Set(chainOf.values())].map((members) => {
    const times = members.map((v) => intervals.get(v.id)!);
    const bytes = members.map((v) => byteSize(v.type)).reduce(largest);
    return {
      members,
      bytes,
      maxBytes: bounds(bytes).max,
      start: Math.min(...times.map((t) => t.start)),
      end: Math.max(...times.map((t) => t.end)),
      exclusive: members.some((v) => v.origin.kind === 'input' || outputs.has(v.id)),
    };
  });
}

function workspaceAllocations(workspaces: Workspaces): Allocation[] {
  return [...workspaces].map(([node, bytes]) => {
    return { members: [], bytes, maxBytes: bounds(bytes).max, start: node, end: node, exclusive: false };
  });
}

function bySize(a: Allocation, b: Allocation): number {
  return b.maxBytes - a.maxBytes || a.start - b.start || (a.members[0]?.id ?? 0) - (b.members[0]?.id ?? 0);
}

/** The free slot that grows least; of equals the smallest. */
function bestSlot(open: readonly OpenSlot[], allocation: Allocation): OpenSlot | undefined {
  if (allocation.exclusive) return undefined;
  const free = open.filter(
    (slot) =>
      !slot.exclusive && slot.allocations.every((l) => l.end < allocation.start || allocation.end < l.start),
  );
  const growth = (slot: OpenSlot) => bounds(largest(slot.bytes, allocation.bytes)).max - slot.maxBytes;
  return free.toSorted((a, b) => growth(a) - growth(b) || a.maxBytes - b.maxBytes)[0];
}

function peakBytes(allocations: readonly Allocation[], nodes: number): number {
  let most = 0;
  for (let i = 0; i < nodes; i++) {
    // An exclusive slot is occupied all the time.
    const alive = allocations.filter((l) => l.exclusive || (l.start <= i && i <= l.end));
    most = Math.max(
      most,
      alive.reduce((sum, l) => sum + l.maxBytes, 0),
    );
  }
  return most;
}

/** Prints the plan with symbolic sizes: one line per slot, then the sums. */
export function printPlan(plan: MemoryPlan, graph: Graph): string {
  const names = new Map(graph.values.map((v) => [v.id, v.name]));
  const lines = plan.slots.map((slot) => {
    const workspaces = slot.workspaces.map((node) => `workspace of ${graph.nodes[node]?.name}`);
    const members = [...slot.members.map((id) => names.get(id)), ...workspaces];
    const shown = members.length > 4 ? [...members.slice(0, 3), `… ${members.length - 3} more`] : members;
    return `slot ${slot.id}: ${print(slot.bytes)} bytes, at most ${slot.maxBytes}: ${shown.join(', ')}`;
  });
  const total = add(...plan.slots.map((slot) => slot.bytes));
  return [
    ...lines,
    `all slots: ${print(total)} bytes, at most ${plan.maxBytes}; lower bound ${plan.lowerBound}`,
  ].join('\n');
}
