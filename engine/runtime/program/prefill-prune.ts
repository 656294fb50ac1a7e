/**
 * Which nodes a run needs whose outputs nobody reads: those that what stays behind (views of states, the KV
 * cache) is made from. Of a chunk in the middle of a prompt the last layer's keys and values are wanted, but
 * neither its attention nor the head.
 */
import type { Graph, ValueId } from '../../graph/graph.ts';

/** One flag per node, in program order: whether a state depends on it. */
export function feedsState(graph: Graph): boolean[] {
  const wanted = new Set<ValueId>(graph.values.filter((v) => v.origin.kind === 'view').map((v) => v.id));
  const flags = graph.nodes.toReversed().map((node) => {
    const needed = Object.values(node.outputs).some((id) => wanted.has(id));
    if (needed) for (const id of Object.values(node.inputs)) wanted.add(id);
    return needed;
  });
  return flags.reverse();
}
