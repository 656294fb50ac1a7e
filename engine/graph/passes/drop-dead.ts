/** Removes nodes whose results are never read, and their weights. Writes into a state count as read. */
import type { Node, Pass, ValueId } from '../graph.ts';
import { withoutUnused } from './rewrite.ts';

export const dropDead: Pass = {
  name: 'drop-dead',
  why: 'results that are never read are not computed',
  run(graph) {
    const views = new Set(graph.values.filter((v) => v.origin.kind === 'view').map((v) => v.id));
    const wanted = new Set<ValueId>(Object.values(graph.outputs));
    const kept: Node[] = [];
    for (const node of graph.nodes.toReversed()) {
      const alive = Object.values(node.outputs).some((id) => wanted.has(id) || views.has(id));
      if (!alive) continue;
      kept.unshift(node);
      for (const id of Object.values(node.inputs)) wanted.add(id);
    }
    return kept.length === graph.nodes.length
      ? withoutUnused(graph)
      : withoutUnused({ ...graph, nodes: kept });
  },
};
