/**
 * argmax → penalise, sample: chooses the next id by the request's settings, which are in the states `sampling`,
 * `history` (the ids of the text so far) and `mask` (ids that may not be chosen). All are zero at first, which means
 * greedy: the same id as argmax.
 */
import { MASK_WORDS } from '../../sampling/mask.ts';
import { SAMPLING_WORDS } from '../../sampling/settings.ts';
import { add, type Poly, type SymbolAtom, symbol } from '../../symbolic/dim.ts';
import type { Graph, Node, Pass, Value } from '../graph.ts';
import { wordRow } from '../../ops/penalise/index.ts';
import { opNamed } from '../../ops/index.ts';
import { freshId, indexGraph } from './rewrite.ts';

export const sampleOnGpu: Pass = {
  name: 'sample-on-gpu',
  why: 'a token costs a few bytes of readback, however it is chosen',
  run(graph: Graph) {
    const argmax = graph.nodes.find((node) => node.outputs.out === graph.outputs.best);
    const symbols = ['S', 'P', 'C'].map((name) => graph.symbols[name]);
    if (argmax?.op !== 'argmax' || symbols.some((atom) => atom === undefined)) return graph;
    const [S, P, C] = (symbols as SymbolAtom[]).map(poly) as [Poly, Poly, Poly];
    const { type } = indexGraph(graph).values.get(argmax.inputs.x!)!;
    const tokens = add(S, P);
    const made = opNamed('penalise').infer(
      { x: type, sampling: wordRow(SAMPLING_WORDS), history: wordRow(C), mask: wordRow(MASK_WORDS) },
      { tokens },
    );
    const id = (offset: number) => freshId(graph, offset);
    const values: Value[] = [
      { id: id(0), name: 'sampling', type: wordRow(SAMPLING_WORDS), origin: { kind: 'state' } },
      { id: id(1), name: 'history', type: wordRow(C), origin: { kind: 'state' } },
      { id: id(2), name: 'mask', type: wordRow(MASK_WORDS), origin: { kind: 'state' } },
      { id: id(3), name: 'penalised.out', type: made.out!, origin: { kind: 'node' } },
      { id: id(4), name: 'penalised.maxima', type: made.maxima!, origin: { kind: 'node' } },
    ];
    const penalise: Node = {
      op: 'penalise',
      name: 'penalised',
      inputs: { x: argmax.inputs.x!, sampling: id(0), history: id(1), mask: id(2) },
      outputs: { out: id(3), maxima: id(4) },
      attributes: { tokens },
    };
    const sample: Node = {
      op: 'sample',
      name: argmax.name,
      inputs: { x: id(3), maxima: id(4), sampling: id(0) },
      outputs: argmax.outputs,
      attributes: { position: tokens },
    };
    const nodes = graph.nodes.flatMap((node) => (node === argmax ? [penalise, sample] : [node]));
    return { ...graph, nodes, values: [...graph.values, ...values] };
  },
};

function poly({ name, min, max, multipleOf }: SymbolAtom): Poly {
  return symbol(name, { min, max, multipleOf });
}
