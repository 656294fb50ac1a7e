/**
 * Matches the nodes before an attention, for the passes that merge them: three linears, head norms, two ropes, and the
 * quantisation of k and v.
 */
import type { HeadNormForm } from '../../ops/heads/norm-form.ts';
import type { Graph, Node, ValueId } from '../graph.ts';
import { isPlainLinear, mergeable } from './merge-weights.ts';
import { soleProducer, type GraphIndex } from './rewrite.ts';

export interface AttentionBlock {
  readonly qRope: Node;
  readonly kRope: Node;
  /** Of q and k, where they are normalised. */
  readonly norms: HeadNorms | undefined;
  /** Of v, where its heads are normalised: the norm, and the rope without rotation that writes them. */
  readonly vNorm: readonly [Node, Node] | undefined;
  /** Of k and v, where the cache stores bytes. */
  readonly bytes: readonly [Node, Node] | undefined;
  /** In the order q, k, v. */
  readonly linears: readonly [Node, Node, Node];
  /** The linear of the gates of heads, if it can be one with the others. */
  readonly gate: Node | undefined;
  readonly biased: boolean;
}

/** How q and k are normalised. */
export interface HeadNorms {
  readonly nodes: readonly [Node, Node];
  readonly form: HeadNormForm;
  /** Inputs of the norms or, in the form `heads_rotated`, of the ropes. */
  readonly weights: readonly [ValueId, ValueId];
}

/** The nodes before `attention`, if k and v go straight to their cache and the three linears can become one. */
export function attentionBlock(graph: Graph, r: GraphIndex, attention: Node): AttentionBlock | undefined {
  if (attention.op !== 'attention') return undefined;
  const { q, k, v } = attention.inputs;
  const qRope = soleProducer(r, q, 'rope');
  const [kWriter, vWriter] = [writerOf(graph, r, k), writerOf(graph, r, v)];
  const bytes =
    kWriter?.op === 'quantise' && vWriter?.op === 'quantise' ? ([kWriter, vWriter] as const) : undefined;
  const kRope = bytes === undefined ? kWriter : soleProducer(r, bytes[0].inputs.x, 'rope');
  const vSource = bytes === undefined ? vWriter : onlyMaker(r, bytes[1].inputs.x);
  const vNorm = normOfValues(r, vSource, attention.attributes.headWidth);
  const vLinear = vNorm === undefined ? vSource : soleProducer(r, vNorm[0].inputs.x, 'linear');
  if (qRope === undefined || kRope?.op !== 'rope') return undefined;
  const qNorm = soleProducer(r, qRope.inputs.x, 'rmsnorm');
  const kNorm = soleProducer(r, kRope.inputs.x, 'rmsnorm');
  const qLinear = soleProducer(r, (qNorm ?? qRope).inputs.x, 'linear');
  const kLinear = soleProducer(r, (kNorm ?? kRope).inputs.x, 'linear');
  if (!isPlainLinear(qLinear) || !isPlainLinear(kLinear) || !isPlainLinear(vLinear)) return undefined;

  const { headWidth } = attention.attributes;
  const sameTurn = JSON.stringify(qRope.attributes) === JSON.stringify(kRope.attributes);
  const sameTable = qRope.inputs.table === kRope.inputs.table;
  if (!(sameTurn && sameTable && qRope.attributes.headWidth === headWidth)) return undefined;
  const none = [qNorm, kNorm, qRope.inputs.gain, kRope.inputs.gain].every((part) => part === undefined);
  const norms = headNorms([qRope, kRope], [qNorm, kNorm], headWidth);
  if (norms === undefined && !none) return undefined;
  if (vNorm !== undefined && vNorm[0].attributes.eps !== norms?.nodes[0].attributes.eps) return undefined;

  const linears = [qLinear, kLinear, vLinear] as const;
  const biases = linears.filter((node) => node.inputs.bias !== undefined).length;
  const oneX = linears.every((node) => node.inputs.x === qLinear.inputs.x);
  const oneWeight = mergeable(r, linears, 'weight', true) !== undefined;
  const oneBias = biases === 0 || (biases === 3 && mergeable(r, linears, 'bias') !== undefined);
  if (!(oneX && oneWeight && oneBias)) return undefined;
  const gateLinear = soleProducer(r, attention.inputs.gate, 'linear');
  const joins =
    isPlainLinear(gateLinear) &&
    biases === 0 &&
    gateLinear.inputs.x === qLinear.inputs.x &&
    mergeable(r, [...linears, gateLinear], 'weight', true) !== undefined;
  const gate = joins ? gateLinear : undefined;
  return { qRope, kRope, norms, vNorm, bytes, linears, gate, biased: biases === 3 };
}

/** Nodes that turn and normalise the queries of a layer that reads the keys and values of another. */
export interface QueryBlock {
  readonly rope: Node;
  readonly norm: Node;
}

