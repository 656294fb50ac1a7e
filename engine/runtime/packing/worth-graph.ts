/**
 * The graph that finds what rows of the caches are worth: the graph that decodes, with an op `worth` after each attention
 * whose cache can be packed, and without what comes after the last of them. Its other values have the same ids, so weights,
 * caches and activations use the same buffers.
 */
import type { Graph, Node, Value, ValueId } from '../../graph/graph.ts';
import { freshId, withoutUnused } from '../../graph/passes/rewrite.ts';
import { opNamed } from '../../ops/index.ts';
import { feedsState } from '../program/prefill-prune.ts';

export interface WorthGraph {
  readonly graph: Graph;
  /** The result of each `worth`, f32[heads,P], and the caches' `starts` that it belongs to. */
  readonly results: readonly { readonly worth: ValueId; readonly starts: ValueId }[];
  /** Index of a node in the graph that it was made from; undefined for a `worth`. */
  readonly nodeBefore: readonly (number | undefined)[];
}

export function worthGraph(graph: Graph): WorthGraph {
  const values = new Map(graph.values.map((value) => [value.id, value]));
  const results: { worth: ValueId; starts: ValueId }[] = [];
  const made: Value[] = [];
  const all = graph.nodes.flatMap((node, before): { node: Node; before: number | undefined }[] => {
    const { q, k, starts } = node.inputs;
    if (q === undefined || k === undefined || starts === undefined) return [{ node, before }];
    const { attributes } = node;
    const inputs = { q, k, starts };
    const types = Object.entries(inputs).map(([name, id]) => [name, (values.get(id) as Value).type]);
    const name = `${node.name}_worth`;
    const id = freshId(graph, made.length);
    const type = opNamed('worth').infer(Object.fromEntries(types), attributes).out;
    made.push({ id, name, type: type as Value['type'], origin: { kind: 'node' } });
    results.push({ worth: id, starts });
    return [
      { node, before },
      { node: { op: 'worth', name, inputs, outputs: { out: id }, attributes }, before: undefined },
    ];
  });
  const whole = { ...graph, nodes: all.map(({ node }) => node), values: [...graph.values, ...made] };
  const isNeeded = feedsState(
    whole,
    results.map(({ worth }) => worth),
  );
  const needed = all.filter((_, i) => isNeeded[i]);
  const outputs = Object.fromEntries(results.map(({ worth }, i) => [`worth${i}`, worth]));
  const nodes = needed.map(({ node }) => node);
  return {
    graph: withoutUnused({ ...whole, nodes, outputs }),
    results,
    nodeBefore: needed.map(({ before }) => before),
  };
}
