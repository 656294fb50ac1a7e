import { describe, expect, it } from 'vitest';
import { symbol } from '../symbolic/dim.ts';
import { graphBuilder } from './builder.ts';
import type { Graph, Node, Value } from './graph.ts';
import { validate } from './validate.ts';

const S = symbol('S', { min: 1, max: 8 });
const P = symbol('P', { min: 0, max: 7 });
const C = symbol('C', { min: 1, max: 16 });

/** x → k into the cache → attention over it → y = linear + x. */
function sound(): Graph {
  const b = graphBuilder('test', { S, P, C });
  const ids = b.input('ids', { dtype: 'u32', shape: [S] });
  const table = b.weight('table', { dtype: 'f32', shape: [4, 8] });
  const w = b.weight('w', { dtype: 'f32', shape: [8, 8] });
  const cache = b.state('cache', { dtype: 'f32', shape: [C, 8] });
  const x = b.node('embed', 'x', { ids, table }, { scale: 1, dtype: 'f32' });
  b.node('linear', 'k', { x, weight: w }, {}, { out: { of: cache, row: P } });
  const mixed = b.node(
    'attention',
    'mixed',
    { q: x, k: cache, v: cache },
    { headWidth: 8, position: P, scale: 1 },
  );
  b.output('y', b.node('linear', 'y', { x: mixed, weight: w, residual: x }, {}));
  return b.build();
}

const at = (graph: Graph, name: string) => graph.values.find((v) => v.name === name)!.id;
const changed = (graph: Graph, name: string, change: (node: Node) => Node): Graph => ({
  ...graph,
  nodes: graph.nodes.map((node) => (node.name === name ? change(node) : node)),
});
const withValue = (graph: Graph, name: string, change: Partial<Value>): Graph => ({
  ...graph,
  values: graph.values.map((v) => (v.name === name ? { ...v, ...change } : v)),
});
const swapped = (graph: Graph, i: number, j: number): Graph => {
  const nodes = [...graph.nodes];
  [nodes[i], nodes[j]] = [nodes[j]!, nodes[i]!];
  return { ...graph, nodes };
};

describe('validate', () => {
  it('accepts a sound graph', () => {
    expect(() => validate(sound())).not.toThrow();
  });

  const faults: [what: string, graph: (g: Graph) => Graph, message: RegExp][] = [
    ['two values of one name', (g) => withValue(g, 'w', { name: 'table' }), /value table.*unique name/],
    ['one id twice', (g) => withValue(g, 'w', { id: at(g, 'table') }), /unique value ids/],
    ['two nodes of one name', (g) => changed(g, 'k', (n) => ({ ...n, name: 'y' })), /node y.*unique name/],
    ['a reader before the maker', (g) => swapped(g, 0, 1), /k, input x.*made before/],
    ['a state read before its view is written', (g) => swapped(g, 1, 2), /mixed, input k.*k written before/],
    [
      'a symbol that is not declared',
      (g) => ({ ...g, symbols: { S: g.symbols.S!, C: g.symbols.C! } }),
      /expected S, C, got symbol P/,
    ],
    ['two makers', (g) => changed(g, 'mixed', (n) => ({ ...n, outputs: { out: at(g, 'x') } })), /one maker/],
    [
      'a wrong type',
      (g) => withValue(g, 'mixed', { type: { dtype: 'f32', shape: [S, 9] } }),
      /mixed.*\[S, 8\].*\[S, 9\]/,
    ],
    ['a missing input', (g) => changed(g, 'mixed', (n) => ({ ...n, inputs: { q: 0 } })), /mixed.*input k/],
    [
      'an unknown input',
      (g) => changed(g, 'x', (n) => ({ ...n, inputs: { ...n.inputs, z: 0 } })),
      /x: .*got z/,
    ],
    [
      'an unknown value',
      (g) => changed(g, 'x', (n) => ({ ...n, inputs: { ...n.inputs, ids: 99 } })),
      /no value 99/,
    ],
    ['an unknown op', (g) => changed(g, 'x', (n) => ({ ...n, op: 'softmax' })), /no such op/],
    [
      'a view of no state',
      (g) => withValue(g, 'k', { origin: { kind: 'view', of: at(g, 'w'), row: 0 } }),
      /view of a state/,
    ],
    [
      'a ring under a layer that sees everything',
      (g) => withValue(g, 'cache', { type: { dtype: 'f32', shape: [16, 8] } }),
      /mixed.*too small.*a window/,
    ],
    [
      'a ring that a run writes over while its first row still looks',
      (g) =>
        changed(
          withValue(g, 'cache', { type: { dtype: 'f32', shape: [16, 8] } }), // 10 + 8 − 1 are needed
          'mixed',
          (n) => ({ ...n, attributes: { ...n.attributes, window: 10 } }),
        ),
      /mixed.*too small.*17 rows, got 16/,
    ],
    [
      'a value without a producer',
      (g) => ({ ...g, nodes: g.nodes.slice(0, 3), outputs: {} }),
      /y.*a node that makes it/,
    ],
    ['an output without a producer', (g) => ({ ...g, outputs: { z: 99 } }), /output z/],
    [
      'a residual as another input',
      (g) => changed(g, 'y', (n) => ({ ...n, inputs: { ...n.inputs, x: at(g, 'x') } })),
      /no other input/,
    ],
    [
      'a residual that no node produced',
      (g) => changed(g, 'y', (n) => ({ ...n, inputs: { ...n.inputs, residual: at(g, 'ids') } })),
      /residual made by a node/,
    ],
    [
      'a residual that is an output',
      (g) => ({ ...g, outputs: { ...g.outputs, x: at(g, 'x') } }),
      /output x.*overwritten by y/,
    ],
  ];
  it.each(faults)('refuses %s', (_what, break_, message) => {
    expect(() => validate(break_(sound()))).toThrow(message);
  });

  it('refuses a residual that is read later', () => {
    const g = sound();
    const late: Node = {
      op: 'add',
      name: 'late',
      inputs: { a: at(g, 'x'), b: at(g, 'x') },
      outputs: { out: 50 },
      attributes: {},
    };
    const value: Value = { ...g.values.find((v) => v.name === 'x')!, id: 50, name: 'late' };
    const later = { ...g, nodes: [...g.nodes, late], values: [...g.values, value] };
    expect(() => validate(later)).toThrow(/late, input a.*x, overwritten by y/);
  });
});

describe('the builder', () => {
  it('returns the same weight for the same name, and refuses other duplicate names', () => {
    const b = graphBuilder('test', { S });
    const type = { dtype: 'f32', shape: [4, 4] } as const;
    expect(b.weight('w', type)).toBe(b.weight('w', type));
    expect(() => b.input('w', type)).toThrow('the name w is taken');
  });

  it('refuses a view that does not fit into its state', () => {
    const b = graphBuilder('test', { S });
    const x = b.input('x', { dtype: 'f32', shape: [S, 4] });
    const weight = b.weight('w', { dtype: 'f32', shape: [6, 4] });
    const of = b.state('cache', { dtype: 'f32', shape: [9, 8] });
    expect(() => b.node('linear', 'k', { x, weight }, {}, { out: { of, row: 0 } })).toThrow(
      /k: .*expected f32\[9, 8\], got f32\[S, 6\]/,
    );
  });
});
