/**
 * Writes the model as an ONNX graph for transformers.js. It has the operators and the input and output names of the
 * decoders published for that library (com.microsoft's MatMulNBits, GroupQueryAttention with built-in RoPE,
 * SkipSimplifiedLayerNormalization, GatherBlockQuantized). Matrices have 4 bits in blocks of 32 without zero points
 * (the default is 8). Head and embedding share one initialiser.
 */
import { f16FromF32 } from '../../../engine/bench.ts';
import type { Shape } from '../../shapes.ts';
import { asFloat, OnnxGraph } from './onnx.ts';
import { asBytes, type FilePart } from './file-parts.ts';
import {
  BLOCK,
  blocksOf,
  type RandomMatrix,
  matricesOf,
  normsOf,
  type WeightBlocks,
} from './random-model.ts';
import { CONTEXT } from './tokens.ts';

const EPSILON = 1e-5;
const THETA = 10000;
/** Stands for the end of an axis in Slice. */
const END = 2n ** 63n - 1n;

type FloatType = 'float32' | 'float16';

interface LlamaBuilder {
  readonly graph: OnnxGraph;
  readonly shape: Shape;
  /** Element type of activations, norms, scales and cache. */
  readonly type: FloatType;
  readonly matrices: ReadonlyMap<string, RandomMatrix>;
}

export function onnxOf(shape: Shape, layers: number, type: FloatType): FilePart[] {
  const graph = new OnnxGraph();
  const matrices = new Map(matricesOf(shape, layers).map((matrix) => [matrix.name, matrix]));
  const builder: LlamaBuilder = { graph, shape, type, matrices };
  for (const { name, width } of normsOf(shape, layers))
    graph.initialiser(name, type, [width], () => floats(type, new Float32Array(width).fill(1)));
  const ids = graph.input('input_ids', 'int64', ['batch_size', 'sequence_length']);
  const lengths = lengthsOf(graph);
  const tables = ropeTables(builder);
  let residual = embedding(builder, ids);
  let normed = graph.node(
    'SimplifiedLayerNormalization',
    [residual, 'model.layers.0.input_layernorm.weight'],
    {
      attributes: { axis: -1, epsilon: asFloat(EPSILON), stash_type: 1 },
    },
  );
  for (let i = 0; i < layers; i++) {
    const at = `model.layers.${i}`;
    const attended = attention(builder, i, normed, [...lengths, ...tables]);
    const between = addAndNorm(builder, attended, residual, `${at}.post_attention_layernorm.weight`);
    const next = i + 1 < layers ? `model.layers.${i + 1}.input_layernorm.weight` : 'model.norm.weight';
    ({ normed, residual } = addAndNorm(
      builder,
      feedForward(builder, at, between.normed),
      between.residual,
      next,
    ));
  }
  head(builder, normed);
  return graph.parts();
}

/** x·Wᵀ. */
function linear({ graph, type, matrices }: LlamaBuilder, x: string, name: string, output?: string): string {
  const matrix = matrices.get(`${name}.weight`) as RandomMatrix;
  const { rows, columns } = matrix;
  const groups = columns / BLOCK;
  const weight = `${name}.weight_Q4`;
  const scales = `${name}.weight_scales`;
  graph.initialiser(weight, 'uint8', [rows, groups, BLOCK / 2], () => nibblePairs(blocksOf(matrix)));
  graph.initialiser(scales, type, [rows, groups], () => floats(type, blocksOf(matrix).scales));
  const attributes = { K: columns, N: rows, bits: 4, block_size: BLOCK };
  return graph.contrib(
    'MatMulNBits',
    [x, weight, scales],
    attributes,
    output === undefined ? undefined : [output],
  );
}

function embedding({ graph, shape }: LlamaBuilder, ids: string): string {
  const dims = constant(graph, 'embedding_dims', [shape.vocab, shape.hidden / 2]);
  const rows = graph.node('Reshape', ['model.embed_tokens.weight_Q4', dims]);
  return graph.contrib('GatherBlockQuantized', [rows, ids, 'model.embed_tokens.weight_scales'], {
    bits: 4,
    block_size: BLOCK,
    gather_axis: 0,
    quantize_axis: 1,
  });
}

/** Inputs of GroupQueryAttention: total tokens − 1 of each sequence, and total tokens of the longest sequence. */
function lengthsOf(graph: OnnxGraph): [string, string] {
  const mask = graph.input('attention_mask', 'int64', ['batch_size', 'total_sequence_length']);
  const one = constant(graph, 'one', [1]);
  const sum = graph.node('ReduceSum', [mask, one], { attributes: { keepdims: 0 } });
  const lengths = graph.node('Cast', [graph.node('Sub', [sum, one])], { attributes: { to: 6 } });
  const last = graph.node('Gather', [graph.node('Shape', [mask]), scalar(graph, 'axis_1', 1)], {
    attributes: { axis: 0 },
  });
  return [lengths, graph.node('Cast', [last], { attributes: { to: 6 } })];
}

