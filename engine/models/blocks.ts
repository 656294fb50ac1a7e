/**
 * Blocks: the graph fragments of decoder models, before fusion (`graph/passes` fuses them). A model file only says
 * which block reads which checkpoint tensors.
 */
import type { Dim, Poly } from '../symbolic/dim.ts';
import { type ActivationDType, hasGroup, type TensorType, type WeightDType } from '../tensor/tensor.ts';
import type { GraphBuilder, ViewTarget } from '../graph/builder.ts';
import type { Node, ValueId, WeightRows } from '../graph/graph.ts';
import type { Activation } from '../ops/gate-mul/index.ts';

/** A tensor that the checkpoint must have, and its shape there. */
export interface RequiredTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly kind: 'matrix' | 'vector';
}

/** How a weight matrix is stored on the GPU. */
export interface WeightType {
  readonly dtype: WeightDType;
  readonly group?: number;
}

/** Rows of a checkpoint tensor that stores several matrices. */
export interface TensorSlice {
  readonly from: number;
  /** Rows of the whole tensor. */
  readonly of: number;
  /** The rows are in stretches of `height`, of which each begins `every` rows after the one before. */
  readonly stretches?: { readonly height: number; readonly every: number };
}

/** How keys and values are stored: in the dtype of activations, or in 8 bits (tensor/kv8.ts). */
export type CacheForm = 'plain' | 'q8';

/** Shared by all blocks of one model. */
export interface BlockBuilder {
  readonly b: GraphBuilder;
  /** New tokens. */
  readonly S: Poly;
  /** Past tokens; 0 in encoders. */
  readonly P: Dim;
  /** The slots of states that a run reads and writes (graph/slots.ts), and their number. */
  readonly R: Poly;
  readonly W: Poly;
  readonly slots: number;
  readonly C: Poly;
  /** Passages of a run; 0 but in encoders. */
  readonly B: Dim;
  /** The rows that each row attends to, where they are those of the run: u32[S,2] (ops/attention). */
  readonly spans?: ValueId | undefined;
  /** The bound of C. */
  readonly capacity: number;
  /** Cache rows that layers with a window keep beyond the window. */
  readonly reach: number;
  readonly activations: ActivationDType;
  readonly cache: CacheForm;
  /** Declares a checkpoint tensor and returns its value; a second declaration returns the same value. */
  matrix(name: string, rows: number, cols: number, slice?: TensorSlice): ValueId;
  /** Declares a matrix that stays in the store; the value has its rows for the run's ids, [S, cols]. */
  pages(name: string, rows: number, cols: number): ValueId;
  /** Each number of the checkpoint is increased by `plus`, then multiplied by `times`. */
  vector(name: string, length: number, more?: VectorChange & { slice?: TensorSlice | undefined }): ValueId;
  /** Several vectors one after the other. */
  vectors(name: string, parts: readonly VectorPart[]): ValueId;
}

/** A change of a vector's numbers at upload: number + `plus`, times `times`. */
export interface VectorChange {
  readonly plus?: number;
  readonly times?: number;
}

/** A vector of the checkpoint, or a slice of it. */
export interface VectorPart extends VectorChange {
  readonly name: string;
  readonly length: number;
  readonly slice?: TensorSlice;
}

