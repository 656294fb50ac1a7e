/**
 * Two linears of the same x and gate_mul → one `gated`. Weight rows are interleaved at upload, so that act(gate)·up
 * needs no number from another workgroup and neither half goes through memory.
 */
import type { Node, Pass } from '../graph.ts';
import { isPlainLinear, mergeable, mergedWeight } from './merge-weights.ts';
import {
  applyMerges,
  commonPrefix,
  freshId,
  type NodeMerge,
  soleProducer,
  type GraphIndex,
  indexGraph,
} from './rewrite.ts';

export const mergeGateUp: Pass = {
  name: 'merge-gate-up',
  why: 'gate, up and their product in one matrix product',
  run(graph) {
    const r = indexGraph(graph);
    const found = graph.nodes.map((node) => match(r, node)).filter((m) => m !== undefined);
    return applyMerges(
      graph,
      found.map((m, i) => merge(r, m, freshId(graph, i))),
    );
  },
};

type GateUp = readonly [gate: Node, up: Node, product: Node];

function match(r: GraphIndex, product: Node): GateUp | undefined {
  if (product.op !== 'gate_mul') return undefined;
  const gate = soleProducer(r, product.inputs.gate, 'linear');
  const up = soleProducer(r, product.inputs.up, 'linear');
  if (!isPlainLinear(gate) || !isPlainLinear(up) || gate.inputs.x !== up.inputs.x) return undefined;
  if (gate.inputs.bias !== undefined || up.inputs.bias !== undefined) return undefined; // gated has no bias
  return mergeable(r, [gate, up], 'weight') === undefined ? undefined : [gate, up, product];
}

function merge(r: GraphIndex, [gate, up, product]: GateUp, id: number): NodeMerge {
  const name = `${commonPrefix([gate.name, up.name])}gated`;
  const weight = mergedWeight(id, `${name}.weight`, 'interleave', mergeable(r, [gate, up], 'weight')!);
  const into: Node = {
    op: 'gated',
    name,
    inputs: { x: gate.inputs.x as number, weight: id },
    outputs: product.outputs,
    attributes: product.attributes,
  };
  const first = r.indexOf(gate) < r.indexOf(up) ? gate : up;
  return { first, gone: [gate, up, product], into: [into], values: [weight] };
}
