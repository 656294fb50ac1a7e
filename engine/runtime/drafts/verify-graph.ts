/**
 * The graph that verifies drafts: the graph that decodes, with a head for every row instead of only the last. Its
 * values have the same ids, so weights, cache and activations use the same buffers; only the logits and the best ids
 * have more rows.
 */
import { equal, sub } from '../../symbolic/dim.ts';
import type { Graph, Node, Value } from '../../graph/graph.ts';
import { withoutUnused } from '../../graph/passes/rewrite.ts';
import { opNamed } from '../../ops/index.ts';

/** Most rows: what the kernels for few rows accept. */
export const VERIFY_ROWS = 8;

/** Undefined where the head does not have the shape that pass fold-last-row makes. */
export function verifyGraph(graph: Graph): Graph | undefined {
  const values = new Map(graph.values.map((v) => [v.id, v]));
  const head = graph.nodes.find((node) => node.outputs.out === graph.outputs.logits);
  const best = graph.nodes.find((node) => node.outputs.out === graph.outputs.best);
  const x = values.get(head?.inputs.x ?? -1);
  const rows = x?.type.shape[0];
  const row = head?.attributes.row;
  if (head?.op !== 'linear' || best === undefined || rows === undefined) return undefined;
  if (typeof row !== 'object' || !equal(row, sub(rows, 1)) || head.inputs.residual !== undefined)
    return undefined;

  const { row: _, ...attributes } = head.attributes;
  const every: Node = { ...head, attributes };
  const argmax: Node = { ...best, op: 'argmax', inputs: { x: head.outputs.out! }, attributes: {} };
  const between = graph.nodes.slice(graph.nodes.indexOf(head) + 1, graph.nodes.indexOf(best));
  const nodes = graph.nodes
    .filter((node) => !between.includes(node))
    .map((node) => (node === head ? every : node === best ? argmax : node));
  const logits = { ...(values.get(graph.outputs.logits!) as Value) };
  const wide: Value = { ...logits, type: { ...logits.type, shape: [rows, logits.type.shape[1]!] } };
  const ids = opNamed('argmax').infer({ x: wide.type }, {}).out!;
  const changed = graph.values.map((v) => {
    if (v.id === wide.id) return wide;
    return v.id === graph.outputs.best ? { ...v, type: ids } : v;
  });
  return withoutUnused({ ...graph, nodes, values: changed });
}
