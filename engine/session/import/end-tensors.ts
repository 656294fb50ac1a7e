/** The tensors at a model's ends: what ids go in by and what logits come out of; one where they are tied. */
import type { Graph } from '../../graph/graph.ts';
import { tensorsOf } from '../../graph/rows.ts';

/** Names of the checkpoint. The head is the last product of the program. */
export function endTensors(graph: Graph): ReadonlySet<string> {
  const embedding = graph.nodes.find((node) => node.op === 'embed')?.inputs.table;
  const head = graph.nodes.findLast((node) => node.op === 'linear')?.inputs.weight;
  const names = graph.values.flatMap(({ id, origin }) =>
    (id === embedding || id === head) && origin.kind === 'weight' ? tensorsOf(origin.rows) : [],
  );
  return new Set(names);
}
