/**
 * The memory plan: which slot holds which value, once for every length. A slot is a GPU buffer of its own,
 * since WebGPU forbids binding one buffer for reading and for writing in one dispatch; so what a node
 * makes never lies in a slot that it reads, except that `residual` is written over on purpose.
 *
 * How: values chained by `residual` are one lodger; lodgers move in largest first, each into the slot
 * that grows least among those free for its whole stay. Inputs and outputs keep a slot for themselves.
 * Sizes stay symbolic: a slot is as large as the largest of its lodgers at every length. What a node
 * needs only while it runs (a workspace) is a lodger too, so that it costs nothing where a slot is free.
 *
 * Not here: weights, constants and states, which are buffers of their own for good.
 * Idea: Transformer-Lite (arXiv 2403.20041, section 3.1); tinygrad `schedule/memory.py`.
 */
import { add, type Dim, print } from '../symbolic/dim.ts';
import { bounds, largest } from '../symbolic/relate.ts';
import { byteSize } from '../tensor/tensor.ts';
import { fail } from '../base/errors.ts';
import type { Graph, Value, ValueId } from './graph.ts';

/** From the node that makes it to the last that reads it, by place in the program, both included. */
export interface LiveInterval {
  readonly start: number;
  readonly end: number;
}

export interface Slot {
  readonly id: number;
  /** Bytes for the bound symbols; enough for every member. */
  readonly bytes: Dim;
  /** `bytes` at the largest binding: what to allocate. */
  readonly maxBytes: number;
  readonly members: readonly ValueId[];
  /** Nodes, by place in the program, whose workspace lies here. */
  readonly workspaces: readonly number[];
}

/** Bytes of the workspaces of nodes, by place in the program. */
export type Workspaces = ReadonlyMap<number, Dim>;

export interface MemoryPlan {
  readonly slots: readonly Slot[];
  /** The slot of an input or of a value that a node makes; throws for any other. */
  slotOf(id: ValueId): number;
  /** The slot of a node's workspace, by place in the program; undefined where it has none. */
  workspaceOf(node: number): number | undefined;
  readonly intervals: ReadonlyMap<ValueId, LiveInterval>;
  /** All slots at the largest binding. */
  readonly maxBytes: number;
  /** No plan can need less: the most bytes that live at one time, at the largest binding. */
  readonly lowerBound: number;
}

/** Values in one memory: alone, or a chain of residuals; or no value, but the workspace of the node at `start`. */
interface Lodger extends LiveInterval {
  readonly members: readonly Value[];
  readonly bytes: Dim;
  readonly maxBytes: number;
  /** Input or output: nobody else may have its slot in the same run. */
  readonly alone: boolean;
}

interface Room {
  bytes: Dim;
  maxBytes: number;
  alone: boolean;
  readonly lodgers: Lodger[];
}

export function planMemory(graph: Graph, workspaces: Workspaces = new Map()): MemoryPlan {
  const lifetimes = liveIntervalsOf(graph);
  const lodgers = [...lodgersOf(graph, lifetimes), ...workspaceLodgers(workspaces)];
  const rooms: Room[] = [];
  for (const lodger of lodgers.toSorted(bySize)) {
    const room = bestRoom(rooms, lodger);
    if (room === undefined) {
      const { bytes, maxBytes, alone } = lodger;
      rooms.push({ bytes, maxBytes, alone, lodgers: [lodger] });
    } else {
      room.bytes = largest(room.bytes, lodger.bytes);
      room.maxBytes = bounds(room.bytes).max;
      room.lodgers.push(lodger);
    }
  }
  const slots = rooms.map((room, id): Slot => {
    const members = room.lodgers.flatMap((l) => l.members).toSorted((a, b) => a.id - b.id);
    const guests = room.lodgers.filter((l) => l.members.length === 0).map((l) => l.start);
    return {
      id,
      bytes: room.bytes,
      maxBytes: room.maxBytes,
      members: members.map((v) => v.id),
      workspaces: guests.toSorted((a, b) => a - b),
    };
  });
  const slotOf = new Map(slots.flatMap((slot) => slot.members.map((id) => [id, slot.id] as const)));
  const workspaceOf = new Map(
    slots.flatMap((slot) => slot.workspaces.map((node) => [node, slot.id] as const)),
  );
  return {
    slots,
    intervals: lifetimes,
    workspaceOf: (node) => workspaceOf.get(node),
    slotOf: (id) =>
      slotOf.get(id) ?? fail('internal', { who: 'plan', message: 'a value without a slot', got: id }),
    maxBytes: slots.reduce((sum, slot) => sum + slot.maxBytes, 0),
    lowerBound: mostAlive(lodgers, graph.nodes.length),
  };
}