export function blockBuilder(
  base: Omit<BlockBuilder, 'matrix' | 'pages' | 'vector' | 'vectors'>,
  weights: (tensor: string, shape: readonly number[]) => WeightType,
  tensors: RequiredTensor[],
): BlockBuilder {
  const declare = (tensor: RequiredTensor): void => {
    if (tensors.every((t) => t.name !== tensor.name)) tensors.push(tensor);
  };
  const value = (
    tensor: string,
    type: TensorType,
    slice: TensorSlice | undefined,
    change: VectorChange = {},
  ): ValueId => {
    const count = type.shape[0] as number;
    const every = slice?.stretches === undefined ? '' : `/${slice.stretches.every}`;
    const name = slice === undefined ? tensor : `${tensor}[${slice.from}…${slice.from + count}${every}]`;
    return base.b.weight(name, type, weightRows(tensor, count, slice, change));
  };
  const typeIn = (name: string, whole: readonly number[], shape: readonly Dim[]): TensorType => {
    const { dtype, group } = weights(name, whole);
    return { dtype, shape, ...(hasGroup(dtype) ? { group: group ?? 32 } : {}) };
  };
  return {
    ...base,
    pages: (name, rows, cols) => {
      declare({ name, shape: [rows, cols], kind: 'matrix' });
      return base.b.pages(name, typeIn(name, [rows, cols], [base.S, cols]));
    },
    matrix: (name, rows, cols, slice) => {
      const whole = [slice?.of ?? rows, cols];
      declare({ name, shape: whole, kind: 'matrix' });
      return value(name, typeIn(name, whole, [rows, cols]), slice);
    },
    vector: (name, length, { slice, ...change } = {}) => {
      declare({ name, shape: [slice?.of ?? length], kind: 'vector' });
      return value(name, { dtype: 'f32', shape: [length] }, slice, change);
    },
    vectors: (name, parts) => {
      for (const { name: part, length, slice } of parts) {
        declare({ name: part, shape: [slice?.of ?? length], kind: 'vector' });
      }
      const all = parts.reduce((sum, { length }) => sum + length, 0);
      return base.b.weight(
        name,
        { dtype: 'f32', shape: [all] },
        {
          kind: 'concat',
          parts: parts.map(({ name: part, length, slice, ...change }) =>
            weightRows(part, length, slice, change),
          ),
        },
      );
    },
  };
}

/** `count` rows of a tensor, or of its slice. */
function weightRows(
  tensor: string,
  count: number,
  slice: TensorSlice | undefined,
  { plus = 0, times = 1 }: VectorChange,
): WeightRows {
  const rows = (from: number, height: number): WeightRows => ({
    kind: 'tensor',
    tensor,
    ...(slice === undefined ? {} : { slice: { from, count: height } }),
    ...(plus === 0 ? {} : { plus }),
    ...(times === 1 ? {} : { times }),
  });
  const { from = 0, stretches } = slice ?? {};
  if (stretches === undefined) return rows(from, count);
  const { height, every } = stretches;
  const parts = Array.from({ length: count / height }, (_, i) => rows(from + i * every, height));
  return { kind: 'concat', parts };
}

export interface LinearNames {
  /** Checkpoint prefix: `<prefix>.weight`, `<prefix>.bias`. */
  readonly tensor: string;
  readonly node: string;
  readonly bias: boolean;
  readonly slice?: TensorSlice;
}

/** x[M, inWidth] → [M, outWidth], written to rows of a state where `place` is given. */
export function linear(
  s: BlockBuilder,
  x: ValueId,
  names: LinearNames,
  outWidth: number,
  place?: ViewTarget,
): ValueId {
  const { tensor, slice } = names;
  const inWidth = s.b.typeOf(x).shape[1] as number;
  const weight = s.matrix(`${tensor}.weight`, outWidth, inWidth, slice);
  const inputs: Node['inputs'] = names.bias
    ? { x, weight, bias: s.vector(`${tensor}.bias`, outWidth, { slice }) }
    : { x, weight };
  return s.b.node('linear', names.node, inputs, {}, place === undefined ? {} : { out: place });
}

/** The change is that of the checkpoint's weights. */
export interface RmsNormSpec extends VectorChange {
  readonly eps: number;
  /** Each head has weights of its own: those of a whole row. */
  readonly ownWeights?: boolean;
}

/**
 * RMS normalisation of rows, or of each head of `headWidth` columns separately; without a `tensor` the result has no
 * weights.
 */
