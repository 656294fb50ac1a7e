/** Merges several weight values of the same kind into one, for the merging passes. */
import { add, type Dim } from '../../symbolic/dim.ts';
import type { Node, RowOrder, Value, ValueId, WeightRows } from '../graph.ts';
import type { GraphIndex } from './rewrite.ts';

/** A linear that has at most a bias beside x and weight. */
export function isPlainLinear(node: Node | undefined): node is Node {
  return (
    node?.op === 'linear' &&
    node.inputs.norm === undefined &&
    node.inputs.residual === undefined &&
    node.attributes.row === undefined
  );
}

/**
 * The values of `input` over all nodes, if they can become one: weights of equal dtype, group and width, each read
 * once.
 */
export function mergeable(
  r: GraphIndex,
  nodes: readonly Node[],
  input: string,
): readonly Value[] | undefined {
  const values = nodes.map((node) => r.values.get(node.inputs[input] as ValueId));
  const [first] = values;
  const alike = (v: Value | undefined): v is Value =>
    v !== undefined &&
    first !== undefined &&
    v.origin.kind === 'weight' &&
    r.readersOf(v.id).length === 1 &&
    v.type.dtype === first.type.dtype &&
    v.type.group === first.type.group &&
    v.type.shape.length === first.type.shape.length &&
    v.type.shape[1] === first.type.shape[1];
  return new Set(values).size === values.length && values.every(alike) ? (values as Value[]) : undefined;
}

export function mergedWeight(
  id: ValueId,
  name: string,
  kind: 'concat' | 'interleave',
  values: readonly Value[],
  orders: readonly (RowOrder | undefined)[] = [],
): Value {
  const parts = values.map((v, i) => ordered((v.origin as { rows: WeightRows }).rows, orders[i]));
  const [first] = values;
  const rows = add(...values.map((v) => v.type.shape[0] as Dim));
  return {
    id,
    name,
    type: { ...first!.type, shape: [rows, ...first!.type.shape.slice(1)] },
    origin: { kind: 'weight', rows: { kind, parts } },
  };
}

function ordered(rows: WeightRows, order: RowOrder | undefined): WeightRows {
  return order === undefined || rows.kind !== 'tensor' ? rows : { ...rows, order };
}
