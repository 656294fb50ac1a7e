/**
 * Divides a model's graph into stages, so that it can be run layer by layer over many texts while its weights are being
 * quantised. A stage begins with products that have one input in common (q, k and v; o; gate and up; down): their weights
 * are quantised by that input, and only then the stage runs, with the weights as stored.
 *
 * A stage is a graph of its own. Values that earlier stages computed are its inputs; values that later stages read are its
 * outputs, and are kept for each text meanwhile.
 */
import { fail, invariant } from '../base/errors.ts';
import type { Graph, Node, Value, ValueId } from '../graph/graph.ts';
import { tensorsOf } from '../graph/rows.ts';

/** Products that are quantised by one input. */
export interface StageProducts {
  readonly input: ValueId;
  /** Width of the input, and of each row of the weights. */
  readonly width: number;
  /** The checkpoint's tensors of their weights. */
  readonly tensors: readonly string[];
}

export interface CalibrationStage {
  /** Inputs and outputs have the names of their values. */
  readonly graph: Graph;
  /** Absent in the first stage, which computes what the first product reads. */
  readonly products?: StageProducts;
  /** Values that this stage reads from earlier ones. */
  readonly reads: readonly Value[];
  /** Values that it computes for later ones. */
  readonly keeps: readonly Value[];
  /** Values that no later stage reads. */
  readonly drops: readonly ValueId[];
}

/**
 * Returns the stages up to the last product whose weights are among `calibrated`; what follows it (the head) is not needed.
 * The last stage has no nodes. `calibrated` says whether a tensor is to be quantised. With `result` the last stage runs to
 * the end of the graph and keeps that value.
 */
export function stagesOf(
  graph: Graph,
  calibrated: (tensor: string) => boolean,
  result?: ValueId,
): CalibrationStage[] {
  const values = new Map(graph.values.map((value) => [value.id, value]));
  const weightOf = (node: Node) => {
    const value = node.op === 'linear' ? values.get(node.inputs.weight as ValueId) : undefined;
    return value?.origin.kind === 'weight' ? tensorsOf(value.origin.rows).filter(calibrated) : [];
  };
  const starts: { at: number; input?: ValueId; tensors: Set<string> }[] = [{ at: 0, tensors: new Set() }];
  const known = new Set<string>();
  for (const [at, node] of graph.nodes.entries()) {
    const tensors = weightOf(node).filter((tensor) => !known.has(tensor));
    if (tensors.length === 0) continue;
    const input = node.inputs.x as ValueId;
    if (starts.at(-1)?.input !== input) starts.push({ at, input, tensors: new Set() });
    for (const tensor of tensors) {
      known.add(tensor);
      starts.at(-1)?.tensors.add(tensor);
    }
  }
  const end = (at: number) => (result === undefined ? at : graph.nodes.length);
  const ranges = starts.map(({ at }, i) => [at, starts[i + 1]?.at ?? end(at)] as const);
  const parts = ranges.map(([from, to]) => graph.nodes.slice(from, to));
  const readers = parts.map((nodes) => new Set(nodes.flatMap((node) => Object.values(node.inputs))));
  const inputs = starts.map(({ input }) => input);
  const lastReader = (id: ValueId) =>
    id === result ? starts.length : readers.findLastIndex((ids, i) => ids.has(id) || inputs[i] === id);
  const made = new Map<ValueId, number>();
  parts.forEach((nodes, i) => {
    for (const node of nodes) for (const id of Object.values(node.outputs)) made.set(id, i);
  });
  return starts.map(({ input, tensors }, i): CalibrationStage => {
    const nodes = parts[i] as Node[];
    const ids = new Set(
      nodes.flatMap((node) => [...Object.values(node.inputs), ...Object.values(node.outputs)]),
    );
    const own = [...ids].map((id) => values.get(id) as Value);
    for (const { origin } of own) if (origin.kind === 'view') ids.add(origin.of);
    const reads = own.filter(({ id }) => (made.get(id) ?? i) < i);
    const keeps = own.filter(({ id }) => made.get(id) === i && lastReader(id) > i);
    for (const value of [...reads, ...keeps]) requirePlain(value);
    const written = new Set(own.map(({ origin }) => (origin.kind === 'view' ? origin.of : -1)));
    for (const value of own) {
      const { kind } = value.origin;
      // Another stage writes the state, or the rows of the store are those of a run.
      if (kind === 'pages' || (kind === 'state' && !written.has(value.id))) requirePlain(value);
    }
    const isRead = new Set(reads.map(({ id }) => id));
    const stage: Graph = {
      ...graph,
      name: `${graph.name}, stage ${i}`,
      values: graph.values
        .filter(({ id }) => ids.has(id))
        .map((value) => (isRead.has(value.id) ? { ...value, origin: { kind: 'input' } } : value)),
      nodes,
      outputs: Object.fromEntries(keeps.map(({ name, id }) => [name, id])),
    };
    const drops = [...made.keys()].filter((id) => lastReader(id) === i && (made.get(id) as number) < i);
    if (input === undefined) return { graph: stage, reads, keeps, drops };
    const width = values.get(input)?.type.shape[1];
    invariant(typeof width === 'number', 'calibration', 'the input of a product has no fixed width');
    return { graph: stage, products: { input, width, tensors: [...tensors] }, reads, keeps, drops };
  });
}

/** Rows of the cache, and rows that are fetched for a run, cannot outlive a stage: every text overwrites them. */
function requirePlain({ name, origin }: Value): void {
  if (origin.kind === 'node') return;
  fail('internal', {
    who: 'calibration',
    message: 'a stage would have to keep rows of the cache',
    got: name,
  });
}
