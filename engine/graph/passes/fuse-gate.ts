/**
 * A linear that only a gate_mul reads, as its gate, and whose other half is no product of the same x → one `gated_by`. Run
 * after merge-gate-up, which takes the halves that can be one product.
 */
import type { Node, Pass } from '../graph.ts';
import { isPlainLinear } from './merge-weights.ts';
import { applyMerges, type GraphIndex, indexGraph, type NodeMerge, soleProducer } from './rewrite.ts';

export const fuseGate: Pass = {
  name: 'fuse-gate',
  why: 'a product that gates other numbers multiplies them where it is computed',
  run(graph) {
    const r = indexGraph(graph);
    return applyMerges(
      graph,
      graph.nodes.map((node) => match(r, node)).filter((merge) => merge !== undefined),
    );
  },
};

function match(r: GraphIndex, product: Node): NodeMerge | undefined {
  if (product.op !== 'gate_mul') return undefined;
  const gate = soleProducer(r, product.inputs.gate, 'linear');
  const up = r.makerOf(product.inputs.up);
  // `up` must be known where the gate is computed.
  if (!isPlainLinear(gate) || gate.inputs.bias !== undefined || up === undefined) return undefined;
  if (r.indexOf(up) > r.indexOf(gate)) return undefined;
  const into: Node = {
    op: 'gated_by',
    name: gate.name,
    inputs: {
      x: gate.inputs.x as number,
      weight: gate.inputs.weight as number,
      up: product.inputs.up as number,
    },
    outputs: product.outputs,
    attributes: product.attributes,
  };
  return { first: gate, gone: [gate, product], into: [into], values: [] };
}
