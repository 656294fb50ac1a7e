/**
 * An op is a *meaning*: its inputs by name, how shapes follow from shapes, and a CPU reference that
 * says what the numbers are. How it is computed on a GPU is a kernel's business (`kernels/`).
 *
 * Contract of all ops, `?` marks optional inputs, act = activation dtype (f32 or f16):
 *
 *   embed     ids u32[S], table any[V,E] → out act[S,E]                       {scale, dtype: act}
 *   rmsnorm   x act[M,E], weight f32[E], residual? act[M,E] → out act[M,E]    {eps, headWidth?}
 *             headWidth: weight f32[headWidth], each head by itself; residual as in linear
 *   linear    x act[M,K], weight any[N,K], bias? f32[N], norm? f32[K], residual? act[M,N] → out act[M,N]
 *             {eps?, row?: Dim}   norm: x is RMS-normalised with eps first; residual is added in place
 *             (out shares its memory, so it must not be read later); row: only that row of x, M becomes 1
 *   rope      x act[S,n·D], table f32[C,rotary] → out act[S,n·D]              {headWidth, rotary, position: Dim, pairs}
 *             pairs false: mixes i with i + rotary/2 (Hugging Face); true: 2i with 2i+1 (weights reordered, or
 *             published so); rotary 0 turns nothing
 *   quantise  x act[S,G·D] → out kv8[S,G·D] (a view)                          {headWidth}   tensor/kv8.ts
 *   attention q act[S,H·D], k act|kv8[C,G·D], v as k → out act[S,H·D]         {headWidth, position: Dim, scale, window?, softcap?}
 *             causal: row s sees positions 0 … position + s, of these the last `window` (0: all), position t in
 *             cache row t, or of a ring t mod its rows (graph/rings.ts);
 *             scores are bounded by softcap·tanh(score / softcap) (0: not)
 *   gate_mul  gate act[M,F], up act[M,F] → out act[M,F]                       {activation: silu | gelu_tanh}
 *   add       a, b act[M,N] → out act[M,N]
 *   last_row  x act[S,E] → out act[1,E]
 *   softcap   x act[M,N] → out act[M,N]                                       {cap}
 *   argmax    x act[M,V] → out u32[M]      the smallest id among equals
 *   penalise  x act[1,V], sampling u32[1,8], history u32[1,C] → out f32[1,V], maxima f32[1,⌈V/256⌉]  {tokens: Dim}
 *             logits of ids in history[0 … tokens) are penalised; the maximum of every 256
 *   sample    x f32[1,V], maxima f32[1,⌈V/256⌉], sampling u32[1,8] → out u32[1]    {position: Dim}
 *             the next id by engine/sampling/sample.ts
 * made by passes:
 *   qkv       x act[S,K], weight any[(H+2G)·D, K] (q and k rows in pairs as rope turns them), bias? f32[N], norm? f32[K],
 *             table f32[C,rotary] → q act[S,H·D], k act[S,G·D] (a view), v act[S,G·D] (a view)
 *             {heads, kvHeads, headWidth, rotary, position: Dim, eps?}
 *   heads     x act[S,(H+2G)·D], q_norm? f32[D], k_norm? f32[D], table f32[C,rotary] → q, k, v as in qkv
 *             {heads, kvHeads, headWidth, rotary, position: Dim, pairs, eps?, kv8?}   kv8: k and v are quantised
 *   gated     x act[M,K], weight any[2F,K] (gate and up interleaved), norm? f32[K] → out act[M,F]
 *             {activation, eps?}
 */
import type { Binding } from '../../symbolic/evaluate.ts';
import type { HostTensor, TensorType } from '../../tensor/tensor.ts';
import type { Attribute } from '../graph.ts';

export type Types = Readonly<Record<string, TensorType>>;
export type Tensors = Readonly<Record<string, HostTensor>>;
export type Attributes = Readonly<Record<string, Attribute>>;

export interface Op {
  readonly name: string;
  readonly inputs: readonly string[];
  readonly optional?: readonly string[];
  readonly outputs: readonly string[];
  /** Types of the outputs; throws a LinnetError naming the op when the inputs do not fit. */
  infer(inputs: Types, attributes: Attributes): Types;
  /** f32 arithmetic in f64 accumulators. Weights of any dtype arrive as the f32 they stand for. */
  reference(inputs: Tensors, attributes: Attributes, binding: Binding): Tensors;
  /** Shapes worth testing: the smallest, odd sizes, group tails, the sizes of real models. */
  readonly cases: readonly OpCase[];
}

/** One row of the table that serves correctness, fuzz and speed (kernels' GPU tests read it). */
export interface OpCase {
  readonly name: string;
  readonly inputs: Types;
  readonly attributes: Attributes;
  readonly binding: Binding;
  /** Numbers of inputs that random ones would not do for; such inputs keep their element type. */
  readonly given?: Readonly<Record<string, Float32Array | Uint32Array>>;
  /** `heavy` rows run on demand only. */
  readonly heavy?: boolean;
}
