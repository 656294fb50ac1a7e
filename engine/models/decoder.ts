/**
 * The decoder that all families share: embedding, layers of attention and feed-forward on a residual stream, head. A
 * family describes its differences from Llama in a {@link DecoderSpec}; an absent field means as in Llama.
 */
import { invariant } from '../base/errors.ts';
import type { Node, ValueId } from '../graph/graph.ts';
import type { ConstantTable } from '../ops/rope/table.ts';
import type { Activation } from '../ops/gate-mul/index.ts';
import type { HeadNormForm } from '../ops/heads/norm-form.ts';
import { linear, mlp, type RmsNormSpec, norm, type BlockBuilder, shortConv } from './blocks.ts';
import { attention, type KeysValues, type QueryGrowth, type RotaryInput, PAIRED } from './attention.ts';
import type { ModelDims } from './architecture.ts';
import { pooled } from './encoder.ts';
import { type RecurrentLayer, recurrent, recurrentOut, recurrentRows } from './recurrent.ts';
import { addLayerInput, type LayerInputs, type LayerInputSpec, layerInputs } from './layer-inputs.ts';

/** Checkpoint names, without `.weight` and `.bias`. */
export interface TensorNames {
  readonly embedding: string;
  /** Prefix of layers: `<layers>.0.<name within a layer>`. */
  readonly layers: string;
  readonly finalNorm: string;
  readonly head: string;
  /** Norms of a block's input; a family without them has norms of results. */
  readonly attentionNorm?: string;
  readonly mlpNorm?: string;
  /** Norms of a block's result, before it is added to the stream. */
  readonly afterAttention?: string;
  readonly afterMlp?: string;
  /** A number that multiplies the stream after a layer: the whole name of a vector. */
  readonly layerScale?: string;
  /** q, k and v, or one tensor with all three. */
  readonly qkv: readonly [string, string, string] | string;
  /** Norms of q and k; see `headNormForm`. */
  readonly headNorms?: readonly [string, string];
  /** A score of each head without a value: the whole name of a vector. */
  readonly sinks?: string;
  /** A row for each head, whose sigmoid multiplies the head's result; or {@link PAIRED}. */
  readonly gate?: string | undefined;
  readonly out: string;
  /** Norms of what the last product of a block reads. */
  readonly beforeOut?: string;
  readonly beforeDown?: string;
  /** Of layers with a convolution in place of attention: its inputs, its kernel, its result. */
  readonly conv?: { readonly in: string; readonly kernel: string; readonly out: string };
  /** Gate and up, or one tensor with both. */
  readonly gateUp: readonly [string, string] | string;
  readonly down: string;
}

export const LLAMA_NAMES = {
  embedding: 'model.embed_tokens',
  layers: 'model.layers',
  finalNorm: 'model.norm',
  head: 'lm_head',
  attentionNorm: 'input_layernorm',
  mlpNorm: 'post_attention_layernorm',
  qkv: ['self_attn.q_proj', 'self_attn.k_proj', 'self_attn.v_proj'],
  out: 'self_attn.o_proj',
  gateUp: ['mlp.gate_proj', 'mlp.up_proj'],
  down: 'mlp.down_proj',
} as const satisfies TensorNames;

export const HEAD_NORMS: Pick<TensorNames, 'headNorms'> = {
  headNorms: ['self_attn.q_norm', 'self_attn.k_norm'],
};

/** The table that rotates a layer's queries and keys; layers with equal names share it. */
export interface LayerRope {
  readonly name: string;
  readonly table: ConstantTable;
  /** Rotated elements of a head; 0 rotates none. */
  readonly rotary: number;
  /** Rotates neighbours instead of halves. */
  readonly pairs?: boolean;
}

/** What differs by layer from the sizes of the model. */
export interface LayerShape {
  readonly headWidth?: number;
  readonly kvHeads?: number;
  readonly ffn?: number;
  /** The earlier layer whose keys and values this one reads; it has none of its own. */
  readonly kvOf?: number | undefined;
}

