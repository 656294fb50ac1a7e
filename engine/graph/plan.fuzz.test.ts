/**
 * Random programs: no two values with overlapping live intervals share a slot, and slots are large enough at every
 * length. FUZZ_SEED repeats a run; the seed is in the test's name.
 */
import { describe, expect, it } from 'vitest';
import { symbol } from '../symbolic/dim.ts';
import { type Binding, evaluate } from '../symbolic/evaluate.ts';
import { seededRandom } from '../tensor/random.ts';
import { byteSize, sameType } from '../tensor/tensor.ts';
import { graphBuilder } from './builder.ts';
import type { Graph, ValueId } from './graph.ts';
import { runPasses } from './passes/index.ts';
import { liveIntervalsOf, type MemoryPlan, planMemory } from './plan.ts';
import { validate } from './validate.ts';

const SEED = Number(process.env.FUZZ_SEED ?? Date.now() % 2 ** 31);
const random = seededRandom(SEED);
const whole = (low: number, high: number) => low + Math.floor(random() * (high - low + 1));
const pick = <T>(from: readonly T[]): T => from[whole(0, from.length - 1)]!;

const S = symbol('S', { min: 1, max: 50 });
const WIDTHS = [2, 3, 8, 40];

/** Up to 30 nodes over earlier values, of a few widths and dtypes, one row or S rows. */
function randomGraph(): Graph {
  const b = graphBuilder('random', { S });
  const dtype = pick(['f32', 'f16'] as const);
  const ids = b.input('ids', { dtype: 'u32', shape: [S] });
  const table = b.weight('table', { dtype: 'f32', shape: [4, 8] });
  const made: ValueId[] = [b.node('embed', 'n0', { ids, table }, { scale: 1, dtype })];
  for (let i = 1, n = whole(1, 30); i <= n; i++) {
    const x = pick(made.slice(-whole(1, 6)));
    const type = b.typeOf(x);
    const twin = made.filter((id) => sameType(b.typeOf(id), type));
    const name = `n${i}`;
    const kind = whole(0, 9);
    if (kind < 2 && twin.length > 0) made.push(b.node('add', name, { a: x, b: pick(twin) }, {}));
    else if (kind === 2) made.push(b.node('last_row', name, { x }, {}));
    else if (kind === 3) {
      const weight = b.weight(`w${i}`, { dtype: 'f32', shape: [type.shape[1]!] });
      made.push(b.node('rmsnorm', name, { x, weight }, { eps: 1 }));
    } else {
      const weight = b.weight(`w${i}`, { dtype: 'f32', shape: [pick(WIDTHS), type.shape[1]!] });
      made.push(b.node('linear', name, { x, weight }, {}));
    }
  }
  b.output('last', made.at(-1)!);
  if (random() < 0.3) b.output('other', pick(made));
  return b.build();
}

/** Values that share memory on purpose: a residual and the sum that overwrites it. */
function chains(graph: Graph): Map<ValueId, ValueId> {
  const root = new Map<ValueId, ValueId>();
  for (const { inputs, outputs } of graph.nodes) {
    if (inputs.residual !== undefined) root.set(outputs.out!, root.get(inputs.residual) ?? inputs.residual);
  }
  return root;
}

function checkPlan(graph: Graph, plan: MemoryPlan, bindings: readonly Binding[]): void {
  const lifetimes = liveIntervalsOf(graph);
  const root = chains(graph);
  const faces = new Set(Object.values(graph.outputs));
  const planned = graph.values.filter((v) => lifetimes.has(v.id));
  for (const v of planned) {
    const slot = plan.slots[plan.slotOf(v.id)]!;
    expect(slot.members).toContain(v.id);
    for (const at of bindings) {
      expect(evaluate(slot.bytes, at)).toBeGreaterThanOrEqual(evaluate(byteSize(v.type), at));
      expect(slot.maxBytes).toBeGreaterThanOrEqual(evaluate(slot.bytes, at));
    }
    for (const w of planned) {
      if (w.id <= v.id) continue;
      const together = plan.slotOf(w.id) === plan.slotOf(v.id);
      const chained = (root.get(v.id) ?? v.id) === (root.get(w.id) ?? w.id);
      if (chained) {
        expect(together, `${v.name} and ${w.name} are one memory`).toBe(true);
        continue;
      }
      const [a, c] = [lifetimes.get(v.id)!, lifetimes.get(w.id)!];
      const overlap = a.start <= c.end && c.start <= a.end;
      const face = [v, w].some((u) => u.origin.kind === 'input' || faces.has(u.id));
      if (overlap || face) expect(together, `${v.name} and ${w.name}`).toBe(false);
    }
  }
}

/** A tenth of the nodes get a workspace of any size. */
function randomWorkspaces(graph: Graph): Map<number, number> {
  const some = graph.nodes.map((_, i) => [i, 4 * whole(1, 2000)] as const).filter(() => random() < 0.1);
  return new Map(some);
}

/** No value that is live while the node runs shares the slot of its workspace. */
function checkWorkspaces(graph: Graph, plan: MemoryPlan, workspaces: ReadonlyMap<number, number>): void {
  for (const [node, bytes] of workspaces) {
    const slot = plan.slots[plan.workspaceOf(node)!]!;
    expect(evaluate(slot.bytes, { S: 1 })).toBeGreaterThanOrEqual(bytes);
    for (const id of slot.members) {
      const { start, end } = liveIntervalsOf(graph).get(id)!;
      expect(start <= node && node <= end, `value ${id} in the workspace of node ${node}`).toBe(false);
    }
  }
}

/** Simulates the program: each value is still in its slot when it is read, outputs at the end included. */
function play(graph: Graph, plan: MemoryPlan): void {
  const holds = new Map<number, ValueId>();
  const planned = new Set(plan.intervals.keys());
  const read = (id: ValueId, by: string) => {
    if (planned.has(id)) expect(holds.get(plan.slotOf(id)), `value ${id} read by ${by}`).toBe(id);
  };
  for (const v of graph.values) if (v.origin.kind === 'input') holds.set(plan.slotOf(v.id), v.id);
  for (const { name, inputs, outputs } of graph.nodes) {
    for (const id of Object.values(inputs)) read(id, name);
    for (const id of Object.values(outputs)) if (planned.has(id)) holds.set(plan.slotOf(id), id);
  }
  for (const [name, id] of Object.entries(graph.outputs)) read(id, name);
}

describe(`memory plans of random programs, seed ${SEED}`, () => {
  it('never overlap and are always large enough', () => {
    for (let round = 0; round < 150; round++) {
      const plain = randomGraph();
      validate(plain);
      for (const graph of [plain, runPasses(plain)]) {
        const workspaces = randomWorkspaces(graph);
        const plan = planMemory(graph, workspaces);
        checkWorkspaces(graph, plan, workspaces);
        checkPlan(graph, plan, [{ S: 1 }, { S: whole(1, 50) }, { S: 50 }]);
        play(graph, plan);
        expect(plan.maxBytes).toBeGreaterThanOrEqual(plan.lowerBound);
      }
    }
  });
});
