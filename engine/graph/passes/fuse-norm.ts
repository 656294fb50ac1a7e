/**
 * An rmsnorm whose readers are all linear, qkv, qkv_heads or gated → their `norm` input: the normalised rows never go
 * through memory. Each reader computes the row's scale again, so this pays where there are few readers; run it after
 * the merging passes.
 */
import type { Graph, Node, Pass, ValueId } from '../graph.ts';
import { isIntactAt, type GraphIndex, indexGraph, withoutUnused } from './rewrite.ts';

export const fuseNorm: Pass = {
  name: 'fuse-norm',
  why: 'rows are normalised while the matrix product reads them',
  run(graph) {
    // One at a time: a reader takes one norm only, and each fusion changes the readers.
    for (let next: Graph | undefined = graph; next !== undefined; ) {
      graph = next;
      next = fuseOne(graph);
    }
    return graph;
  },
};

const TAKES_NORM = new Set(['linear', 'qkv', 'qkv_heads', 'gated']);

function fuseOne(graph: Graph): Graph | undefined {
  const r = indexGraph(graph);
  const norm = graph.nodes.find((node) => node.op === 'rmsnorm' && fits(r, node));
  if (norm === undefined) return undefined;
  const readers = new Set(r.readersOf(norm.outputs.out!));
  const nodes = graph.nodes
    .filter((node) => node !== norm)
    .map((node): Node => {
      if (!readers.has(node)) return node;
      const inputs = { ...node.inputs, x: norm.inputs.x!, norm: norm.inputs.weight as ValueId };
      return { ...node, inputs, attributes: { ...node.attributes, eps: norm.attributes.eps! } };
    });
  return withoutUnused({ ...graph, nodes });
}

function fits(r: GraphIndex, norm: Node): boolean {
  const out = norm.outputs.out as ValueId;
  const x = norm.inputs.x as ValueId;
  const readers = r.readersOf(out);
  const { weight, residual } = norm.inputs;
  if (weight === undefined || residual !== undefined || norm.attributes.headWidth !== undefined) return false;
  if (readers.length === 0 || r.isOutput(out) || r.values.get(out)?.origin.kind !== 'node') return false;
  return readers.every((node) => {
    const uses = Object.entries(node.inputs).filter(([, id]) => id === out);
    const asX = uses.length === 1 && node.inputs.x === out;
    const free = TAKES_NORM.has(node.op) && node.inputs.norm === undefined && node.inputs.residual !== x;
    return asX && free && isIntactAt(r, x, r.indexOf(node));
  });
}
