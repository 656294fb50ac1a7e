/**
 * The linears of the same x before a scan (its convolved rows and its gates) → one linear, or one for each type of
 * weights. Convolution and scan read their columns of its rows, so nothing is copied.
 */
import type { Graph, Node, Pass, Value, ValueId } from '../graph.ts';
import { firstOf } from './attention-block.ts';
import { isPlainLinear, mergeable, mergedWeight } from './merge-weights.ts';
import { applyMerges, commonPrefix, freshId, type GraphIndex, indexGraph, soleProducer } from './rewrite.ts';

export const mergeScan: Pass = {
  name: 'merge-scan',
  why: 'what a carried state is updated by, and its gates, in one matrix product',
  run(graph) {
    // One at a time: each merge changes the readers.
    for (let next: Graph | undefined = graph; next !== undefined; ) {
      graph = next;
      next = mergeOne(graph);
    }
    return graph;
  },
};

/** An input of a node that a linear makes, and the attribute with the first of its columns. */
interface Use {
  readonly node: Node;
  readonly input: string;
  readonly at: string;
  readonly linear: Node;
}

function mergeOne(graph: Graph): Graph | undefined {
  const r = indexGraph(graph);
  for (const scan of graph.nodes) {
    if (scan.op !== 'scan') continue;
    const uses = usesOf(r, scan);
    const all = groupOf(r, uses, () => true);
    const group = all ?? uses.map((use) => groupOf(r, uses, alike(r, use))).find((found) => found);
    if (group !== undefined) return merged(graph, r, group);
  }
  return undefined;
}

function usesOf(r: GraphIndex, scan: Node): Use[] {
  const conv = soleProducer(r, scan.inputs.x, 'causal_conv');
  const use = (node: Node | undefined, input: string, at: string): Use[] => {
    const linear = node && soleProducer(r, node.inputs[input], 'linear');
    return node !== undefined && isPlainLinear(linear) ? [{ node, input, at, linear }] : [];
  };
  return [...use(conv, 'x', 'at'), ...['z', 'a', 'b'].flatMap((input) => use(scan, input, `${input}At`))];
}

const alike =
  (r: GraphIndex, to: Use) =>
  (use: Use): boolean => {
    const [a, b] = [to, use].map(({ linear }) => r.values.get(linear.inputs.weight as ValueId)?.type);
    return a?.dtype === b?.dtype && a?.group === b?.group;
  };

/** Those of the uses whose linears can be one; undefined if these are fewer than two. */
function groupOf(r: GraphIndex, uses: readonly Use[], fits: (use: Use) => boolean): Use[] | undefined {
  const group = uses.filter(fits);
  if (group.length < 2) return undefined;
  const linears = group.map(({ linear }) => linear);
  const oneX = linears.every(({ inputs }) => inputs.x === linears[0]?.inputs.x);
  const biases = linears.filter(({ inputs }) => inputs.bias !== undefined).length;
  const oneBias = biases === 0 || (biases === linears.length && mergeable(r, linears, 'bias') !== undefined);
  return oneX && oneBias && mergeable(r, linears, 'weight', true) !== undefined ? group : undefined;
}

function merged(graph: Graph, r: GraphIndex, group: readonly Use[]): Graph {
  const linears = group.map(({ linear }) => linear);
  const name = `${commonPrefix(linears.map((node) => node.name))}scan_in${group.length}`;
  const joined = (input: string, id: number) =>
    mergedWeight(id, `${name}.${input}`, 'concat', mergeable(r, linears, input, true)!);
  const weight = joined('weight', freshId(graph));
  const biased = linears[0]?.inputs.bias !== undefined;
  const bias = biased ? [joined('bias', freshId(graph, 1))] : [];
  const made = r.values.get(linears[0]?.outputs.out as ValueId) as Value;
  const out: Value = {
    id: freshId(graph, 2),
    name,
    type: { ...made.type, shape: [made.type.shape[0]!, weight.type.shape[0]!] },
    origin: { kind: 'node' },
  };
  const product: Node = {
    op: 'linear',
    name,
    inputs: {
      x: linears[0]?.inputs.x as ValueId,
      weight: weight.id,
      ...(bias[0] === undefined ? {} : { bias: bias[0].id }),
    },
    outputs: { out: out.id },
    attributes: {},
  };
  const first = firstOf(r, linears);
  const whole = applyMerges(graph, [
    { first, gone: linears, into: [product], values: [weight, ...bias, out] },
  ]);
  let column = 0;
  const places = new Map<string, number>();
  for (const { node, input, linear } of group) {
    places.set(`${node.name} ${input}`, column);
    column += r.values.get(linear.outputs.out as ValueId)?.type.shape[1] as number;
  }
  const nodes = whole.nodes.map((node): Node => {
    const own = group.filter((use) => use.node.name === node.name);
    if (own.length === 0) return node;
    const inputs = Object.fromEntries(own.map(({ input }) => [input, out.id]));
    const at = own.map((use) => [use.at, places.get(`${use.node.name} ${use.input}`) as number] as const);
    return {
      ...node,
      inputs: { ...node.inputs, ...inputs },
      attributes: { ...node.attributes, ...Object.fromEntries(at) },
    };
  });
  return { ...whole, nodes };
}
