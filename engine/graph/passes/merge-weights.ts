/** Merges several weight values of the same kind into one, for the merging passes. */
import { add, type Dim } from '../../symbolic/dim.ts';
import { cellForm, isCell } from '../../tensor/cells.ts';
import { type Zone, zonesOf } from '../../tensor/tensor.ts';
import type { Node, RowOrder, Value, ValueId, WeightRows } from '../graph.ts';
import type { GraphIndex } from './rewrite.ts';

/** A linear that has at most a bias beside x and weight, and no activation. */
export function isPlainLinear(node: Node | undefined): node is Node {
  return (
    node?.op === 'linear' &&
    node.inputs.norm === undefined &&
    node.inputs.residual === undefined &&
    node.attributes.row === undefined &&
    node.attributes.activation === undefined
  );
}

/**
 * The values of `input` over all nodes, if they can become one: weights of equal dtype, group and width, each read
 * once. `stacked`: rows follow one another, so that the upper and the lower ones may be in two different cells.
 */
export function mergeable(
  r: GraphIndex,
  nodes: readonly Node[],
  input: string,
  stacked = false,
): readonly Value[] | undefined {
  const values = nodes.map((node) => r.values.get(node.inputs[input] as ValueId));
  const [first] = values;
  const alike = (v: Value | undefined): v is Value =>
    v !== undefined &&
    first !== undefined &&
    v.origin.kind === 'weight' &&
    r.readersOf(v.id).length === 1 &&
    (v.type.dtype === first.type.dtype || (stacked && isCell(v.type.dtype) && isCell(first.type.dtype))) &&
    v.type.group === first.type.group &&
    v.type.shape.length === first.type.shape.length &&
    v.type.shape[1] === first.type.shape[1];
  const distinct = new Set(values).size === values.length;
  return distinct && values.every(alike) && fitTogether(zonesAbove(values)) ? values : undefined;
}

/** The cells of stacked values, from the top; empty where these are no cells. */
function zonesAbove(values: readonly Value[]): readonly Zone[] {
  const zones: Zone[] = [];
  for (const { dtype, rows } of values.flatMap(({ type }) => zonesOf(type))) {
    const last = zones.at(-1);
    if (last?.dtype === dtype) zones[zones.length - 1] = { dtype, rows: last.rows + rows };
    else zones.push({ dtype, rows });
  }
  return zones;
}

/** Kernels know two cells at a time, and one table. */
function fitTogether(zones: readonly Zone[]): boolean {
  const tables = zones.flatMap(({ dtype }) => cellForm(dtype).table ?? []);
  return (
    zones.length <= 2 &&
    (zones.length < 2 || tables.length <= 16 || tables.slice(0, 16).join() === tables.slice(16).join())
  );
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
  const zones = kind === 'concat' ? zonesAbove(values) : [];
  return {
    id,
    name,
    type: {
      ...first!.type,
      shape: [rows, ...first!.type.shape.slice(1)],
      ...(zones.length > 1 ? { zones } : {}),
    },
    origin: { kind: 'weight', rows: { kind, parts } },
  };
}

function ordered(rows: WeightRows, order: RowOrder | undefined): WeightRows {
  return order === undefined || rows.kind !== 'tensor' ? rows : { ...rows, order };
}
