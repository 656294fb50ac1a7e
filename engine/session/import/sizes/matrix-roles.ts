/** Which matrices of a model a profile may store in a type of their own, found by the graph. */
import type { Graph, Node, ValueId } from '../../../graph/graph.ts';
import { tensorsOf } from '../../../graph/rows.ts';
import type { WeightDType } from '../../../tensor/tensor.ts';
import type { Profile } from '../../../weights/store/profiles.ts';

/** `ends`: embedding and head; `ffn`: the matrices of feed-forward blocks with a gate. */
export type MatrixRole = 'ends' | 'ffn';

/** Returns the roles by the names in the checkpoint; the head is the last matrix product. Other matrices have none. */
export function matrixRoles({ nodes, values }: Graph): ReadonlyMap<string, MatrixRole> {
  const roles = new Map<ValueId, MatrixRole>();
  const give = (weight: ValueId | undefined, role: MatrixRole) => {
    if (weight !== undefined) roles.set(weight, role);
  };
  const makers = new Map<ValueId, Node>();
  for (const node of nodes) for (const made of Object.values(node.outputs)) makers.set(made, node);
  const product = (made: ValueId | undefined) => {
    const node = made === undefined ? undefined : makers.get(made);
    return node?.op === 'linear' ? node.inputs.weight : undefined;
  };
  // What a block has gated, and its norm where there is one.
  const gated = new Set<ValueId>();
  for (const node of nodes) {
    const { gate, up, x } = node.inputs;
    if (node.op === 'gate_mul' && product(gate) !== undefined && product(up) !== undefined) {
      for (const part of [gate, up]) give(product(part), 'ffn');
      gated.add(node.outputs.out as ValueId);
    }
    if (x === undefined || !gated.has(x)) continue;
    if (node.op === 'rmsnorm') gated.add(node.outputs.out as ValueId);
    if (node.op === 'linear') give(node.inputs.weight, 'ffn');
  }
  give(nodes.find(({ op }) => op === 'embed')?.inputs.table, 'ends');
  give(nodes.findLast(({ op }) => op === 'linear')?.inputs.weight, 'ends');
  return new Map(
    values.flatMap(({ id, origin }) => {
      const role = roles.get(id);
      if (role === undefined || origin.kind !== 'weight') return [];
      return tensorsOf(origin.rows).map((name) => [name, role] as const);
    }),
  );
}

/** The type that a profile gives to a matrix. */
export function typeByRole({ inner, head, ffn = inner }: Profile, role: MatrixRole | undefined): WeightDType {
  return role === undefined ? inner : role === 'ends' ? head : ffn;
}
