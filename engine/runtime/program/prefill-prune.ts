/**
 * Finds the nodes that a run needs when its outputs are not read: those that states (views into the KV cache) depend
 * on. A chunk in the middle of a prompt needs the last layer's keys and values, but neither its attention nor the head.
 */
import type { Graph, ValueId } from '../../graph/graph.ts';

/** One flag per node, in program order: whether a state, or one of the values `besides`, depends on it. */
export function feedsState(graph: Graph, besides: readonly ValueId[] = []): boolean[] {
  const views = graph.values.filter((v) => v.origin.kind === 'view').map((v) => v.id);
  const wanted = new Set<ValueId>([...views, ...besides]);
  const flags = graph.nodes.toReversed().map((node) => {
    const needed = Object.values(node.outputs).some((id) => wanted.has(id));
    if (needed) for (const id of Object.values(node.inputs)) wanted.add(id);
    return needed;
  });
  return flags.reverse();
}