export interface DecoderSpec {
  readonly names: TensorNames;
  readonly norm: RmsNormSpec;
  readonly ffn: number;
  /** The head uses the embedding's weights. */
  readonly tied: boolean;
  /** The taps of a layer with a convolution in place of attention. */
  convTaps?(layer: number): number | undefined;
  /** A layer with a carried matrix in place of attention; `prefix` begins the names of its tensors. */
  recurrent?(layer: number, prefix: string): RecurrentLayer | undefined;
  /** A carried matrix beside attention, on the same input; both are added. */
  beside?(layer: number, prefix: string): RecurrentLayer | undefined;
  shape?(layer: number): LayerShape;
  /** Numbers for each token and layer beside the stream. */
  readonly layerInputs?: LayerInputSpec | undefined;
  rope(layer: number): LayerRope;
  /** Tokens that a token of that layer attends to, itself included; all when undefined. */
  window?(layer: number): number | undefined;
  readonly activation?: Activation;
  readonly biases?: {
    readonly qkv?: boolean;
    readonly out?: boolean;
    readonly mlp?: boolean;
    readonly conv?: boolean;
  };
  /** Heads of v are normalised, without weights. */
  readonly valueNorm?: boolean;
  /** `heads` when absent. */
  readonly headNormForm?: HeadNormForm;
  readonly embedScale?: number;
  /** Multiply the inputs of blocks; 1 when absent. */
  readonly inputScales?: { readonly attention: number; readonly mlp: number };
  /** Multiplies the result of each block before it is added to the stream. */
  readonly residualScale?: number;
  /** Multiplies logits. */
  readonly logitScale?: number;
  /** Scale of attention scores; 1/√headWidth when absent. */
  readonly scale?: number;
  readonly queryGrowth?: QueryGrowth | undefined;
  readonly scoreCap?: number | undefined;
  readonly logitCap?: number | undefined;
}

/** Input `ids` u32[S]; outputs `logits` act[1,V] and `best` u32[1], or those of an encoder. */
export function buildDecoder(s: BlockBuilder, dims: ModelDims, d: DecoderSpec): void {
  const { hidden, vocab, layers } = dims;
  const ids = s.b.input('ids', { dtype: 'u32', shape: [s.S] });
  const ropes = ropesOf(s, d, layers);
  const table = s.matrix(`${d.names.embedding}.weight`, vocab, hidden);
  const scale = (d.embedScale ?? 1) / (d.residualScale ?? 1);
  let x = s.b.node('embed', 'embed', { ids, table }, { scale, dtype: s.activations });
  const inputs = d.layerInputs && layerInputs(s, x, layers, d.layerInputs, d.norm);
  const caches: KeysValues[] = [];
  for (let i = 0; i < layers; i++)
    x = layer(s, x, i, dims, d, { rope: ropes[i] as RotaryInput, inputs, caches });
  if (dims.embeds === undefined) head(s, x, vocab, d);
  else pooled(s, norm(s, x, d.names.finalNorm, 'norm', streamNorm(d)), dims.embeds);
}

/**
 * The norm of the stream. Where blocks are added with a factor r, the stream x here is that of the model divided by r, so
 * that blocks are added as they are: norm(r·x, eps) = norm(x, eps / r²).
 */
function streamNorm({ norm: { eps, ...weights }, residualScale = 1 }: DecoderSpec): RmsNormSpec {
  return { ...weights, eps: eps / residualScale ** 2 };
}

/** The factor of a block's input, where there is one. */
function timesOf({ inputScales }: DecoderSpec, part: 'attention' | 'mlp'): { times?: number } {
  return inputScales === undefined ? {} : { times: inputScales[part] };
}

/** What layers share. */
interface LayerParts {
  readonly rope: RotaryInput;
  readonly inputs: LayerInputs | undefined;
  /** By layer, of those before. */
  readonly caches: KeysValues[];
}

/** One layer of the residual stream: x + block(norm(x)), twice. */
function layer(
  s: BlockBuilder,
  x: ValueId,
  i: number,
  dims: ModelDims,
  d: DecoderSpec,
  parts: LayerParts,
): ValueId {
  const { names, biases = {} } = d;
  const { inputs } = parts;
  const nodes = `layers.${i}`;
  const full = fullNames(names, i);
  const added = (to: ValueId, made: ValueId, part: string, after: string | undefined, last = false) => {
    const b = after === undefined ? made : norm(s, made, full(after), `${nodes}.${part}_after`, d.norm);
    const scaled: Node['inputs'] =
      last && names.layerScale !== undefined ? { scale: s.vector(full(names.layerScale), 1) } : {};
    return s.b.node('add', `${nodes}.${part}_add`, { a: to, b, ...scaled }, {});
  };
  const before = (of: ValueId, part: 'attention' | 'mlp', tensor: string | undefined) =>
    tensor === undefined
      ? of
      : norm(s, of, full(tensor), `${nodes}.${part}_norm`, { ...streamNorm(d), ...timesOf(d, part) });
  const a = before(x, 'attention', names.attentionNorm);
  // Its products of the input come before attention adds to the stream, which is written in place.
  const carried = d.beside?.(i, `${names.layers}.${i}`);
  const rows = carried && recurrentRows(s, a, nodes, carried);
  const mixed = mix(s, a, i, dims, d, parts);
  const attended = added(x, mixed, 'attention', names.afterAttention);
  const y =
    carried === undefined || rows === undefined
      ? attended
      : added(attended, recurrentOut(s, rows, nodes, carried, dims.hidden), 'scan', undefined);
  const m = before(y, 'mlp', names.mlpNorm);
  const inner = mlp(
    s,
    m,
    {
      gateUp: full(names.gateUp),
      down: full(names.down),
      inner: names.beforeDown === undefined ? undefined : { tensor: full(names.beforeDown), norm: d.norm },
      nodes,
      bias: biases.mlp ?? false,
    },
    { ffn: d.shape?.(i).ffn ?? d.ffn, activation: d.activation ?? 'silu' },
  );
  const z = added(y, inner, 'mlp', names.afterMlp, inputs === undefined);
  if (inputs === undefined) return z;
  const { after } = inputs.names;
  return added(z, addLayerInput(s, z, i, inputs, { full, nodes }), 'input', after, true);
}

