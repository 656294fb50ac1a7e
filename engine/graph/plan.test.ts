import { describe, expect, it } from 'vitest';
import { print, symbol } from '../symbolic/dim.ts';
import type { TensorType } from '../tensor/tensor.ts';
import { graphBuilder } from './builder.ts';
import { fuseResidual } from './passes/fuse-residual.ts';
import { planMemory, printPlan } from './plan.ts';

const S = symbol('S', { min: 1, max: 100 });
const f32 = (...shape: TensorType['shape']): TensorType => ({ dtype: 'f32', shape });

/** x → up (wide) → down → x + down → logits of 6. */
function chain() {
  const b = graphBuilder('chain', { S });
  const linear = (name: string, x: number, rows: number) =>
    b.node('linear', name, { x, weight: b.weight(`${name}.w`, f32(rows, b.typeOf(x).shape[1]!)) }, {});
  const ids = b.input('ids', { dtype: 'u32', shape: [S] });
  const x = b.node('embed', 'x', { ids, table: b.weight('table', f32(6, 8)) }, { scale: 1, dtype: 'f32' });
  const down = linear('down', linear('up', x, 20), 8);
  const sum = b.node('add', 'sum', { a: x, b: down }, {});
  b.output('logits', linear('logits', b.node('last_row', 'last', { x: sum }, {}), 6));
  return b.build();
}

describe('the memory plan', () => {
  it('shares slots over time, with sizes for every length', () => {
    expect(printPlan(planMemory(chain()), chain())).toBe(
      [
        'slot 0: 80*S bytes, at most 8000: up, sum',
        'slot 1: 32*S bytes, at most 3200: x, last',
        'slot 2: 32*S bytes, at most 3200: down',
        'slot 3: 4*S bytes, at most 400: ids',
        'slot 4: 24 bytes, at most 24: logits',
        'all slots: 148*S + 24 bytes, at most 14824; lower bound 14824',
      ].join('\n'),
    );
  });

  it('puts a residual and its sum into one slot', () => {
    const graph = fuseResidual.run(chain());
    const plan = planMemory(graph);
    const slot = (name: string) => plan.slotOf(graph.values.find((v) => v.name === name)!.id);
    expect(slot('down')).toBe(slot('x'));
    expect(slot('up')).not.toBe(slot('x'));
    expect(plan.maxBytes).toBe(8000 + 3200 + 400 + 24);
    expect(plan.lowerBound).toBe(plan.maxBytes);
  });

  it('takes the max of sizes of which neither is always the larger', () => {
    const b = graphBuilder('max', { S });
    const linear = (name: string, x: number, rows: number) =>
      b.node('linear', name, { x, weight: b.weight(`${name}.w`, f32(rows, b.typeOf(x).shape[1]!)) }, {});
    const x = b.input('x', f32(S, 8));
    const long = linear('long', linear('first', x, 4), 4); // 16·S bytes
    const last = b.node('last_row', 'last', { x: long }, {});
    b.output('y', linear('y', linear('flat', last, 200), 2)); // flat: 800 bytes
    const graph = b.build();
    const plan = planMemory(graph);
    const flat = plan.slots[plan.slotOf(graph.values.find((v) => v.name === 'flat')!.id)]!;
    expect(print(flat.bytes)).toBe('max(16*S, 800)');
    expect(flat.maxBytes).toBe(1600);
  });

  it('puts a workspace into a slot without live values', () => {
    const graph = chain();
    const at = graph.nodes.findIndex((node) => node.name === 'sum');
    const plan = planMemory(graph, new Map([[at, 3200]]));
    // x, down and sum are live while sum is computed; up no longer is, so sum does not share its slot.
    expect(printPlan(plan, graph)).toContain('max(3200, 80*S) bytes, at most 8000: up, workspace of sum');
    const last = graph.nodes.findIndex((node) => node.name === 'last');
    const shared = planMemory(graph, new Map([[last, 3200]]));
    expect(printPlan(shared, graph)).toContain('at most 3200: x, workspace of last');
    expect(shared.maxBytes).toBe(planMemory(graph).maxBytes);
    expect(shared.workspaceOf(at)).toBeUndefined();
  });

  it('has no slot for weights', () => {
    const graph = chain();
    const weight = graph.values.find((v) => v.name === 'table')!.id;
    expect(() => planMemory(graph).slotOf(weight)).toThrow('without a slot');
  });
});
