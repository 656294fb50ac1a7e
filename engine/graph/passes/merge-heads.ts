/**
 * Like merge-qkv, for blocks in which an operation needs a whole head: heads of q and k are normalised before rotation,
 * or k and v are quantised. Three linears → one; two rmsnorms, two ropes, two quantises and the writes to the cache →
 * one `heads`. Two dispatches instead of seven. Of a layer that reads the keys and values of another: rmsnorm, rope → `heads`.
 */
import type { Node, Pass, Value } from '../graph.ts';
import {
  type AttentionBlock,
  attentionBlock,
  firstOf,
  headCounts,
  needsHeads,
  type QueryBlock,
  queryBlock,
} from './attention-block.ts';
import { mergeable, mergedWeight } from './merge-weights.ts';
import {
  applyMerges,
  commonPrefix,
  freshId,
  type NodeMerge,
  type GraphIndex,
  indexGraph,
} from './rewrite.ts';

export const mergeHeads: Pass = {
  name: 'merge-heads',
  why: 'query, key and value in one matrix product; heads are normalised, rotated and quantised in one dispatch',
  run(graph) {
    const r = indexGraph(graph);
    const found = graph.nodes.flatMap((node) => {
      const block = attentionBlock(graph, r, node);
      return block === undefined || !needsHeads(block) ? [] : [block];
    });
    const queries = graph.nodes
      .map((node) => queryBlock(graph, r, node))
      .filter((block) => block !== undefined);
    return applyMerges(graph, [
      ...found.map((block, i) => merge(r, block, freshId(graph, 3 * i))),
      ...queries.map((block) => mergeQueries(r, block)),
    ]);
  },
};

function merge(r: GraphIndex, block: AttentionBlock, id: number): NodeMerge {
  const { qRope, kRope, norms, vNorm, bytes, linears, gate, biased } = block;
  const products = gate === undefined ? linears : [...linears, gate];
  const [qLinear, , vLinear] = linears;
  const prefix = commonPrefix(linears.map((node) => node.name));
  const joined = (input: string, at: number) =>
    mergedWeight(at, `${prefix}qkv.${input}`, 'concat', mergeable(r, products, input, true)!);
  const weight = joined('weight', id);
  const bias = biased ? joined('bias', id + 1) : undefined;
  const made = r.values.get(qLinear.outputs.out!)!.type;
  const rows: Value = {
    id: id + 2,
    name: `${prefix}qkv`,
    type: { ...made, shape: [made.shape[0]!, weight.type.shape[0]!] },
    origin: { kind: 'node' },
  };
  const product: Node = {
    op: 'linear',
    name: rows.name,
    inputs: {
      x: qLinear.inputs.x as number,
      weight: weight.id,
      ...(bias === undefined ? {} : { bias: bias.id }),
    },
    outputs: { out: rows.id },
    attributes: {},
  };
  const apart: Node = {
    op: 'heads',
    name: `${prefix}heads`,
    inputs: {
      x: rows.id,
      ...(norms && { q_norm: norms.weights[0], k_norm: norms.weights[1] }),
      table: qRope.inputs.table as number,
    },
    outputs: {
      q: qRope.outputs.out as number,
      k: (bytes?.[0] ?? kRope).outputs.out as number,
      v: (bytes?.[1] ?? vNorm?.[1] ?? vLinear).outputs.out as number,
      ...(gate && { gate: gate.outputs.out as number }),
    },
    attributes: {
      ...headCounts(r, block),
      pairs: qRope.attributes.pairs!,
      ...(norms && { headEps: norms.nodes[0].attributes.eps! }),
      ...(norms && norms.form !== 'heads' && { normForm: norms.form }),
      ...(vNorm && { vNorm: true }),
      ...(bytes && { kv8: true }),
      ...(gate && { gates: gateCount(r, gate) }),
    },
  };
  const gone = [...products, ...(norms?.nodes ?? []), ...(vNorm ?? []), qRope, kRope, ...(bytes ?? [])];
  const values = [weight, rows, ...(bias === undefined ? [] : [bias])];
  return { first: firstOf(r, gone), gone, into: [product, apart], values };
}

/** Of heads, or of their columns. */
function gateCount(r: GraphIndex, gate: Node): number {
  return r.values.get(gate.outputs.out!)!.type.shape[1] as number;
}

function mergeQueries(r: GraphIndex, { rope, norm }: QueryBlock): NodeMerge {
  const { headWidth, rotary, position, pairs } = rope.attributes;
  const columns = r.values.get(norm.outputs.out!)!.type.shape[1] as number;
  const into: Node = {
    op: 'heads',
    name: `${commonPrefix([rope.name, norm.name])}heads`,
    inputs: { x: norm.inputs.x as number, q_norm: norm.inputs.weight!, table: rope.inputs.table as number },
    outputs: { q: rope.outputs.out as number },
    attributes: {
      heads: columns / (headWidth as number),
      kvHeads: 0,
      headWidth: headWidth!,
      rotary: rotary!,
      position: position!,
      pairs: pairs!,
      headEps: norm.attributes.eps!,
    },
  };
  return { first: norm, gone: [norm, rope], into: [into], values: [] };
}
