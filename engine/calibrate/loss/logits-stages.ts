/** Stages of a whole model, one for each layer and one for the head, which gives the logits after every row. */
import { fail, invariant } from '../../base/errors.ts';
import type { Graph, Node, Value, ValueId } from '../../graph/graph.ts';
import { withoutUnused } from '../../graph/passes/rewrite.ts';
import { tensorsOf } from '../../graph/rows.ts';
import { type CalibrationStage, stagesOf } from '../stages.ts';

/**
 * `graph` is a model's unfused graph with f32 activations. The last stage keeps one value, the logits f32[S, V]. Throws
 * `request-invalid` for a model that is no decoder.
 */
export function logitsStages(graph: Graph): CalibrationStage[] {
  const every = logitsOfEveryRow(graph);
  const starts = layerStarts(every);
  return stagesOf(every, (tensor) => starts.has(tensor), every.outputs.logits);
}

/** Removes the choice of the last row, and of the best id. */
function logitsOfEveryRow(graph: Graph): Graph {
  const place = graph.nodes.findIndex(({ op }) => op === 'last_row');
  const last = graph.nodes[place];
  const logits = graph.outputs.logits;
  if (last === undefined || logits === undefined)
    return fail('request-invalid', {
      who: graph.name,
      message: 'only models that write text have logits to compare',
    });
  const x = last.inputs.x as ValueId;
  const rows = graph.values.find(({ id }) => id === x)?.type.shape[0];
  invariant(rows !== undefined, 'loss', 'the stream has no rows');
  const replaced = (node: Node): Node => ({
    ...node,
    inputs: Object.fromEntries(
      Object.entries(node.inputs).map(([name, id]) => [name, id === last.outputs.out ? x : id]),
    ),
  });
  const head = graph.nodes.slice(place + 1).filter(({ op }) => op !== 'argmax');
  const made = new Set(head.flatMap(({ outputs }) => Object.values(outputs)));
  const tall = (value: Value): Value => ({
    ...value,
    type: { ...value.type, shape: [rows, ...value.type.shape.slice(1)] },
  });
  return withoutUnused({
    ...graph,
    values: graph.values.map((value) => (made.has(value.id) ? tall(value) : value)),
    nodes: [...graph.nodes.slice(0, place), ...head.map(replaced)],
    outputs: { logits },
  });
}

/** The weights of the first product of each layer, and of the head, whose name has no number. */
function layerStarts(graph: Graph): Set<string> {
  const values = new Map(graph.values.map((value) => [value.id, value]));
  const starts = new Set<string>();
  let before: string | undefined;
  for (const { op, inputs } of graph.nodes) {
    const origin = op === 'linear' ? values.get(inputs.weight as ValueId)?.origin : undefined;
    if (origin?.kind !== 'weight') continue;
    const [tensor] = tensorsOf(origin.rows);
    const layer = /\.(\d+)\./.exec(tensor as string)?.[1] ?? tensor;
    if (layer !== before) starts.add(tensor as string);
    before = layer;
  }
  return starts;
}

/** The checkpoint's tensors that a stage reads. */
export function tensorsOfStage({ graph }: CalibrationStage): string[] {
  const names = graph.values.flatMap(({ origin }) =>
    origin.kind === 'weight' || origin.kind === 'pages' ? tensorsOf(origin.rows) : [],
  );
  return [...new Set(names)];
}