export function norm(
  s: BlockBuilder,
  x: ValueId,
  tensor: string | undefined,
  node: string,
  { eps, ownWeights = false, ...change }: RmsNormSpec,
  headWidth?: number,
): ValueId {
  const length = ownWeights || headWidth === undefined ? (s.b.typeOf(x).shape[1] as number) : headWidth;
  const inputs: Node['inputs'] =
    tensor === undefined ? { x } : { x, weight: s.vector(`${tensor}.weight`, length, change) };
  return s.b.node('rmsnorm', node, inputs, { eps, ...(headWidth === undefined ? {} : { headWidth }) });
}

/** Full names of a convolution's tensors. */
export interface ShortConvNames {
  /** One tensor with the three inputs B, C and u, one below the other. */
  readonly in: string;
  readonly kernel: string;
  readonly out: string;
  readonly node: string;
  readonly bias: boolean;
}

/** Gated convolution over `taps` tokens on normalised x[S, E] → [S, E]; its products go to rows P… of its state. */
export function shortConv(s: BlockBuilder, x: ValueId, names: ShortConvNames, taps: number): ValueId {
  const { node, bias } = names;
  const width = s.b.typeOf(x).shape[1] as number;
  const inputs = linear(s, x, { tensor: names.in, node: `${node}.conv_in`, bias }, 3 * width);
  const type = { dtype: s.activations, shape: [cacheRows(s, taps), width] } as const;
  const past = s.b.state(`${node}.conv_cache`, type);
  const { out } = s.b.nodes(
    'short_conv',
    `${node}.conv`,
    {
      x: inputs,
      past,
      weight: s.vector(`${names.kernel}.weight`, width * taps),
      ...(bias ? { bias: s.vector(`${names.kernel}.bias`, width) } : {}),
    },
    { taps, position: s.P },
    { tail: { of: past, row: s.P } },
  );
  return linear(s, out as ValueId, { tensor: names.out, node: `${node}.conv_out`, bias }, width);
}

/** A layer with a window keeps only the rows that it may need again, where that is less than all (graph/rings.ts). */
export function cacheRows(s: BlockBuilder, window: number | undefined): Dim {
  return window === undefined || window + s.reach >= s.capacity ? s.C : window + s.reach;
}

export interface MlpNames {
  /** Gate and up, or one tensor with both, gate first. */
  readonly gateUp: readonly [string, string] | string;
  readonly down: string;
  /** A norm of what `down` reads. */
  readonly inner?: { readonly tensor: string; readonly norm: RmsNormSpec } | undefined;
  readonly nodes: string;
  readonly bias: boolean;
}

/** Gated feed-forward on normalised x[S, E] → [S, E], through width F. */
export function mlp(
  s: BlockBuilder,
  x: ValueId,
  { gateUp, down, inner: before, nodes, bias }: MlpNames,
  shape: { ffn: number; activation: Activation },
): ValueId {
  const { ffn, activation } = shape;
  const [gate, up] = parts(gateUp, [ffn, ffn]).map((part, i) =>
    linear(s, x, { ...part, node: `${nodes}.${['gate', 'up'][i]}`, bias }, ffn),
  ) as [ValueId, ValueId];
  const inner = s.b.node('gate_mul', `${nodes}.gate_mul`, { gate, up }, { activation });
  const width = s.b.typeOf(x).shape[1] as number;
  const normed = before ? norm(s, inner, before.tensor, `${nodes}.before_down`, before.norm) : inner;
  return linear(s, normed, { tensor: down, node: `${nodes}.down`, bias }, width);
}

/** The tensor and slice of each of several matrices: a tensor each, or rows of a shared tensor in order. */
export function parts(
  names: readonly string[] | string,
  heights: readonly number[],
): { tensor: string; slice?: TensorSlice }[] {
  const of = heights.reduce((a, b) => a + b, 0);
  const above = (i: number) => heights.slice(0, i).reduce((a, b) => a + b, 0);
  return heights.map((_, i) =>
    typeof names === 'string'
      ? { tensor: names, slice: { from: above(i), of } }
      : { tensor: names[i] as string },
  );
}
