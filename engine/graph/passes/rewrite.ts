/** Shared by the passes: an index of producers and readers, and graphs with some nodes and values replaced. */
import type { Graph, Node, Value, ValueId } from '../graph.ts';

/** The producer and the readers of each value, and each node's index in the program. */
export interface GraphIndex {
  readonly values: ReadonlyMap<ValueId, Value>;
  makerOf(id: ValueId | undefined): Node | undefined;
  readersOf(id: ValueId): readonly Node[];
  indexOf(node: Node): number;
  /** Whether the caller reads the value after the run. */
  isOutput(id: ValueId): boolean;
}

export function indexGraph(graph: Graph): GraphIndex {
  const makers = new Map<ValueId, Node>();
  const readers = new Map<ValueId, Node[]>();
  const places = new Map<Node, number>();
  graph.nodes.forEach((node, i) => {
    places.set(node, i);
    for (const id of Object.values(node.outputs)) makers.set(id, node);
    for (const id of new Set(Object.values(node.inputs))) {
      readers.set(id, [...(readers.get(id) ?? []), node]);
    }
  });
  const outputs = new Set(Object.values(graph.outputs));
  return {
    values: new Map(graph.values.map((v) => [v.id, v])),
    makerOf: (id) => (id === undefined ? undefined : makers.get(id)),
    readersOf: (id) => readers.get(id) ?? [],
    indexOf: (node) => places.get(node) ?? -1,
    isOutput: (id) => outputs.has(id),
  };
}

/** The producer of `id` if it has op `op`, and `id` has one reader and is no output. */
export function soleProducer(r: GraphIndex, id: ValueId | undefined, op: string): Node | undefined {
  const node = r.makerOf(id);
  if (id === undefined || node?.op !== op || r.readersOf(id).length !== 1 || r.isOutput(id)) return undefined;
  return node;
}

/** Whether `id` still has its numbers when the node at index `place` reads it: no earlier node overwrote it. */
export function isIntactAt(r: GraphIndex, id: ValueId, place: number): boolean {
  return r.readersOf(id).every((node) => node.inputs.residual !== id || r.indexOf(node) >= place);
}

/** Replaces several nodes by fewer, at the position of `first`. */
export interface NodeMerge {
  readonly first: Node;
  readonly gone: readonly Node[];
  readonly into: readonly Node[];
  /** New values: merged weights, and results that one new node passes to the next. */
  readonly values: readonly Value[];
}

/** Applies merges that do not overlap, then removes values that are no longer produced or read. */
export function applyMerges(graph: Graph, merges: readonly NodeMerge[]): Graph {
  if (merges.length === 0) return graph;
  const into = new Map(merges.map((m) => [m.first, m.into]));
  const gone = new Set(merges.flatMap((m) => m.gone));
  const nodes = graph.nodes.flatMap((node) => {
    const merged = into.get(node);
    if (merged !== undefined) return merged;
    return gone.has(node) ? [] : [node];
  });
  const values = [...graph.values, ...merges.flatMap((m) => m.values)];
  const names = new Map(merges.flatMap((m) => m.into.flatMap(outputNames)));
  const tidy = withoutUnused({ ...graph, nodes, values });
  return { ...tidy, values: tidy.values.map((v) => ({ ...v, name: names.get(v.id) ?? v.name })) };
}

/** Values are named after the node that produces them, as the builder does. */
function outputNames(node: Node): [ValueId, string][] {
  const outputs = Object.entries(node.outputs);
  return outputs.map(([key, id]) => [id, outputs.length === 1 ? node.name : `${node.name}.${key}`]);
}

/**
 * Removes node and view values without a producer, and weights and constants without a reader. Inputs and states stay,
 * since the caller binds them.
 */
export function withoutUnused(graph: Graph): Graph {
  const made = new Set(graph.nodes.flatMap((n) => Object.values(n.outputs)));
  const read = new Set(graph.nodes.flatMap((n) => Object.values(n.inputs)));
  const values = graph.values.filter(({ id, origin }) => {
    if (origin.kind === 'node' || origin.kind === 'view') return made.has(id);
    return origin.kind === 'weight' || origin.kind === 'constant' || origin.kind === 'pages'
      ? read.has(id)
      : true;
  });
  return { ...graph, values };
}

/** An unused id; `offset` counts up for further ids in one pass. */
export function freshId(graph: Graph, offset = 0): ValueId {
  return graph.values.reduce((most, v) => Math.max(most, v.id), -1) + 1 + offset;
}

/** `layers.0.q`, `layers.0.v` → `layers.0.` */
export function commonPrefix(names: readonly string[]): string {
  const parts = names.map((name) => name.split('.'));
  const [first = []] = parts;
  const length = first.findIndex((part, i) => parts.some((p) => p[i] !== part));
  return first
    .slice(0, length < 0 ? first.length - 1 : length)
    .map((part) => `${part}.`)
    .join('');
}
