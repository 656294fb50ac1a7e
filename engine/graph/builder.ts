/**
 * Builds a graph node by node. Each node's output types are inferred at once, so a wrong shape fails where it is made.
 *
 *   const b = graphBuilder('llama', { S, P, C });
 *   const x = b.node('embed', 'embed', { ids, table }, { scale: 1, dtype: 'f32' });
 *   b.node('rope', 'layers.0.k.rope', { x: k, table }, {…}, { out: { of: cache, row: P } });  // writes a view
 *
 * Not here: checks of the whole graph (`validate.ts`), the blocks of models (`models/blocks.ts`).
 */
import { fail, invariant } from '../base/errors.ts';
import { type Dim, equal, type Poly, type SymbolAtom } from '../symbolic/dim.ts';
import { printType, type TensorType } from '../tensor/tensor.ts';
import type { Graph, Node, Value, ValueId, ValueOrigin, WeightRows } from './graph.ts';
import { opNamed } from '../ops/index.ts';
import type { ConstantTable } from '../ops/rope/table.ts';

/** Rows of a state, from `row` on, that an output is written to instead of memory of its own. */
export interface ViewTarget {
  readonly of: ValueId;
  readonly row: Dim;
}

export interface GraphBuilder {
  input(name: string, type: TensorType): ValueId;
  /**
   * `rows` defaults to the checkpoint tensor of that name, unchanged. Declaring a name again returns the same value.
   */
  weight(name: string, type: TensorType, rows?: WeightRows): ValueId;
  /** Rows of the checkpoint's matrix `tensor` for the ids of a run; `type` has them in its first dimension. */
  pages(tensor: string, type: TensorType): ValueId;
  constant(name: string, type: TensorType, table: ConstantTable): ValueId;
  /** `slots`: a row for each slot (`slots.ts`) instead of each position. */
  state(name: string, type: TensorType, slots?: true): ValueId;
  /** Adds a node and returns its single output. */
  node(
    op: string,
    name: string,
    inputs: Node['inputs'],
    attributes: Node['attributes'],
    into?: ViewTargets,
  ): ValueId;
  /** Adds a node and returns all its outputs by name. */
  nodes(
    op: string,
    name: string,
    inputs: Node['inputs'],
    attributes: Node['attributes'],
    into?: ViewTargets,
  ): Ids;
  typeOf(id: ValueId): TensorType;
  output(name: string, id: ValueId): void;
  build(): Graph;
}

type ViewTargets = Readonly<Record<string, ViewTarget>>;
type Ids = Readonly<Record<string, ValueId>>;

export function graphBuilder(name: string, symbols: Readonly<Record<string, Poly>>): GraphBuilder {
  const values: Value[] = [];
  const byName = new Map<string, ValueId>();
  const nodes: Node[] = [];
  const outputs: Record<string, ValueId> = {};

  const value = (valueName: string, type: TensorType, origin: ValueOrigin): ValueId => {
    invariant(!byName.has(valueName), `graph ${name}`, `the name ${valueName} is taken`);
    const id: ValueId = values.length;
    values.push({ id, name: valueName, type, origin });
    byName.set(valueName, id);
    return id;
  };
  const typeOf = (id: ValueId): TensorType => {
    const found = values[id];
    invariant(found !== undefined, `graph ${name}`, `no value ${id}`);
    return found.type;
  };
  const addNode: GraphBuilder['nodes'] = (op, nodeName, inputs, attributes, into = {}) => {
    const types = Object.fromEntries(Object.entries(inputs).map(([k, id]) => [k, typeOf(id)]));
    const made = Object.entries(opNamed(op).infer(types, attributes));
    const ids = made.map(([k, type]): [string, ValueId] => {
      const place = into[k];
      if (place !== undefined) checkView(nodeName, type, typeOf(place.of));
      const origin: ValueOrigin = place === undefined ? { kind: 'node' } : { kind: 'view', ...place };
      return [k, value(made.length === 1 ? nodeName : `${nodeName}.${k}`, type, origin)];
    });
    nodes.push({ op, name: nodeName, inputs, outputs: Object.fromEntries(ids), attributes });
    return Object.fromEntries(ids);
  };

  return {
    input: (n, type) => value(n, type, { kind: 'input' }),
    weight: (n, type, rows = { kind: 'tensor', tensor: n }) =>
      byName.get(n) ?? value(n, type, { kind: 'weight', rows }),
    pages: (tensor, type) => value(tensor, type, { kind: 'pages', rows: { kind: 'tensor', tensor } }),
    constant: (n, type, table) => value(n, type, { kind: 'constant', table }),
    state: (n, type, slots) => value(n, type, { kind: 'state', ...(slots && { slots }) }),
    node: (op, nodeName, inputs, attributes, into) =>
      Object.values(addNode(op, nodeName, inputs, attributes, into))[0] as ValueId,
    nodes: addNode,
    typeOf,
    output: (n, id) => {
      outputs[n] = id;
    },
    build: () => ({ name, symbols: atomsOf(symbols), values, nodes, outputs }),
  };
}

/** A view has the element type and row width of its state. */
function checkView(node: string, type: TensorType, state: TensorType): void {
  const alike = type.dtype === state.dtype && type.group === state.group;
  const fits = alike && equal(type.shape.at(-1) ?? 0, state.shape.at(-1) ?? 0);
  if (!fits) {
    fail('internal', {
      who: node,
      message: 'an output does not fit into the rows of its state',
      expected: printType(state),
      got: printType(type),
    });
  }
}

function atomsOf(symbols: Readonly<Record<string, Poly>>): Record<string, SymbolAtom> {
  return Object.fromEntries(
    Object.entries(symbols).map(([name, poly]) => {
      const atom = poly.terms[0]?.atoms[0];
      invariant(atom?.kind === 'symbol' && atom.name === name, 'graph', `${name} is not a symbol`);
      return [name, atom];
    }),
  );
}
