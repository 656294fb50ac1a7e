/**
 * Three linears of the same x, two ropes and the writes to the K and V cache → one `qkv`. The rows of q
 * and k are reordered at upload so that rotary pairs are neighbours; dot products do not change when both
 * are. A norm before the three stays for now: `fuse-norm` finds one reader afterwards instead of three.
 * Paper: sub-tensor (arXiv 2403.20041, section 3.4): K and V are written where they stay.
 */
import type { Graph, Node, Pass, RowOrder } from '../graph.ts';
import { isPlainLinear, mergeable, mergedWeight } from './merge-weights.ts';
import { applyMerges, commonPrefix, freshId, type Merge, onlyFor, type Reading, reading } from './rewrite.ts';

export const mergeQkv: Pass = {
  name: 'merge-qkv',
  why: 'query, key and value in one matrix product, keys and values straight into the cache',
  run(graph) {
    const r = reading(graph);
    const found = graph.nodes.flatMap((node) =>
      node.op === 'attention' ? (match(graph, r, node) ?? []) : [],
    );
    return applyMerges(
      graph,
      found.map((m, i) => merge(r, m, freshId(graph, 2 * i))),
    );
  },
};

interface Match {
  readonly qRope: Node;
  readonly kRope: Node;
  /** q, k, v. */
  readonly linears: readonly [Node, Node, Node];
  readonly biased: boolean;
}

function match(graph: Graph, r: Reading, attention: Node): Match | undefined {
  if (attention.op !== 'attention') return undefined;
  const { q, k, v } = attention.inputs;
  const qRope = onlyFor(r, q, 'rope');
  const kRope = writerOf(graph, r, k);
  const vLinear = writerOf(graph, r, v);
  if (qRope === undefined || kRope?.op !== 'rope') return undefined;
  const qLinear = onlyFor(r, qRope.inputs.x, 'linear');
  const kLinear = onlyFor(r, kRope.inputs.x, 'linear');
  if (!isPlainLinear(qLinear) || !isPlainLinear(kLinear) || !isPlainLinear(vLinear)) return undefined;

  const linears = [qLinear, kLinear, vLinear] as const;
  const sameX = linears.every((node) => node.inputs.x === qLinear.inputs.x);
  const sameTable = qRope.inputs.table === kRope.inputs.table;
  const sameTurn = JSON.stringify(qRope.attributes) === JSON.stringify(kRope.attributes);
  const plainTurn = qRope.attributes.pairs === false;
  const headsFit = qRope.attributes.headWidth === attention.attributes.headWidth;
  if (!(sameX && sameTable && sameTurn && plainTurn && headsFit)) return undefined;

  const biases = linears.filter((node) => node.inputs.bias !== undefined).length;
  const oneWeight = mergeable(r, linears, 'weight') !== undefined;
  const oneBias = biases === 0 || (biases === 3 && mergeable(r, linears, 'bias') !== undefined);
  const reorderable = [qLinear, kLinear].every((node) => hasPlainRows(r, node));
  if (!(oneWeight && oneBias && reorderable)) return undefined;
  return { qRope, kRope, linears, biased: biases === 3 };
}

/** The only node that writes into a state, if nobody reads the written view by itself. */
function writerOf(graph: Graph, r: Reading, state: number | undefined): Node | undefined {
  const views = graph.values.filter((v) => v.origin.kind === 'view' && v.origin.of === state);
  const [view] = views;
  if (view === undefined || views.length > 1 || r.readersOf(view.id).length > 0 || r.isOutput(view.id)) {
    return undefined;
  }
  return r.makerOf(view.id);
}

/** Rows straight from a checkpoint tensor, to which an order can be given. */
function hasPlainRows(r: Reading, node: Node): boolean {
  return [node.inputs.weight, node.inputs.bias].every((id) => {
    const origin = id === undefined ? undefined : r.values.get(id)?.origin;
    return origin?.kind !== 'weight' || (origin.rows.kind === 'tensor' && origin.rows.order === undefined);
  });
}

function merge(r: Reading, { qRope, kRope, linears, biased }: Match, id: number): Merge {
  const [qLinear, , vLinear] = linears;
  const name = `${commonPrefix(linears.map((node) => node.name))}qkv`;
  const headWidth = qRope.attributes.headWidth as number;
  const rotary = qRope.attributes.rotary as number;
  const pairs: RowOrder = { kind: 'rope-pairs', headWidth, rotary };
  const joined = (input: string, at: number) =>
    mergedWeight(at, `${name}.${input}`, 'concat', mergeable(r, linears, input)!, [pairs, pairs]);
  const weight = joined('weight', id);
  const bias = biased ? joined('bias', id + 1) : undefined;
  const heights = mergeable(r, linears, 'weight')!.map((v) => v.type.shape[0] as number);
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
    attributes: {
      heads: heights[0]! / headWidth,
      kvHeads: heights[1]! / headWidth,
      headWidth,
      rotary,
      position: qRope.attributes.position!,
    },
  };
  const gone = [...linears, qRope, kRope];
  const first = gone.reduce((a, b) => (r.place(b) < r.place(a) ? b : a));
  return { first, gone, into, weights: bias === undefined ? [weight] : [weight, bias] };
}