/** What mixes the tokens of a layer: attention, a convolution, or a carried matrix. */
function mix(
  s: BlockBuilder,
  x: ValueId,
  i: number,
  dims: ModelDims,
  d: DecoderSpec,
  parts: LayerParts,
): ValueId {
  const carried = d.recurrent?.(i, `${d.names.layers}.${i}`);
  if (carried !== undefined) return recurrent(s, x, `layers.${i}`, carried);
  const taps = d.convTaps?.(i);
  return taps === undefined ? attend(s, x, i, dims, d, parts) : convolve(s, x, i, d, taps);
}

/** Returns a function that gives the checkpoint names of layer `i`. */
function fullNames({ layers }: TensorNames, i: number) {
  return <T extends readonly string[] | string>(part: T): T => {
    const one = (name: string) => `${layers}.${i}.${name}`;
    return (typeof part === 'string' ? one(part) : part.map(one)) as T;
  };
}

function attend(
  s: BlockBuilder,
  x: ValueId,
  i: number,
  dims: ModelDims,
  d: DecoderSpec,
  { rope, caches }: LayerParts,
): ValueId {
  const { names, biases = {} } = d;
  const full = fullNames(names, i);
  const { headWidth = dims.headWidth, kvHeads = dims.kvHeads, kvOf } = d.shape?.(i) ?? {};
  const { out, caches: own } = attention(
    s,
    x,
    {
      qkv: full(names.qkv),
      out: full(names.out),
      norms: names.headNorms && full(names.headNorms),
      sinks: names.sinks && full(names.sinks),
      gate: names.gate === PAIRED ? PAIRED : names.gate && full(names.gate),
      before: names.beforeOut && full(names.beforeOut),
      nodes: `layers.${i}`,
      biases: { qkv: biases.qkv ?? false, out: biases.out ?? false },
      norm: d.norm,
      normForm: d.headNormForm ?? 'heads',
      valueNorm: d.valueNorm ?? false,
    },
    {
      heads: dims.heads,
      kvHeads,
      headWidth,
      shared: kvOf === undefined ? undefined : caches[kvOf],
      rope,
      scale: d.scale ?? 1 / Math.sqrt(headWidth),
      window: d.window?.(i),
      softcap: d.scoreCap,
      growth: d.queryGrowth,
    },
  );
  caches[i] = own;
  return out;
}

function convolve(s: BlockBuilder, x: ValueId, i: number, d: DecoderSpec, taps: number): ValueId {
  const { names, biases = {} } = d;
  invariant(names.conv !== undefined, 'decoder', 'a convolution without names of its tensors');
  const full = fullNames(names, i);
  const { in: inputs, kernel, out } = names.conv;
  const tensors = { in: full(inputs), kernel: full(kernel), out: full(out) };
  return shortConv(s, x, { ...tensors, node: `layers.${i}`, bias: biases.conv ?? false }, taps);
}

/** Logits of the newest token and, for greedy sampling on the GPU, the best id. */
function head(s: BlockBuilder, x: ValueId, vocab: number, d: DecoderSpec): void {
  const last = s.b.node('last_row', 'last', { x }, {});
  const normed = norm(s, last, d.names.finalNorm, 'norm', { ...streamNorm(d), times: d.logitScale ?? 1 });
  const tensor = d.tied ? d.names.embedding : d.names.head;
  const plain = linear(s, normed, { tensor, node: 'logits', bias: false }, vocab);
  const { logitCap: cap } = d;
  const logits = cap === undefined ? plain : s.b.node('softcap', 'logits_capped', { x: plain }, { cap });
  s.b.output('logits', logits);
  s.b.output('best', s.b.node('argmax', 'best', { x: logits }, {}));
}

/** Layers without rotation share the table of others: the op needs a table but does not read it. */
function ropesOf(s: BlockBuilder, d: DecoderSpec, layers: number): RotaryInput[] {
  const tables = new Map<string, ValueId>();
  return Array.from({ length: layers }, (_, i) => {
    const { name, table, rotary, pairs = false } = d.rope(i);
    const width = 2 * table.frequencies.length;
    const value = tables.get(name) ?? s.b.constant(name, { dtype: 'f32', shape: [s.C, width] }, table);
    tables.set(name, value);
    return { table: value, rotary, pairs };
  });
}
