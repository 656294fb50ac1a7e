/**
 * last_row, then linear → linear with attribute `row`: the head reads only the newest token's row, without a copy. A
 * norm between the two must already be inside the linear (run after fuse-norm).
 */
import { type Dim, sub } from '../../symbolic/dim.ts';
import type { Graph, Node, Pass, ValueId } from '../graph.ts';
import { isIntactAt, type GraphIndex, indexGraph, withoutUnused } from './rewrite.ts';

export const foldLastRow: Pass = {
  name: 'fold-last-row',
  why: 'the head reads the newest token’s row in place',
  run(graph: Graph) {
    const r = indexGraph(graph);
    const folded = graph.nodes.filter((node) => node.op === 'last_row' && fits(r, node));
    if (folded.length === 0) return graph;
    const from = new Map(folded.map((node) => [node.outputs.out!, node]));
    const nodes = graph.nodes
      .filter((node) => !folded.includes(node))
      .map((node): Node => {
        const last = from.get(node.inputs.x as ValueId);
        if (last === undefined) return node;
        const rows = r.values.get(last.inputs.x!)!.type.shape[0] as Dim;
        const attributes = { ...node.attributes, row: sub(rows, 1) };
        return { ...node, inputs: { ...node.inputs, x: last.inputs.x! }, attributes };
      });
    return withoutUnused({ ...graph, nodes });
  },
};

function fits(r: GraphIndex, last: Node): boolean {
  const out = last.outputs.out as ValueId;
  const x = last.inputs.x as ValueId;
  const readers = r.readersOf(out);
  if (readers.length === 0 || r.isOutput(out)) return false;
  return readers.every((node) => {
    const asX = Object.entries(node.inputs).every(([name, id]) => (id === out) === (name === 'x'));
    const plain = node.op === 'linear' && node.attributes.row === undefined && node.inputs.residual !== x;
    return asX && plain && isIntactAt(r, x, r.indexOf(node));
  });
}