/** Inputs live from the first node on; outputs, and inputs that are outputs, to the last. */
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

function lodgersOf(graph: Graph, lifetimes: ReadonlyMap<ValueId, LiveInterval>): Lodger[] {
  const chainOf = new Map<ValueId, Value[]>();
  for (const value of graph.values) if (isPlanned(value)) chainOf.set(value.id, [value]);
  for (const node of graph.nodes) {
    const { residual } = node.inputs;
    if (residual === undefined) continue;
    const [before, after] = [chainOf.get(residual)!, chainOf.get(node.outputs.out!)!];
    before.push(...after);
    for (const value of after) chainOf.set(value.id, before);
  }
  const faces = new Set(Object.values(graph.outputs));
  return [...new Set(chainOf.values())].map((members) => {
    const times = members.map((v) => lifetimes.get(v.id)!);
    const bytes = members.map((v) => byteSize(v.type)).reduce(largest);
    return {
      members,
      bytes,
      maxBytes: bounds(bytes).max,
      start: Math.min(...times.map((t) => t.start)),
      end: Math.max(...times.map((t) => t.end)),
      alone: members.some((v) => v.origin.kind === 'input' || faces.has(v.id)),
    };
  });
}

function workspaceLodgers(workspaces: Workspaces): Lodger[] {
  return [...workspaces].map(([node, bytes]) => {
    return { members: [], bytes, maxBytes: bounds(bytes).max, start: node, end: node, alone: false };
  });
}

function bySize(a: Lodger, b: Lodger): number {
  return b.maxBytes - a.maxBytes || a.start - b.start || (a.members[0]?.id ?? 0) - (b.members[0]?.id ?? 0);
}

/** The free room that grows least, then the one that is filled best. */
function bestRoom(rooms: readonly Room[], lodger: Lodger): Room | undefined {
  if (lodger.alone) return undefined;
  const free = rooms.filter(
    (room) => !room.alone && room.lodgers.every((l) => l.end < lodger.start || lodger.end < l.start),
  );
  const growth = (room: Room) => bounds(largest(room.bytes, lodger.bytes)).max - room.maxBytes;
  return free.toSorted((a, b) => growth(a) - growth(b) || a.maxBytes - b.maxBytes)[0];
}

function mostAlive(lodgers: readonly Lodger[], nodes: number): number {
  let most = 0;
  for (let i = 0; i < nodes; i++) {
    // A slot that nobody may share is there all the time.
    const alive = lodgers.filter((l) => l.alone || (l.start <= i && i <= l.end));
    most = Math.max(
      most,
      alive.reduce((sum, l) => sum + l.maxBytes, 0),
    );
  }
  return most;
}

/** The plan for people, sizes symbolic: one line per slot, then the sums. */
export function printPlan(plan: MemoryPlan, graph: Graph): string {
  const names = new Map(graph.values.map((v) => [v.id, v.name]));
  const lines = plan.slots.map((slot) => {
    const guests = slot.workspaces.map((node) => `workspace of ${graph.nodes[node]?.name}`);
    const members = [...slot.members.map((id) => names.get(id)), ...guests];
    const shown = members.length > 4 ? [...members.slice(0, 3), `… ${members.length - 3} more`] : members;
    return `slot ${slot.id}: ${print(slot.bytes)} bytes, at most ${slot.maxBytes}: ${shown.join(', ')}`;
  });
  const total = add(...plan.slots.map((slot) => slot.bytes));
  return [
    ...lines,
    `all slots: ${print(total)} bytes, at most ${plan.maxBytes}; lower bound ${plan.lowerBound}`,
  ].join('\n');
}
