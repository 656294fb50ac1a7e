/**
 * linear or rmsnorm, then add (a scaled one only after rmsnorm) → the same node with `residual`: the sum overwrites the memory of the residual. Requires
 * that the add is the last reader of the residual, that a node produced it, and that the node does not also read it as
 * another input (a dispatch may not read and write one buffer through two bindings).
 */
import type { Graph, Node, Pass, ValueId } from '../graph.ts';
import { applyMerges, type NodeMerge, soleProducer, type GraphIndex, indexGraph } from './rewrite.ts';

export const fuseResidual: Pass = {
  name: 'fuse-residual',
  why: 'a block’s result is added to the residual stream in place',
  run(graph) {
    // One at a time: each fusion changes what is overwritten when.
    for (let next: Graph = graph; ; graph = next) {
      const r = indexGraph(graph);
      const merge = graph.nodes.map((node) => match(r, node)).find((m) => m !== undefined);
      if (merge === undefined) return graph;
      next = applyMerges(graph, [merge]);
    }
  },
};

function match(r: GraphIndex, sum: Node): NodeMerge | undefined {
  if (sum.op !== 'add') return undefined;
  const { a, b } = sum.inputs as { a: ValueId; b: ValueId };
  return fuse(r, sum, b, a) ?? fuse(r, sum, a, b);
}

function fuse(r: GraphIndex, sum: Node, product: ValueId, residual: ValueId): NodeMerge | undefined {
  const { scale } = sum.inputs;
  const linear = scale === undefined ? soleProducer(r, product, 'linear') : undefined;
  const maker = linear ?? soleProducer(r, product, 'rmsnorm');
  if (maker === undefined || maker.inputs.residual !== undefined || product === residual) return undefined;
  const before = r.makerOf(residual);
  if (before === undefined || r.values.get(residual)?.origin.kind !== 'node') return undefined;
  if (r.values.get(sum.outputs.out!)?.origin.kind !== 'node') return undefined; // not into a state
  const at = r.indexOf(maker);
  const diesThere = r.readersOf(residual).every((node) => node === sum || r.indexOf(node) < at);
  if (r.isOutput(residual) || !diesThere || r.indexOf(before) > at) return undefined;
  const into: Node = {
    ...maker,
    inputs: { ...maker.inputs, residual, ...(scale !== undefined && { scale }) },
    outputs: sum.outputs,
  };
  return { first: maker, gone: [maker, sum], into: [into], values: [] };
}
