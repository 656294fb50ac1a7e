/**
 * Shares bits among the matrices of a model, or of its feed-forward blocks, within an average: all have the lower type first, and
 * the higher one where that gains most for each byte, as long as the average allows it. As measured on Gemma 3 270M
 * (docs/ENGINE.md) keys and values come first, which are small and have the largest errors, then gate and up, the last layers
 * first, then queries; what is added to the residual has the smallest errors and stays. Within feed-forward blocks of three and
 * four bits the last product comes first, then gate and up, the first layers first.
 */
import type { Graph, Node, ValueId } from '../../../graph/graph.ts';
import { tensorsOf } from '../../../graph/rows.ts';
import { cellBlock } from '../../../tensor/cells.ts';
import type { WeightDType } from '../../../tensor/tensor.ts';
import { bitsOf, type SharedBits } from '../../../weights/store/profiles.ts';
import { matrixRoles } from './matrix-roles.ts';

/** Returns the types of matrices by the names in the checkpoint; none for those that keep the profile's. */
export function sharedTypes(
  { graph, tensors }: SizedModel,
  { among, low, high, otherwise, average }: SharedBits,
): ReadonlyMap<string, WeightDType> {
  const shapes = new Map(tensors.map(({ name, shape }) => [name, shape]));
  const columns = (name: string) => shapes.get(name)?.at(-1) ?? 0;
  // Rows that are no whole blocks keep the profile's type.
  const fits = (name: string) => columns(name) % cellBlock(low) === 0;
  const sizeOf = (names: readonly string[]) =>
    names.reduce((sum, name) => sum + (shapes.get(name) ?? []).reduce((n, d) => n * d, 1), 0);
  const { all, needs } = productsOf(graph, among);
  const types = new Map<string, WeightDType>(all.filter(fits).map((name) => [name, low]));
  let left = all.reduce(
    (sum, name) => sum + sizeOf([name]) * (average - bitsOf(fits(name) ? low : otherwise, columns(name))),
    0,
  );
  for (const names of needs) {
    const own = names.filter(fits);
    left -= sizeOf(own) * (bitsOf(high) - bitsOf(low));
    if (left < 0) break;
    for (const name of own) types.set(name, high);
  }
  return types;
}

interface SizedModel {
  readonly graph: Graph;
  readonly tensors: readonly { readonly name: string; readonly shape: readonly number[] }[];
}

/** The matrices of products between embedding and head: all of them, and in groups those that need more bits, the first most. */
function productsOf(
  graph: Graph,
  among: SharedBits['among'],
): { readonly all: readonly string[]; readonly needs: readonly string[][] } {
  const origins = new Map(graph.values.map(({ id, origin }) => [id, origin]));
  const roles = matrixRoles(graph);
  const makers = new Map<ValueId, Node>();
  for (const node of graph.nodes) for (const made of Object.values(node.outputs)) makers.set(made, node);
  /** The product that makes a value, but for norms and rotation. */
  const product = (made: ValueId | undefined): Node | undefined => {
    const node = made === undefined ? undefined : makers.get(made);
    if (node?.op === 'rmsnorm' || node?.op === 'rope') return product(node.inputs.x);
    return node?.op === 'linear' ? node : undefined;
  };
  const namesOf = (...nodes: (Node | undefined)[]) =>
    nodes.flatMap((node) => {
      const origin = node?.op === 'linear' ? origins.get(node.inputs.weight as ValueId) : undefined;
      if (origin?.kind !== 'weight') return [];
      return tensorsOf(origin.rows).filter((name) => roles.get(name) !== 'ends');
    });
  const queries: Node[] = [];
  const gates: string[][] = [];
  for (const { op, inputs } of graph.nodes) {
    const query = op === 'attention' ? product(inputs.q) : undefined;
    if (query !== undefined) queries.push(query);
    if (op === 'gate_mul') gates.push(namesOf(product(inputs.gate), product(inputs.up)));
  }
  if (among === 'ffn') {
    const ffn = [...roles].flatMap(([name, role]) => (role === 'ffn' ? [name] : []));
    const inner = new Set(gates.flat());
    return { all: ffn, needs: [...ffn.filter((name) => !inner.has(name)).map((name) => [name]), ...gates] };
  }
  const gated = new Set(gates.flat());
  // Keys, values and whatever else reads what the query reads.
  const beside = queries.map((query) =>
    namesOf(...graph.nodes.filter((node) => node !== query && node.inputs.x === query.inputs.x)).filter(
      (name) => !gated.has(name),
    ),
  );
  const groups = [beside, gates, queries.map((query) => namesOf(query))];
  const known = new Set<string>();
  const fresh = (name: string) => !known.has(name) && known.add(name) !== undefined;
  const needs = groups.flatMap((group) => group.toReversed()).map((names) => names.filter(fresh));
  return { all: [...new Set(namesOf(...graph.nodes))], needs };
}
