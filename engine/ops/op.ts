/**
 * An op: its meaning (inputs by name, shape inference, a CPU reference), the cases that test it, and the kernels that
 * compute it on a GPU. One folder per op; `list.ts` names them all.
 *
 * The first comment of an op's `index.ts` gives its contract in one notation. `?` marks an optional input, `act` is the
 * dtype of activations (f32 or f16), `any` a dtype of weights, and braces hold the attributes:
 *
 *   x act[M,K], weight any[N,K], bias? f32[N] → out act[M,N]   {eps?}
 *
 * Letters: S new tokens, P past tokens, B passages, C cache capacity, E hidden width, H query heads, G key/value heads, D head
 * width, F feed-forward width, V vocabulary; M, N, K any sizes.
 */
import type { Kernel } from '../kernels/kernel.ts';
import type { Binding } from '../symbolic/evaluate.ts';
import type { Attributes, Tensors, Types } from '../tensor/signature.ts';

export interface Op {
  /** As graphs name it: `gate_mul`. Its folder is `gate-mul`. */
  readonly name: string;
  readonly inputs: readonly string[];
  readonly optional?: readonly string[];
  readonly outputs: readonly string[];
  /** Those that only some nodes have, by their attributes. */
  readonly optionalOutputs?: readonly string[];
  /** Types of the outputs. Throws an EngineError that names the op when the inputs do not fit. */
  infer(inputs: Types, attributes: Attributes): Types;
  /** Computes in f32 with f64 accumulators. Weights of any dtype arrive as the f32 numbers they encode. */
  reference(inputs: Tensors, attributes: Attributes, binding: Binding): Tensors;
  /** Shapes worth testing: the smallest, odd sizes, group tails, the sizes of real models. */
  readonly cases: readonly OpCase[];
  /** Most specialised first: a node gets the first kernel that accepts it. */
  readonly kernels: readonly Kernel[];
}

/** One row of the table that serves correctness, fuzz and speed tests. */
export interface OpCase {
  readonly name: string;
  readonly inputs: Types;
  readonly attributes: Attributes;
  readonly binding: Binding;
  /** Values of inputs for which random numbers will not do; these inputs keep their element type. */
  readonly given?: Readonly<Record<string, Float32Array | Uint32Array>>;
  /** `heavy` cases run on demand only. */
  readonly heavy?: boolean;
}
