/** Self-attention as a graph fragment, before fusion. */
import type { Node, ValueId } from '../graph/graph.ts';
import type { ViewTarget } from '../graph/builder.ts';
import type { HeadNormForm } from '../ops/heads/norm-form.ts';
import {
  type BlockBuilder,
  cacheRows,
  linear,
  type LinearNames,
  norm,
  parts,
  type RmsNormSpec,
  type TensorSlice,
} from './blocks.ts';

/** How queries and keys of a layer are rotated; see ops/rope. */
export interface RotaryInput {
  readonly table: ValueId;
  /** 0 rotates nothing. */
  readonly rotary: number;
  readonly pairs: boolean;
}

export interface AttentionShape {
  readonly heads: number;
  readonly kvHeads: number;
  readonly headWidth: number;
  readonly rope: RotaryInput;
  /** Scores are q·k·scale. */
  readonly scale: number;
  /** Tokens that a token attends to, itself included; all when absent. */
  readonly window?: number | undefined;
  /** Bound of the scores. */
  readonly softcap?: number | undefined;
  /** The keys and values of an earlier layer, which this one reads; its own when absent. */
  readonly shared?: KeysValues | undefined;
  /** Queries grow with their position; see ops/attention. */
  readonly growth?: QueryGrowth | undefined;
}

/** The states that a layer's keys and values are in. */
export interface KeysValues {
  readonly k: ValueId;
  readonly v: ValueId;
}

/** Scores of position p are multiplied by 1 + growth·ln(1 + ⌊p / growthEach⌋). */
export interface QueryGrowth {
  readonly growth: number;
  readonly growthEach: number;
}

/** Full names of an attention's tensors. */
export interface AttentionNames {
  /** q, k and v, or one tensor with all three, one below the other. */
  readonly qkv: readonly [string, string, string] | string;
  readonly out: string;
  /** Of q and k, where they are normalised. */
  readonly norms?: readonly [string, string] | undefined;
  readonly normForm: HeadNormForm;
  /** Heads of v are normalised too, without weights. */
  readonly valueNorm: boolean;
  /** A vector with a score of each head (ops/attention). */
  readonly sinks?: string | undefined;
  /** A matrix with a row for each head: its gate; or {@link PAIRED}. */
  readonly gate?: string | undefined;
  /** Of a norm of the heads' results, whole rows of them. */
  readonly before?: string | undefined;
  readonly nodes: string;
  readonly biases: { readonly qkv: boolean; readonly out: boolean };
  readonly norm: RmsNormSpec;
}

/** The rows of each head of q are followed by as many rows for the gates of its columns. */
export const PAIRED = 'paired';

/**
 * Self-attention on x[S, E] → [S, E]; keys and values go to rows P… of this layer's cache, or are those of another layer,
 * of which only the names of q are read. In encoders there is no cache.
 */
