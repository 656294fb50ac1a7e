/**
 * Lets the rows of caches be packed (`kv/packed.ts`): gives attention over all positions an input that says from which row on
 * each head is read. The shaders read it always; it is zeros until a text is packed.
 *
 * Not packed: rings, whose layers look back over a window only; and layers with sinks, whose softmax has a share for none of
 * the rows.
 */
import type { Graph, Node, Value, ValueId } from '../../graph/graph.ts';
import { ringOf } from '../../graph/slots.ts';
import { freshId } from '../../graph/passes/rewrite.ts';
import { bytesOfRow } from '../../tensor/tensor.ts';

/** Keys and values that are packed together. */
export interface PackableCache {
  readonly k: ValueId;
  readonly v: ValueId;
  /** u32[heads]: the first row of each head. */
  readonly starts: ValueId;
  /** Key/value heads. */
  readonly heads: number;
  /** Index of its first head among those of all caches. */
  readonly at: number;
}

/** Bytes of a head's part of a row; 0 where parts are not whole words, which cannot be copied. */
function headBytes(value: Value, heads: number): number {
  const bytes = bytesOfRow(value.type) / heads;
  return bytes % 4 === 0 ? bytes : 0;
}

function canPack(node: Node, values: ReadonlyMap<ValueId, Value>): number | undefined {
  const { op, inputs, attributes } = node;
  if (op !== 'attention' || inputs.spans !== undefined || inputs.sinks !== undefined) return undefined;
  if (attributes.window !== undefined) return undefined;
  const k = values.get(inputs.k as ValueId) as Value;
  if (k.origin.kind !== 'state' || ringOf(k) !== undefined) return undefined;
  const heads = (k.type.shape[1] as number) / (attributes.headWidth as number);
  return headBytes(k, heads) > 0 ? heads : undefined;
}

/** The graph with an input `starts` for each attention whose cache can be packed. */
export function withStarts(graph: Graph): Graph {
  const values = new Map(graph.values.map((value) => [value.id, value]));
  const made = new Map<ValueId, Value>();
  const nodes = graph.nodes.map((node) => {
    const heads = canPack(node, values);
    if (heads === undefined) return node;
    const k = values.get(node.inputs.k as ValueId) as Value;
    const starts = made.get(k.id) ?? {
      id: freshId(graph, made.size),
      name: `${k.name}_starts`,
      type: { dtype: 'u32', shape: [heads] },
      origin: { kind: 'state' },
    };
    made.set(k.id, starts);
    return { ...node, inputs: { ...node.inputs, starts: starts.id } };
  });
  return { ...graph, nodes, values: [...graph.values, ...made.values()] };
}

/** The caches of a graph that {@link withStarts} made, in the order of its layers. */
export function packableCaches(graph: Graph): PackableCache[] {
  const values = new Map(graph.values.map((value) => [value.id, value]));
  const found = new Map<ValueId, PackableCache>();
  let at = 0;
  for (const { inputs } of graph.nodes) {
    const { k, v, starts } = inputs;
    if (k === undefined || v === undefined || starts === undefined || found.has(starts)) continue;
    const heads = values.get(starts)?.type.shape[0] as number;
    found.set(starts, { k, v, starts, heads, at });
    at += heads;
  }
  return [...found.values()];
}
