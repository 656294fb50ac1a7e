/**
 * The text form of a graph, which tests compare and `inspect` shows. One line for each value that no node
 * produces, then one for each node:
 *
 *   #3 layers.0.qkv = qkv(x: embed, …) {heads: 8, …} → q f32[S, 64], k f32[S, 32] in layers.0.k_cache[P…]
 *
 * `in layers.0.k_cache[P mod 640…]` where the state is a ring.
 */
import { type Dim, print } from '../symbolic/dim.ts';
import { printType } from '../tensor/tensor.ts';
import type { Graph, Node, Value, ValueId } from './graph.ts';
import type { Attribute } from '../tensor/signature.ts';
import { ringOf } from './slots.ts';
import { printRows } from './rows.ts';

export function printGraph(graph: Graph): string {
  const symbols = Object.values(graph.symbols).map((s) => {
    const step = s.multipleOf > 1 ? ` step ${s.multipleOf}` : '';
    return `${s.name} ${s.min}…${s.max}${step}`;
  });
  const values = new Map(graph.values.map((v) => [v.id, v]));
  const outputs = Object.entries(graph.outputs).map(([name, id]) => `${name}: ${values.get(id)?.name}`);
  return [
    `graph ${graph.name} (${symbols.join(', ')})`,
    ...graph.values.filter((v) => v.origin.kind !== 'node' && v.origin.kind !== 'view').map(printValue),
    ...graph.nodes.map((node, i) => `#${i} ${printNode(node, values)}`),
    `outputs ${outputs.join(', ')}`,
  ].join('\n');
}

/** Prints the nodes without their indices, for comparing before and after a pass. */
export function printNodes(graph: Graph): string {
  const values = new Map(graph.values.map((v) => [v.id, v]));
  return graph.nodes.map((node) => printNode(node, values)).join('\n');
}

export function printValue(v: Value): string {
  const line = `${v.origin.kind} ${v.name} ${printType(v.type)}`;
  if (v.origin.kind !== 'weight') return line;
  const rows = printRows(v.origin.rows);
  return rows === v.name ? line : `${line} = ${rows}`;
}

export function printNode(node: Node, values: ReadonlyMap<ValueId, Value>): string {
  const inputs = Object.entries(node.inputs).map(([name, id]) => `${name}: ${values.get(id)?.name}`);
  const attributes = Object.entries(node.attributes).map(
    ([key, value]) => `${key}: ${printAttribute(value)}`,
  );
  const braces = attributes.length > 0 ? ` {${attributes.join(', ')}}` : '';
  const outputs = Object.entries(node.outputs).map(([name, id]) => printOutput(name, values.get(id), values));
  return `${node.name} = ${node.op}(${inputs.join(', ')})${braces} → ${outputs.join(', ')}`;
}

export function printAttribute(value: Attribute): string {
  return typeof value === 'object' ? print(value) : String(value);
}

/** `q f32[S, 64]`; `f32[S, 64]` for the only output of a node; with the rows of its state for a view. */
function printOutput(name: string, v: Value | undefined, values: ReadonlyMap<ValueId, Value>): string {
  if (v === undefined) return `${name}: nothing`;
  const label = name === 'out' ? '' : `${name} `;
  const place = v.origin.kind === 'view' ? printPlace(values.get(v.origin.of), v.origin.row) : '';
  return `${label}${printType(v.type)}${place}`;
}

function printPlace(state: Value | undefined, row: Dim): string {
  const ring = state === undefined ? undefined : ringOf(state);
  return ` in ${state?.name}[${print(row)}${ring === undefined ? '' : ` mod ${ring}`}…]`;
}
