/** Finds tensors of a model by their place in its graph: embedding and head, and what leaves a feed-forward block. */
import type { Graph, ValueId } from '../../graph/graph.ts';
import { tensorsOf } from '../../graph/rows.ts';

/** Embedding and head, by their names in the checkpoint; one tensor if they are tied. The head is the last matrix product of the graph. */
export function endTensors(graph: Graph): ReadonlySet<string> {
  const embedding = graph.nodes.find((node) => node.op === 'embed')?.inputs.table;
  const head = graph.nodes.findLast((node) => node.op === 'linear')?.inputs.weight;
  const names = graph.values.flatMap(({ id, origin }) =>
    (id === embedding || id === head) && origin.kind === 'weight' ? tensorsOf(origin.rows) : [],
  );
  return new Set(names);
}

/** The matrices whose input is the middle of a gated feed-forward block. */
export function downTensors(graph: Graph): ReadonlySet<string> {
  const middles = new Set(
    graph.nodes.flatMap(({ op, outputs }) => (op === 'gate_mul' ? Object.values(outputs) : [])),
  );
  const weights = new Set(
    graph.nodes.flatMap(({ op, inputs }) =>
      op === 'linear' && middles.has(inputs.x as ValueId) ? [inputs.weight] : [],
    ),
  );
  const names = graph.values.flatMap(({ id, origin }) =>
    weights.has(id) && origin.kind === 'weight' ? tensorsOf(origin.rows) : [],
  );
  return new Set(names);
}
