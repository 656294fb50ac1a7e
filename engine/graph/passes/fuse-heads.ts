/**
 * A linear that only `heads` reads → one `qkv_heads`. In a product of one row a workgroup computes a whole head, so it
 * can normalise, rotate and store it at once. With many rows no workgroup has a whole head, and the kernel is two
 * dispatches as before. Run before fuse-norm, which finds one reader of the norm either way.
 */
import type { Node, Pass } from '../graph.ts';
import { isPlainLinear } from './merge-weights.ts';
import { applyMerges, type NodeMerge, soleProducer, type GraphIndex, indexGraph } from './rewrite.ts';

export const fuseHeads: Pass = {
  name: 'fuse-heads',
  why: 'the workgroup that computes a head also normalises, rotates and quantises it',
  run(graph) {
    const r = indexGraph(graph);
    const merges = graph.nodes.map((node) => match(r, node)).filter((merge) => merge !== undefined);
    return applyMerges(graph, merges);
  },
};

function match(r: GraphIndex, heads: Node): NodeMerge | undefined {
  // A norm of whole rows needs more than the head that a workgroup has.
  if (heads.op !== 'heads' || heads.attributes.normForm === 'row') return undefined;
  const product = soleProducer(r, heads.inputs.x, 'linear');
  if (!isPlainLinear(product)) return undefined;
  const into: Node = { ...heads, op: 'qkv_heads', inputs: { ...heads.inputs, ...product.inputs } };
  return { first: product, gone: [product, heads], into: [into], values: [] };
}