/** The nodes before `attention` where a node before it reads the same keys, and only queries are its own. */
export function queryBlock(graph: Graph, r: GraphIndex, attention: Node): QueryBlock | undefined {
  if (attention.op !== 'attention') return undefined;
  const { k, q } = attention.inputs;
  const shared = graph.nodes.find((node) => node.op === 'attention' && node.inputs.k === k) !== attention;
  const rope = soleProducer(r, q, 'rope');
  const norm = soleProducer(r, rope?.inputs.x, 'rmsnorm');
  if (!shared || rope === undefined || norm === undefined) return undefined;
  const { headWidth } = attention.attributes;
  const byHeads = norm.attributes.headWidth === headWidth && rope.attributes.headWidth === headWidth;
  const weighted = norm.inputs.weight !== undefined && norm.inputs.residual === undefined;
  return byHeads && weighted && rope.inputs.gain === undefined ? { rope, norm } : undefined;
}

/** Whether an operation needs a whole head: its norm, or its quantisation. */
export function needsHeads({ norms, bytes }: AttentionBlock): boolean {
  return norms !== undefined || bytes !== undefined;
}

/** Head counts of q and k, and the widths that the merged node needs. */
export function headCounts(r: GraphIndex, { linears, qRope }: AttentionBlock) {
  const headWidth = qRope.attributes.headWidth as number;
  const [q, k] = mergeable(r, linears, 'weight', true)!.map((v) => v.type.shape[0] as number);
  const { rotary, position } = qRope.attributes;
  return { heads: q! / headWidth, kvHeads: k! / headWidth, headWidth, rotary: rotary!, position: position! };
}

/** Merged nodes take the position of the first node that they replace. */
export function firstOf(r: GraphIndex, nodes: readonly Node[]): Node {
  return nodes.reduce((a, b) => (r.indexOf(b) < r.indexOf(a) ? b : a));
}

/** Undefined where there are none, or q and k are normalised in different ways. */
function headNorms(
  ropes: readonly [Node, Node],
  [qNorm, kNorm]: readonly (Node | undefined)[],
  headWidth: unknown,
): HeadNorms | undefined {
  if (qNorm === undefined || kNorm === undefined) return undefined;
  const nodes = [qNorm, kNorm] as const;
  const { headWidth: width, eps } = qNorm.attributes;
  const alike = nodes.every(
    ({ inputs, attributes: a }) => inputs.residual === undefined && a.headWidth === width && a.eps === eps,
  );
  if (!alike || (width !== undefined && width !== headWidth)) return undefined;
  const [gains, weights] = [both(ropes, 'gain'), both(nodes, 'weight')];
  if (weights !== undefined && ropes.every(({ inputs }) => inputs.gain === undefined)) {
    return { nodes, form: width === undefined ? 'row' : 'heads', weights };
  }
  const plain = nodes.every(({ inputs }) => inputs.weight === undefined);
  return gains !== undefined && plain && width !== undefined
    ? { nodes, form: 'heads_rotated', weights: gains }
    : undefined;
}

function normOfValues(r: GraphIndex, made: Node | undefined, headWidth: unknown): AttentionBlock['vNorm'] {
  if (made?.op !== 'rope' || made.attributes.rotary !== 0 || made.inputs.gain !== undefined) return undefined;
  const norm = soleProducer(r, made.inputs.x, 'rmsnorm');
  const plain = norm?.inputs.weight === undefined && norm?.inputs.residual === undefined;
  return norm !== undefined && plain && norm.attributes.headWidth === headWidth ? [norm, made] : undefined;
}

/** The producer of a value with one reader. */
function onlyMaker(r: GraphIndex, id: ValueId | undefined): Node | undefined {
  return id === undefined || r.readersOf(id).length !== 1 || r.isOutput(id) ? undefined : r.makerOf(id);
}

function both(nodes: readonly [Node, Node], input: string): readonly [ValueId, ValueId] | undefined {
  const [q, k] = nodes.map(({ inputs }) => inputs[input]);
  return q === undefined || k === undefined ? undefined : [q, k];
}

/**
 * The only node that writes into a state, if no node reads the written view directly; where keys and values are those of
 * a run (encoders), the node that makes them.
 */
function writerOf(graph: Graph, r: GraphIndex, state: number | undefined): Node | undefined {
  if (state !== undefined && r.values.get(state)?.origin.kind === 'node') {
    return r.readersOf(state).length === 1 && !r.isOutput(state) ? r.makerOf(state) : undefined;
  }
  const views = graph.values.filter((v) => v.origin.kind === 'view' && v.origin.of === state);
  const [view] = views;
  if (view === undefined || views.length > 1 || r.readersOf(view.id).length > 0 || r.isOutput(view.id)) {
    return undefined;
  }
  return r.makerOf(view.id);
}