export function attention(
  s: BlockBuilder,
  x: ValueId,
  names: AttentionNames,
  shape: AttentionShape,
): { readonly out: ValueId; readonly caches: KeysValues } {
  const { heads, kvHeads, headWidth, rope, scale, window, softcap, growth } = shape;
  const { nodes, norms, biases, normForm: form } = names;
  const [qWidth, width] = [heads * headWidth, kvHeads * headWidth];
  // Each head of q is followed by its gate.
  const paired = (i: 0 | 1): TensorSlice => ({
    from: i * headWidth,
    of: 2 * qWidth,
    stretches: { height: headWidth, every: 2 * headWidth },
  });
  const [q, k, v] = parts(names.qkv, [qWidth, width, width]).map((part, i) => ({
    ...part,
    node: `${nodes}.${'qkv'[i]}`,
    bias: biases.qkv,
    ...(names.gate === PAIRED && i === 0 ? { slice: paired(0) } : {}),
  })) as [LinearNames, LinearNames, LinearNames];
  const normed = (part: ValueId, i: 0 | 1) => {
    if (norms === undefined) return part;
    const tensor = form === 'heads_rotated' ? undefined : norms[i];
    const width = form === 'row' ? undefined : headWidth;
    return norm(s, part, tensor, `${nodes}.${'qk'[i]}_norm`, names.norm, width);
  };
  // A rotation keeps the norm of a head, so only the weights must come after it.
  const gain = (i: 0 | 1): Node['inputs'] =>
    norms !== undefined && form === 'heads_rotated'
      ? { gain: s.vector(`${norms[i]}.weight`, headWidth) }
      : {};
  const rotation = { headWidth, rotary: rope.rotary, position: s.P, pairs: rope.pairs };
  const rotated = (part: ValueId, i: 0 | 1, place?: ViewTarget) =>
    s.b.node(
      'rope',
      `${nodes}.${'qk'[i]}_rope`,
      { x: normed(part, i), table: rope.table, ...gain(i) },
      rotation,
      place === undefined ? {} : { out: place },
    );
  const query = rotated(linear(s, x, q, qWidth), 0);
  const keysValues = (): KeysValues => {
    const quantised = s.cache === 'q8';
    const kept = quantised ? ({ dtype: 'kv8', group: headWidth } as const) : { dtype: s.activations };
    const cache = (name: string): ViewTarget => ({
      of: s.b.state(`${nodes}.${name}_cache`, { ...kept, shape: [cacheRows(s, window), width] }),
      row: s.P,
    });
    const [kPlace, vPlace] = s.spans === undefined ? [cache('k'), cache('v')] : [];
    const key = rotated(linear(s, x, k, width), 1, quantised ? undefined : kPlace);
    const place = quantised ? undefined : vPlace;
    const value = names.valueNorm ? normedValue(place) : linear(s, x, v, width, place);
    if (quantised && kPlace !== undefined && vPlace !== undefined) {
      s.b.node('quantise', `${nodes}.k_bytes`, { x: key }, { headWidth }, { out: kPlace });
      s.b.node('quantise', `${nodes}.v_bytes`, { x: value }, { headWidth }, { out: vPlace });
    }
    return { k: kPlace?.of ?? key, v: vPlace?.of ?? value };
  };
  // A rope without rotation writes rows where they belong.
  const normedValue = (place: ViewTarget | undefined) =>
    s.b.node(
      'rope',
      `${nodes}.v_put`,
      {
        x: norm(s, linear(s, x, v, width), undefined, `${nodes}.v_norm`, names.norm, headWidth),
        table: rope.table,
      },
      { ...rotation, rotary: 0 },
      place === undefined ? {} : { out: place },
    );
  const caches = shape.shared ?? keysValues();
  const gate = () => {
    const node = `${nodes}.head_gate`;
    if (names.gate === undefined) return undefined;
    if (names.gate !== PAIRED) return linear(s, x, { tensor: names.gate, node, bias: false }, heads);
    return linear(s, x, { tensor: q.tensor, node, bias: biases.qkv, slice: paired(1) }, qWidth);
  };
  const opened = gate();
  const gated: Node['inputs'] = opened === undefined ? {} : { gate: opened };
  const sunk: Node['inputs'] = names.sinks === undefined ? {} : { sinks: s.vector(names.sinks, heads) };
  const attended = s.b.node(
    'attention',
    `${nodes}.attention`,
    { q: query, ...caches, ...sunk, ...gated, ...(s.spans === undefined ? {} : { spans: s.spans }) },
    {
      headWidth,
      position: s.P,
      scale,
      ...(window === undefined ? {} : { window }),
      ...(softcap === undefined ? {} : { softcap }),
      ...growth,
    },
  );
  const out = { tensor: names.out, node: `${nodes}.o`, bias: biases.out };
  const toOut =
    names.before === undefined ? attended : norm(s, attended, names.before, `${nodes}.before_o`, names.norm);
  return { out: linear(s, toOut, out, s.b.typeOf(x).shape[1] as number), caches };
}
