/**
 * The same as merge-qkv where the heads of q and k are normalised before they turn: three linears → one, and
 * two rmsnorms, two ropes and the writes to the cache → one `heads`. Two dispatches instead of seven.
 */
import type { Node, Pass, Value } from '../graph.ts';
import { type AttentionBlock, attentionBlock, firstOf, headCounts } from './attention-block.ts';
import { mergeable, mergedWeight } from './merge-weights.ts';
import { applyMerges, commonPrefix, freshId, type Merge, type Reading, reading } from './rewrite.ts';

export const mergeHeads: Pass = {
  name: 'merge-heads',
  why: 'query, key and value in one matrix product, heads normalised and turned on their way to the cache',
  run(graph) {
    const r = reading(graph);
    const found = graph.nodes.flatMap((node) => {
      const block = attentionBlock(graph, r, node);
      return block?.norms === undefined ? [] : [{ block, norms: block.norms }];
    });
    return applyMerges(
      graph,
      found.map(({ block, norms }, i) => merge(r, block, norms, freshId(graph, 3 * i))),
    );
  },
};

function merge(r: Reading, block: AttentionBlock, norms: readonly [Node, Node], id: number): Merge {
  const { qRope, kRope, linears, biased } = block;
  const [qLinear, , vLinear] = linears;
  const prefix = commonPrefix(linears.map((node) => node.name));
  const joined = (input: string, at: number) =>
    mergedWeight(at, `${prefix}qkv.${input}`, 'concat', mergeable(r, linears, input)!);
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
  const [qNorm, kNorm] = norms;
  const apart: Node = {
    op: 'heads',
    name: `${prefix}heads`,
    inputs: {
      x: rows.id,
      q_norm: qNorm.inputs.weight as number,
      k_norm: kNorm.inputs.weight as number,
      table: qRope.inputs.table as number,
    },
    outputs: {
      q: qRope.outputs.out as number,
      k: kRope.outputs.out as number,
      v: vLinear.outputs.out as number,
    },
    attributes: {
      ...headCounts(r, block),
      pairs: qRope.attributes.pairs!,
      eps: qNorm.attributes.eps!,
    },
  };
  const gone = [...linears, ...norms, qRope, kRope];
  const values = [weight, rows, ...(bias === undefined ? [] : [bias])];
  return { first: firstOf(r, gone), gone, into: [product, apart], values };
}