function attention(builder: LlamaBuilder, layer: number, x: string, more: readonly string[]): string {
  const { graph, shape, type } = builder;
  const { heads, kvHeads, headWidth } = shape;
  const at = `model.layers.${layer}.self_attn`;
  const cache = (length: string) => ['batch_size', kvHeads, length, headWidth] as const;
  const past = ['key', 'value'].map((which) =>
    graph.input(`past_key_values.${layer}.${which}`, type, cache('past_sequence_length')),
  );
  const present = ['key', 'value'].map((which) => `present.${layer}.${which}`);
  for (const name of present) graph.output(name, type, cache('total_sequence_length'));
  const qkv = ['q', 'k', 'v'].map((which) => linear(builder, x, `${at}.${which}_proj`));
  const attended = graph.contrib(
    'GroupQueryAttention',
    [...qkv, ...past, ...more],
    { num_heads: heads, kv_num_heads: kvHeads, do_rotary: 1, rotary_interleaved: 0 },
    [`${at}.output`, ...present],
  );
  return linear(builder, attended, `${at}.o_proj`);
}

function feedForward(builder: LlamaBuilder, at: string, x: string): string {
  const { graph } = builder;
  const gate = linear(builder, x, `${at}.mlp.gate_proj`);
  const up = linear(builder, x, `${at}.mlp.up_proj`);
  const silu = graph.node('Mul', [gate, graph.node('Sigmoid', [gate])]);
  return linear(builder, graph.node('Mul', [silu, up]), `${at}.mlp.down_proj`);
}

function addAndNorm({ graph }: LlamaBuilder, x: string, residual: string, norm: string) {
  const sum = `${norm}_sum`;
  const outputs = [`${norm}_normed`, '', '', sum];
  const normed = graph.contrib(
    'SkipSimplifiedLayerNormalization',
    [x, residual, norm],
    { epsilon: asFloat(EPSILON) },
    outputs,
  );
  return { normed, residual: sum };
}

/** Logits of the last `num_logits_to_keep` tokens, or of all tokens if it is 0. */
function head(builder: LlamaBuilder, normed: string): void {
  const { graph, shape, type } = builder;
  const keep = graph.input('num_logits_to_keep', 'int64', []);
  const from = graph.node('Reshape', [graph.node('Neg', [keep]), constant(graph, 'one_element', [1])]);
  const to = constant(graph, 'end', [END]);
  const last = graph.node('Slice', [normed, from, to, 'one']);
  linear(builder, last, 'model.embed_tokens', 'logits');
  graph.output('logits', type, ['batch_size', 'num_logits', shape.vocab]);
}

/** Cosines and sines of position · θ^(−2i/D), [positions, D/2] each. */
function ropeTables({ graph, shape, type }: LlamaBuilder): [string, string] {
  const half = shape.headWidth / 2;
  const table = (name: string, of: (angle: number) => number) =>
    graph.initialiser(name, type, [CONTEXT, half], () =>
      floats(
        type,
        Float32Array.from({ length: CONTEXT * half }, (_, i) =>
          of(Math.floor(i / half) * THETA ** (-(i % half) / half)),
        ),
      ),
    );
  return [table('cos_cache', Math.cos), table('sin_cache', Math.sin)];
}

function constant(graph: OnnxGraph, name: string, values: readonly (number | bigint)[]): string {
  const make = () => asBytes(BigInt64Array.from(values, BigInt));
  return graph.initialiser(name, 'int64', [values.length], make);
}

function scalar(graph: OnnxGraph, name: string, value: number): string {
  return graph.initialiser(name, 'int64', [], () => asBytes(BigInt64Array.of(BigInt(value))));
}

/** Packs two neighbours of a row into a byte, the first in the low nibble. */
function nibblePairs({ nibbles }: WeightBlocks): Uint8Array {
  const out = new Uint8Array(nibbles.length / 2);
  for (let i = 0; i < out.length; i++)
    out[i] = (nibbles[2 * i] as number) | ((nibbles[2 * i + 1] as number) << 4);
  return out;
}

function floats(type: FloatType, values: Float32Array): Uint8Array {
  return asBytes(type === 'float32' ? values : Uint16Array.from(values, f16FromF32));
}
