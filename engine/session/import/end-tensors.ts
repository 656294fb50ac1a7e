/** Finds the tensors of a model's embedding and head; one tensor if they are tied. */
import type { Graph } from '../../graph/graph.ts';
import { tensorsOf } from '../../graph/rows.ts';

/** Returns their names in the checkpoint. The head is the last matrix product of the graph. */
export function endTensors(graph: Graph): ReadonlySet<string> {
  const embedding = graph.nodes.find((node) => node.op === 'embed')?.inputs.table;
  const head = graph.nodes.findLast((node) => node.op === 'linear')?.inputs.weight;
  const names = graph.values.flatMap(({ id, origin }) =>
    (id === embedding || id === head) && origin.kind === 'weight' ? tensorsOf(origin.rows) : [],
  );
  return new Set(names);
}
