/**
 * Layers whose memory is a matrix for each head (ops/scan): the gated delta rule of Qwen3.5, and Mamba-2. A product makes
 * the rows that are convolved and the gates; the convolution and the scan carry their states in slots.
 */
import type { Node, ValueId } from '../graph/graph.ts';
import { type BlockBuilder, linear, norm, type TensorSlice } from './blocks.ts';

/** A product of the layer's input: a tensor, or rows of one. */
export interface RecurrentPart {
  readonly tensor: string;
  readonly slice?: TensorSlice;
}

/** Names of tensors; those of products, of the convolution and of norms without `.weight` and `.bias`. */
export interface RecurrentNames {
  /** Rows that are convolved: q, k and v, or v, k and q for `ssm`. */
  readonly x: RecurrentPart;
  /** Gates of results, of steps, and for `delta` of new values. */
  readonly z: RecurrentPart;
  readonly a: RecurrentPart;
  readonly b?: RecurrentPart;
  readonly conv: string;
  /** Logarithm of A of each head, bias of its step, and for `ssm` the factor of its values. */
  readonly logA: string;
  readonly step: string;
  readonly direct?: string;
  /** Of each head's results for `delta`; of those of each group for `ssm`, where there is one, with weights for all of a row. */
  readonly norm?: string;
  readonly out: string;
}

export interface RecurrentShape {
  readonly rule: 'delta' | 'ssm';
  readonly heads: number;
  /** Heads of q and k. */
  readonly groups: number;
  readonly keyWidth: number;
  readonly headWidth: number;
  readonly taps: number;
  readonly eps: number;
  /** Head h has q and k of head h mod groups. */
  readonly tiled?: boolean;
  /** Bounds of a step. */
  readonly least?: number;
  readonly most?: number;
  /** Factors of z, of a, of the results of the scan, and of those of its norm. */
  readonly zScale?: number;
  readonly aScale?: number;
  readonly scale?: number;
  readonly normScale?: number;
  /** Factors of the columns that are convolved: a count of columns, and their factor. */
  readonly xScales?: readonly (readonly [columns: number, factor: number])[];
  readonly biases: { readonly conv: boolean; readonly products: boolean };
}

export interface RecurrentLayer {
  readonly names: RecurrentNames;
  readonly shape: RecurrentShape;
}

/** Normalised x[S, E] → [S, E]. */
export function recurrent(s: BlockBuilder, x: ValueId, node: string, layer: RecurrentLayer): ValueId {
  return recurrentOut(s, recurrentRows(s, x, node, layer), node, layer, s.b.typeOf(x).shape[1] as number);
}

/** The last product of a layer: to `width` columns. */
export function recurrentOut(
  s: BlockBuilder,
  rows: ValueId,
  node: string,
  { names, shape }: RecurrentLayer,
  width: number,
): ValueId {
  const end = { tensor: names.out, node: `${node}.scan_out`, bias: shape.biases.products };
  return linear(s, rows, end, width);
}

/** What the last product reads. */
export function recurrentRows(
  s: BlockBuilder,
  x: ValueId,
  node: string,
  { names, shape }: RecurrentLayer,
): ValueId {
  const { rule, heads, groups, keyWidth, headWidth, taps, eps, biases } = shape;
  const values = heads * headWidth;
  const columns = 2 * groups * keyWidth + values;
  const product = (part: RecurrentPart, name: string, width: number) =>
    linear(s, x, { ...part, node: `${node}.${name}`, bias: biases.products }, width);
  const mixed = product(names.x, 'scan_in', columns);
  const z = product(names.z, 'scan_z', values);
  const a = product(names.a, 'scan_a', heads);
  const b = names.b === undefined ? undefined : product(names.b, 'scan_b', heads);
  const slots = { position: s.P, read: s.R };
  const past = s.b.state(
    `${node}.conv_state`,
    { dtype: s.activations, shape: [s.slots, (taps - 1) * columns] },
    true,
  );
  const { out: convolved } = s.b.nodes(
    'causal_conv',
    `${node}.conv`,
    {
      x: mixed,
      past,
      weight: convWeight(s, names.conv, columns, shape),
      ...(biases.conv ? { bias: s.vector(`${names.conv}.bias`, columns) } : {}),
    },
    { taps, at: 0, ...slots },
    { tail: { of: past, row: s.W } },
  );
  const carried = s.b.state(
    `${node}.scan_state`,
    { dtype: 'f32', shape: [s.slots, heads * keyWidth * headWidth] },
    true,
  );
  const last =
    rule === 'delta'
      ? { name: `${names.norm}.weight`, length: headWidth }
      : { name: names.direct as string, length: heads };
  const weights = s.vectors(`${node}.scan_weights`, [
    { name: names.logA, length: heads },
    { name: names.step, length: heads },
    last,
  ]);
  const inputs: Node['inputs'] = {
    x: convolved as ValueId,
    z,
    a,
    ...(b === undefined ? {} : { b }),
    weights,
    carried,
  };
  const { least, most, zScale, aScale, scale, tiled } = shape;
  const given = Object.entries({ least, most, zScale, aScale, scale, tiled }).flatMap(([key, value]) =>
    value === undefined ? [] : [[key, value] as const],
  );
  const { out } = s.b.nodes(
    'scan',
    `${node}.scan`,
    inputs,
    {
      rule,
      heads,
      groups,
      keyWidth,
      headWidth,
      ...slots,
      ...(rule === 'delta' ? { eps } : {}),
      ...Object.fromEntries(given),
    },
    { state: { of: carried, row: s.W } },
  );
  return rule === 'delta' || names.norm === undefined
    ? (out as ValueId)
    : norm(
        s,
        out as ValueId,
        names.norm,
        `${node}.scan_norm`,
        { eps, times: shape.normScale ?? 1, ownWeights: true },
        groups === 1 ? undefined : values / groups,
      );
}

/** A factor of columns before the convolution is one of their kernels. */
function convWeight(
  s: BlockBuilder,
  conv: string,
  columns: number,
  { taps, xScales = [] }: RecurrentShape,
): ValueId {
  const name = `${conv}.weight`;
  if (xScales.every(([, factor]) => factor === 1)) return s.vector(name, columns * taps);
  let from = 0;
  const parts = xScales.map(([count, times]) => {
    const slice = { from, of: columns * taps };
    from += count * taps;
    return { name, length: count * taps, slice, times };
  });
  return s.vectors(`${name}, scaled`, parts);
}
