/** linear, then activate → the same linear with an `activation`. */
import type { Node, Pass } from '../graph.ts';
import { applyMerges, type NodeMerge, soleProducer, type GraphIndex, indexGraph } from './rewrite.ts';

export const fuseActivation: Pass = {
  name: 'fuse-activation',
  why: 'a product applies its activation function where it stores its results',
  run(graph) {
    const r = indexGraph(graph);
    return applyMerges(
      graph,
      graph.nodes.map((node) => match(r, node)).filter((merge) => merge !== undefined),
    );
  },
};

function match(r: GraphIndex, act: Node): NodeMerge | undefined {
  if (act.op !== 'activate') return undefined;
  const product = soleProducer(r, act.inputs.x, 'linear');
  const free = product?.inputs.residual === undefined && product?.attributes.activation === undefined;
  if (product === undefined || !free) return undefined;
  const attributes = { ...product.attributes, ...act.attributes };
  const into = { ...product, outputs: act.outputs, attributes };
  return { first: product, gone: [product, act], into: [into], values: [] };
}
