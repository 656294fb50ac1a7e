/**
 * Numbers for each token and layer beside the residual stream (Gemma 3n, Gemma 4): rows of a second embedding table, which
 * is larger than the rest of the model and stays in the store, joined with a projection of the first embedding. A layer
 * gates its part of them by the stream and adds their projection to it. EmbeddingGemma 2 has the projection alone. Source:
 * transformers `models/gemma4/`, `models/embedding_gemma2/`.
 */
import type { ValueId } from '../graph/graph.ts';
import type { Activation } from '../ops/gate-mul/index.ts';
import { type BlockBuilder, linear, norm, type RmsNormSpec } from './blocks.ts';

/** Names in the checkpoint; the last three within a layer. Without `embedding` there is no table. */
export interface LayerInputNames {
  readonly embedding?: string;
  readonly projection: string;
  readonly norm: string;
  readonly gate: string;
  readonly out: string;
  readonly after: string;
}

export interface LayerInputSpec {
  readonly names: LayerInputNames;
  /** Rows of the table, if there is one. */
  readonly vocab: number;
  /** Numbers of a layer. */
  readonly width: number;
  readonly activation: Activation;
}

/** The numbers of all layers, act[S, layers · width]. */
export interface LayerInputs extends LayerInputSpec {
  readonly value: ValueId;
}

/**
 * (norm(x · Wᵀ / √hidden) + √width · row) / √2, normalised by layers, for the scaled embedding x[S, hidden]; the norm alone
 * without a table. A factor of the
 * norm's input only changes its eps, one of its result its weights.
 */
export function layerInputs(
  s: BlockBuilder,
  x: ValueId,
  layers: number,
  spec: LayerInputSpec,
  { eps }: RmsNormSpec,
): LayerInputs {
  const { names, vocab, width } = spec;
  const hidden = s.b.typeOf(x).shape[1] as number;
  const normed = (times: number) => {
    const projection = { tensor: names.projection, node: 'layer_projection', bias: false };
    const projected = linear(s, x, projection, layers * width);
    return norm(s, projected, names.norm, 'layer_norm', { eps: eps * hidden, times }, width);
  };
  if (names.embedding === undefined) return { ...spec, value: normed(1) };
  const table = s.pages(`${names.embedding}.weight`, vocab, layers * width);
  const scale = Math.sqrt(width / 2);
  const rows = s.b.node('embed', 'layer_embed', { table }, { scale, dtype: s.activations });
  const value = s.b.node('add', 'layer_inputs', { a: rows, b: normed(Math.SQRT1_2) }, {});
  return { ...spec, value };
}

/** What layer i adds to the stream x[S, hidden], before its norm. */
export function addLayerInput(
  s: BlockBuilder,
  x: ValueId,
  i: number,
  { names, width, activation, value }: LayerInputs,
  { full, nodes }: { full(name: string): string; nodes: string },
): ValueId {
  const gate = linear(s, x, { tensor: full(names.gate), node: `${nodes}.input_gate`, bias: false }, width);
  const attributes = { activation, column: i * width };
  const gated = s.b.node('gate_mul', `${nodes}.input_gated`, { gate, up: value }, attributes);
  const hidden = s.b.typeOf(x).shape[1] as number;
  return linear(s, gated, { tensor: full(names.out), node: `${nodes}.input_out`, bias: false }, hidden);
}
