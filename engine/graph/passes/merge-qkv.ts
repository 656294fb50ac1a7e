/**
 * Three linears of the same x, two ropes and the writes to the K and V cache → one `qkv`. The rows of q and k are
 * reordered at upload so that rotary pairs are neighbours, unless the checkpoint already has them so; dot products do
 * not change when both are reordered. A norm before the three stays: `fuse-norm` then finds one reader instead of
 * three. Paper: sub-tensor (arXiv 2403.20041, section 3.4): K and V are written in place.
 */
import type { Node, Pass, RowOrder } from '../graph.ts';
import { type AttentionBlock, attentionBlock, firstOf, headCounts, needsHeads } from './attention-block.ts';
import { mergeable, mergedWeight } from './merge-weights.ts';
import {
  applyMerges,
  commonPrefix,
  freshId,
  type NodeMerge,
  type GraphIndex,
  indexGraph,
} from './rewrite.ts';

export const mergeQkv: Pass = {
  name: 'merge-qkv',
  why: 'query, key and value in one matrix product, keys and values written straight to the cache',
  run(graph) {
    const r = indexGraph(graph);
    const found = graph.nodes
      .map((node) => attentionBlock(graph, r, node))
      .filter((block) => block !== undefined && !needsHeads(block) && canBePaired(r, block));
    return applyMerges(
      graph,
      found.map((block, i) => merge(r, block as AttentionBlock, freshId(graph, 2 * i))),
    );
  },
};

/** Pairs are neighbours already, or the rows come straight from a checkpoint tensor and can be reordered. */
function canBePaired(r: GraphIndex, { qRope, linears }: AttentionBlock): boolean {
  if (qRope.attributes.pairs === true) return true;
  return linears.slice(0, 2).every(({ inputs }) =>
    [inputs.weight, inputs.bias].every((id) => {
      const origin = id === undefined ? undefined : r.values.get(id)?.origin;
      return origin?.kind !== 'weight' || (origin.rows.kind === 'tensor' && origin.rows.order === undefined);
    }),
  );
}

function merge(r: GraphIndex, block: AttentionBlock, id: number): NodeMerge {
  const { qRope, kRope, linears, biased } = block;
  const [qLinear, , vLinear] = linears;
  const name = `${commonPrefix(linears.map((node) => node.name))}qkv`;
  const counts = headCounts(r, block);
  const { headWidth, rotary } = counts;
  const paired = qRope.attributes.pairs === true || rotary === 0;
  const order: RowOrder | undefined = paired
    ? undefined
    : { kind: 'rope-pairs', headWidth, rotary: rotary as number };
  const joined = (input: string, at: number) =>
    mergedWeight(at, `${name}.${input}`, 'concat', mergeable(r, linears, input, true)!, [order, order]);
  const weight = joined('weight', id);
  const bias = biased ? joined('bias', id + 1) : undefined;
  const into: Node = {
    op: 'qkv',
    name,
    inputs: {
      x: qLinear.inputs.x as number,
      weight: id,
      table: qRope.inputs.table as number,
      ...(bias === undefined ? {} : { bias: bias.id }),
    },
    outputs: {
      q: qRope.outputs.out as number,
      k: kRope.outputs.out as number,
      v: vLinear.outputs.out as number,
    },
    attributes: counts,
  };
  const gone = [...linears, qRope, kRope];
  const values = bias === undefined ? [weight] : [weight, bias];
  return { first: firstOf(r, gone), gone, into: [into], values };
}
