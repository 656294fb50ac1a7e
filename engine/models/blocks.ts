/**
 * Blocks: the graph fragments that decoder models are made of, in their plain form. The passes fuse them
 * (`graph/passes`); a model file only says which block reads which checkpoint names.
 */
import type { Poly } from '../symbolic/dim.ts';
import { type ActivationDType, isGrouped, type TensorType, type WeightDType } from '../tensor/tensor.ts';
import type { GraphBuilder, Place } from '../graph/builder.ts';
import type { Node, ValueId } from '../graph/graph.ts';

/** A tensor that the checkpoint must have, with the shape it must have there. */
export interface CheckpointTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly kind: 'matrix' | 'vector';
}

/** How a matrix of weights is stored on the GPU. */
export interface WeightType {
  readonly dtype: WeightDType;
  readonly group?: number;
}

/** What all blocks of one model share. */
export interface Site {
  readonly b: GraphBuilder;
  readonly S: Poly;
  readonly P: Poly;
  readonly C: Poly;
  readonly activations: ActivationDType;
  /** Declares a checkpoint tensor and gives its value; the second time the same one. */
  matrix(name: string, rows: number, cols: number): ValueId;
  vector(name: string, length: number): ValueId;
}

export function site(
  base: Pick<Site, 'b' | 'S' | 'P' | 'C' | 'activations'>,
  weights: (tensor: string, shape: readonly number[]) => WeightType,
  tensors: CheckpointTensor[],
): Site {
  const declare = (tensor: CheckpointTensor, type: () => TensorType): ValueId => {
    if (tensors.every((t) => t.name !== tensor.name)) tensors.push(tensor);
    return base.b.weight(tensor.name, type());
  };
  return {
    ...base,
    matrix: (name, rows, cols) => {
      const shape = [rows, cols];
      return declare({ name, shape, kind: 'matrix' }, () => {
        const { dtype, group } = weights(name, shape);
        return { dtype, shape, ...(isGrouped(dtype) ? { group: group ?? 32 } : {}) };
      });
    },
    vector: (name, length) =>
      declare({ name, shape: [length], kind: 'vector' }, () => ({ dtype: 'f32', shape: [length] })),
  };
}

export interface LinearNames {
  /** Checkpoint prefix: `<prefix>.weight`, `<prefix>.bias`. */
  readonly tensor: string;
  readonly node: string;
  readonly bias: boolean;
}

/** x[M, inWidth] → [M, outWidth], into rows of a state when there is a place. */
export function linear(s: Site, x: ValueId, names: LinearNames, outWidth: number, place?: Place): ValueId {
  const inWidth = s.b.typeOf(x).shape[1] as number;
  const weight = s.matrix(`${names.tensor}.weight`, outWidth, inWidth);
  const inputs: Node['inputs'] = names.bias
    ? { x, weight, bias: s.vector(`${names.tensor}.bias`, outWidth) }
    : { x, weight };
  return s.b.node('linear', names.node, inputs, {}, place === undefined ? {} : { out: place });
}

export function norm(s: Site, x: ValueId, tensor: string, node: string, eps: number): ValueId {
  const weight = s.vector(`${tensor}.weight`, s.b.typeOf(x).shape[1] as number);
  return s.b.node('rmsnorm', node, { x, weight }, { eps });
}

export interface AttentionShape {
  readonly heads: number;
  readonly kvHeads: number;
  readonly headWidth: number;
  readonly rotary: number;
  readonly biases: { readonly qkv: boolean; readonly out: boolean };
}

/** Self-attention on normalised x[S, E] → [S, E]; keys and values go to rows P… of this layer's cache. */
export function attention(
  s: Site,
  x: ValueId,
  rope: ValueId,
  at: { tensors: string; nodes: string },
  shape: AttentionShape,
): ValueId {
  const { heads, kvHeads, headWidth, rotary, biases } = shape;
  const width = kvHeads * headWidth;
  const cache = (name: string) =>
    s.b.state(`${at.nodes}.${name}_cache`, { dtype: s.activations, shape: [s.C, width] });
  const [kCache, vCache] = [cache('k'), cache('v')];
  const names = (part: string): LinearNames => ({
    tensor: `${at.tensors}.${part}_proj`,
    node: `${at.nodes}.${part}`,
    bias: part === 'o' ? biases.out : biases.qkv,
  });
  const turn = { headWidth, rotary, position: s.P, pairs: false };

  const q = linear(s, x, names('q'), heads * headWidth);
  const k = linear(s, x, names('k'), width);
  const qTurned = s.b.node('rope', `${at.nodes}.q_rope`, { x: q, table: rope }, turn);
  s.b.node('rope', `${at.nodes}.k_rope`, { x: k, table: rope }, turn, { out: { of: kCache, row: s.P } });
  linear(s, x, names('v'), width, { of: vCache, row: s.P });
  const scale = 1 / Math.sqrt(headWidth);
  const mixed = s.b.node(
    'attention',
    `${at.nodes}.attention`,
    { q: qTurned, k: kCache, v: vCache },
    { headWidth, position: s.P, scale },
  );
  return linear(s, mixed, names('o'), s.b.typeOf(x).shape[1] as number);
}

/** SwiGLU on normalised x[S, E] → [S, E], through width F. */
export function mlp(
  s: Site,
  x: ValueId,
  at: { tensors: string; nodes: string },
  shape: { ffn: number; bias: boolean },
): ValueId {
  const names = (part: string): LinearNames => ({
    tensor: `${at.tensors}.${part}_proj`,
    node: `${at.nodes}.${part}`,
    bias: shape.bias,
  });
  const gate = linear(s, x, names('gate'), shape.ffn);
  const up = linear(s, x, names('up'), shape.ffn);
  const inner = s.b.node('gate_mul', `${at.nodes}.gate_mul`, { gate, up }, {});
  return linear(s, inner, names('down'), s.b.typeOf(x).shape[1] as number);
}
