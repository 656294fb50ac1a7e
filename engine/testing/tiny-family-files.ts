/**
 * For tests: writes the checkpoints of `tiny-families.ts` as safetensors, and as GGUF by the rules of
 * llama.cpp's converter (`convert_hf_to_gguf.py`): names, interleaved rows of q and k, norms plus 1, metadata. Blocks
 * are rounded as by ggml's reference functions (`quantize_row_q8_0_ref`, `quantize_row_q4_0_ref` in `ggml-quants.c`).
 */
import { GGML_TYPES, type GgmlType, ggmlToF32 } from '../quant/ggml.ts';
import { type TinyFamily, tinyFamilyTensors, VOCAB } from '../testing/tiny-families.ts';
import { f16Array, f16FromF32, f32FromF16 } from '../tensor/f16.ts';
import { ARCHITECTURES, type GgufArchitecture } from '../weights/gguf/architectures.ts';
import {
  bool,
  f32,
  type GgufTensorBytes,
  numbers,
  text,
  texts,
  type Typed,
  u32,
  writeGguf,
} from './tiny-gguf.ts';
import { multiplied, scanSizes, tiled } from './tiny-scans.ts';
import { TINY_TOKENIZER, writeSafetensors, type TestTensor } from './tiny-checkpoint.ts';

/** Types of matrices in the GGUF files. */
export const GGUF_TYPES = ['F32', 'F16', 'Q8_0', 'Q4_0'] as const;
export type GgufType = (typeof GGUF_TYPES)[number];

/** Returns the files of a family's checkpoint, with weights in safetensors of type `dtype`. */
export function tinyFamilyFiles(
  family: TinyFamily,
  dtype: TestTensor['dtype'],
): Record<string, Uint8Array | string> {
  const tensors = tensorsOf(family).map(([name, t]) => [name, { ...t, dtype, shape: axes(family, name, t) }]);
  return {
    'config.json': JSON.stringify(family.config),
    'tokenizer.json': JSON.stringify(TINY_TOKENIZER),
    'model.safetensors': writeSafetensors(Object.fromEntries(tensors)),
  };
}

/** Kernels of convolutions have three axes, as PyTorch writes them. */
function axes({ config }: TinyFamily, name: string, { shape }: TestTensor): readonly number[] {
  const taps = (config.conv_L_cache ?? config.linear_conv_kernel_dim ?? config.mamba_d_conv) as number;
  return /conv(1d|\.conv)\.weight$/.test(name) ? [(shape[0] as number) / taps, 1, taps] : shape;
}

/** llama.cpp's converter drops the axis of 1 of a convolution. */
const withoutMiddle = (shape: readonly number[]) =>
  shape.length === 3 ? [shape[0] as number, shape[2] as number] : shape;

function tensorsOf(family: TinyFamily): [string, TestTensor][] {
  return Object.entries(tinyFamilyTensors(family)).map(([name, { shape, data }]) => [
    name,
    { dtype: 'F32', shape, values: data as Float32Array },
  ]);
}

/** Formats to which weights can be rounded. BF16 is that of safetensors, where vectors are rounded too. */
export const ROUNDINGS = ['F32', 'F16', 'BF16', 'Q8_0', 'Q4_0'] as const;
export type Rounding = (typeof ROUNDINGS)[number];

/** Writes a family as GGUF with matrices of `type`. `roundedTo`: first rounds the weights to that format. */
export function tinyFamilyGguf(family: TinyFamily, type: GgufType, roundedTo?: Rounding): Uint8Array {
  const { config } = family;
  const known = ARCHITECTURES[family.gguf] as GgufArchitecture;
  const architecture = config.model_type === known.modelType ? known : (known.unfused ?? known);
  const heads = config.num_attention_heads as number;
  const kvHeads = kvHeadsOf(config);
  const tensors = tensorsOf(family)
    .flatMap((entry) => apart(family, entry))
    .map(([name, tensor]): [string, TestTensor] => [
      name,
      multiplied(family, name, tiled(family, name, tensor)),
    ])
    .map(([name, tensor]) => {
      const ours = ggufName(architecture, name);
      if (/\.ssm_[ad]$/.test(ours)) return [ours, scanVector(family, ours, tensor, roundedTo)] as const;
      const count = /attn_q/.test(ours) ? heads : /attn_k/.test(ours) ? kvHeads : 0;
      const moved = architecture.interleaved === true && count > 0 ? sideBySide(tensor, count) : tensor;
      const plus =
        architecture.normsPlusOne === true &&
        ours.endsWith('norm.weight') &&
        !ours.endsWith('ssm_norm.weight')
          ? 1
          : 0;
      const stored = roundedTo === undefined ? moved : rounded(moved, roundedTo);
      const made = encode(stored, plus, type);
      return [ours, { ...made, shape: withoutMiddle(axes(family, name, tensor)) }] as const;
    });
  return writeGguf({
    metadata: metadata(family, kvHeads),
    tensors: { ...Object.fromEntries(tensors), ...ropeTensors(config) },
  });
}

/** The converter stores decays as they are, and Mamba's vectors of heads with a row for each. */
function scanVector(
  { gguf }: TinyFamily,
  name: string,
  tensor: TestTensor,
  roundedTo: Rounding | undefined,
): GgufTensorBytes {
  const { shape, values } = roundedTo === undefined ? tensor : rounded(tensor, roundedTo);
  const stored = name.endsWith('ssm_a') ? values.map((w) => -Math.exp(w)) : values;
  const rows = gguf === 'qwen35' ? shape : [shape[0] as number, 1];
  return { ...encode({ dtype: 'F32', shape, values: stored }, 0, 'F32'), shape: rows };
}

/** The converter splits Granite 4's gate and up, and names them as Granite's. */
function apart({ gguf }: TinyFamily, [name, tensor]: [string, TestTensor]): [string, TestTensor][] {
  const hybrid = gguf === 'granitehybrid';
  const layer = hybrid ? name : name.replace('shared_mlp.output_linear', 'mlp.down_proj');
  if (!name.endsWith('shared_mlp.input_linear.weight')) return [[layer, tensor]];
  const [rows = 0, columns = 1] = tensor.shape;
  const half = (rows / 2) * columns;
  return ['gate', 'up'].map((part, i) => [
    name.replace('shared_mlp.input_linear', `${hybrid ? 'shared_mlp' : 'mlp'}.${part}_proj`),
    { ...tensor, shape: [rows / 2, columns], values: tensor.values.subarray(i * half, (i + 1) * half) },
  ]);
}

function kvHeadsOf(config: TinyFamily['config']): number {
  const { multi_query_group_num: groups, num_key_value_heads: own, num_attention_heads: all } = config;
  return (groups ?? own ?? all) as number;
}

function metadata({ gguf, config }: TinyFamily, kvHeads: number): Record<string, Typed> {
  const size = (...keys: string[]) => u32(keys.map((key) => config[key]).find((v) => v != null) as number);
  const heads = config.num_attention_heads as number;
  const headWidth = headWidthOf(config);
  const globalWidth = (config.global_head_dim ?? headWidth) as number;
  const rotary = config.model_type === 'chatglm' ? 0.5 : ((config.partial_rotary_factor ?? 1) as number);
  const scaling = scalingOf(config);
  const alpha = (scaling?.alpha ?? 1) as number;
  const far = (config.rope_parameters as Ropes | undefined)?.full_attention;
  const base = (far?.rope_theta ??
    scaling?.rope_theta ??
    config.rope_theta ??
    10000 * ((config.rope_ratio ?? 1) as number)) as number;
  const theta = base * alpha ** (headWidth / (headWidth - 2));
  const yarn = scaling?.rope_type === 'yarn' ? (scaling as Record<string, number>) : undefined;
  const trained = config.original_max_position_embeddings as number | undefined;
  const longest = config.max_position_embeddings as number;
  const optional: Record<string, Typed | undefined> = {
    'attention.sliding_window': config.sliding_window == null ? undefined : size('sliding_window'),
    attn_logit_softcapping: cap(config.attn_logit_softcapping),
    final_logit_softcapping: cap(config.final_logit_softcapping),
    'rope.freq_base_swa': cap((config.rope_parameters as Ropes | undefined)?.sliding_attention?.rope_theta),
    'attention.sliding_window_pattern': patternOf(config.model_type, config.layer_types, 'sliding_attention'),
    'attention.rope_pattern': turnedLayers(config.layer_rope_theta),
    'rope.scaling.original_context_length': sizeOf(trained ?? yarn?.original_max_position_embeddings),
    'rope.scaling.attn_factor':
      trained === undefined ? undefined : f32(Math.sqrt(1 + Math.log(longest / trained) / Math.log(trained))),
    'rope.scaling.type': isStretched(scaling) ? text(scaling.rope_type) : undefined,
    'rope.scaling.factor': isStretched(scaling) ? f32(scaling.factor) : undefined,
    'rope.scaling.yarn_beta_fast': cap(yarn?.beta_fast),
    'rope.scaling.yarn_beta_slow': cap(yarn?.beta_slow),
    'rope.scaling.yarn_log_multiplier': cap(yarn?.mscale_all_dim),
    'attention.temperature_scale': cap(yarn?.llama_4_scaling_beta),
  };
  const own: Record<string, Typed | undefined> = {
    context_length: size('max_position_embeddings', 'seq_length'),
    embedding_length: size('hidden_size'),
    block_count: size('num_hidden_layers', 'num_layers'),
    feed_forward_length: ffnWidths(config) ?? size('intermediate_size', 'ffn_hidden_size'),
    'attention.head_count': u32(heads),
    'attention.head_count_kv': kvHeadCounts(config, kvHeads),
    'attention.key_length': u32(globalWidth),
    'attention.value_length': u32(globalWidth),
    'attention.key_length_swa': config.global_head_dim === undefined ? undefined : u32(headWidth),
    'attention.value_length_swa': config.global_head_dim === undefined ? undefined : u32(headWidth),
    'rope.dimension_count_swa': config.global_head_dim === undefined ? undefined : u32(headWidth),
    'attention.shared_kv_layers': sizeOf(config.num_kv_shared_layers as number | undefined),
    embedding_length_per_layer_input: sizeOf(config.hidden_size_per_layer_input as number | undefined),
    'attention.layer_norm_rms_epsilon': f32(
      (config.rms_norm_eps ?? config.norm_eps ?? config.layernorm_epsilon ?? 0) as number,
    ),
    'rope.dimension_count': u32(globalWidth * rotary),
    'rope.freq_base': f32(theta),
    vocab_size: u32(VOCAB),
    ...optional,
    ...scanSizes(config),
    'shortconv.l_cache': config.conv_L_cache === undefined ? undefined : size('conv_L_cache'),
    ...multipliers(config),
    ...ofEncoders(config),
  };
  const entries = Object.entries(own).flatMap(([key, value]): [string, Typed][] =>
    value === undefined ? [] : [[`${gguf}.${key}`, value]],
  );
  const vocabulary = gguf === 'bert' ? WORD_PIECES : VOCABULARY;
  return { 'general.architecture': text(gguf), ...Object.fromEntries(entries), ...vocabulary };
}

/** By kind of layer. */
type Ropes = Readonly<Record<'full_attention' | 'sliding_attention', Record<string, unknown>>>;

/** In either place where files have it; undefined where each kind of layer has its own. */
function scalingOf(config: TinyFamily['config']): Record<string, unknown> | undefined {
  const all = config.rope_parameters as Record<string, unknown> | undefined;
  return all?.rope_type === undefined ? (config.rope_scaling as Record<string, unknown> | undefined) : all;
}

/** Whether `rope.scaling` says it all. */
function isStretched(
  scaling: Record<string, unknown> | undefined,
): scaling is { rope_type: string; factor: number } {
  return scaling?.rope_type === 'linear' || scaling?.rope_type === 'yarn';
}

function headWidthOf(config: TinyFamily['config']): number {
  const { hidden_size: hidden, num_attention_heads: heads } = config as Record<string, number>;
  return (config.head_dim ?? config.kv_channels ?? (hidden as number) / (heads as number)) as number;
}

/** One number, or one for each layer where some have no attention. */
function kvHeadCounts({ layer_types: types }: TinyFamily['config'], kvHeads: number): Typed {
  const without = ['conv', 'mamba'];
  if (!Array.isArray(types) || !types.some((type) => without.includes(type))) return u32(kvHeads);
  return numbers(
    5,
    types.map((type) => (without.includes(type) ? 0 : kvHeads)),
  );
}

/** Whether each layer has that type, of the families whose files say so. */
function patternOf(family: unknown, types: unknown, type: string): Typed | undefined {
  if (!['granite_swa', 'lfm3', 'gemma4_text'].includes(String(family)) || !Array.isArray(types))
    return undefined;
  return numbers(
    7,
    types.map((of) => Number(of === type)),
  );
}

/** Gemma 4's last layers have blocks twice as wide. */
function ffnWidths(config: TinyFamily['config']): Typed | undefined {
  if (config.use_double_wide_mlp !== true) return undefined;
  const [width, layers, shared] = ['intermediate_size', 'num_hidden_layers', 'num_kv_shared_layers'].map(
    (key) => config[key] as number,
  ) as [number, number, number];
  return numbers(
    5,
    Array.from({ length: layers }, (_, i) => (i < layers - shared ? width : 2 * width)),
  );
}

/** Layers with a base of 0 have no rope. */
function turnedLayers(bases: unknown): Typed | undefined {
  if (!Array.isArray(bases)) return undefined;
  return numbers(
    7,
    bases.map((base) => Number(base > 0)),
  );
}

/** Of Granite as they are, of MiniCPM from its sizes. */
function multipliers(config: TinyFamily['config']): Record<string, Typed | undefined> {
  const of = (key: string) => config[key] as number;
  if (config.scale_emb !== undefined) {
    return {
      embedding_scale: f32(of('scale_emb')),
      residual_scale: f32(of('scale_depth') / Math.sqrt(of('num_hidden_layers'))),
      logit_scale: f32(of('hidden_size') / of('dim_model_base')),
    };
  }
  return {
    embedding_scale: cap(config.embedding_multiplier),
    residual_scale: cap(config.residual_multiplier),
    'attention.scale': cap(config.attention_multiplier),
    logit_scale: cap(config.logits_scaling),
  };
}

/** What llama.cpp's files say of pooling, and of BERT's norms. */
function ofEncoders(config: TinyFamily['config']): Record<string, Typed | undefined> {
  const own = config.sentence_transformers as { pooling: string; dense: { out: number }[] } | undefined;
  if (own === undefined) return {};
  const sizes = own.dense.map(({ out }, i) => [`dense_${i + 2}_feat_out`, u32(out)] as const);
  return {
    pooling_type: u32(['none', 'mean', 'first', 'last'].indexOf(own.pooling)),
    'attention.causal': bool(false),
    'attention.layer_norm_epsilon': cap(config.layer_norm_eps),
    ...Object.fromEntries(sizes),
  };
}
const sizeOf = (value: number | undefined) => (value === undefined ? undefined : u32(value));

function cap(value: unknown): Typed | undefined {
  return value == null ? undefined : f32(value as number);
}

const SPECIAL = ['<unk>', '<s>', '</s>'];

/** The text of tokens after the first, which is the beginning: llama.cpp adds that itself. */
export const tinyFamilyText = (ids: readonly number[]): string => ids.slice(1).map(tokenOf).join('');

/** Each token is one of its own in any text, so that text and ids map one to one. */
const tokenOf = (id: number) => SPECIAL[id] ?? `<${id}>`;
const TOKENS = Array.from({ length: VOCAB }, (_, id) => tokenOf(id));
/** `tokenizer.ggml.token_type`: unknown, control, user-defined. */
const TYPES = TOKENS.map((_, id) => (id === 0 ? 2 : id < SPECIAL.length ? 3 : 4));
const VOCABULARY: Readonly<Record<string, Typed>> = {
  'tokenizer.ggml.model': text('llama'),
  'tokenizer.ggml.pre': text('default'),
  'tokenizer.ggml.tokens': texts(TOKENS),
  'tokenizer.ggml.scores': numbers(
    6,
    TOKENS.map((_, i) => -i),
  ),
  'tokenizer.ggml.token_type': numbers(5, TYPES),
  'tokenizer.ggml.bos_token_id': u32(1),
  'tokenizer.ggml.eos_token_id': u32(2),
  'tokenizer.ggml.unknown_token_id': u32(0),
  'tokenizer.ggml.add_bos_token': bool(true),
  'tokenizer.ggml.add_space_prefix': bool(false),
};

const WORD_PIECES: Readonly<Record<string, Typed>> = {
  'tokenizer.ggml.model': text('bert'),
  'tokenizer.ggml.tokens': texts(
    ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]'].concat(
      TOKENS.slice(5).map((_, i) => `${i % 2 ? '' : '▁'}${i}`),
    ),
  ),
  'tokenizer.ggml.token_type': numbers(
    5,
    TOKENS.map((_, id) => (id < 5 ? 3 : 1)),
  ),
  'tokenizer.ggml.token_type_count': u32(2),
  'tokenizer.ggml.unknown_token_id': u32(1),
  'tokenizer.ggml.bos_token_id': u32(2),
  'tokenizer.ggml.seperator_token_id': u32(3),
  'tokenizer.ggml.padding_token_id': u32(0),
};

/** Maps a published name to the name in the file. */
function ggufName(architecture: GgufArchitecture, name: string): string {
  const { layers = 'model.layers', top = TOP, layer } = architecture;
  const whole = Object.keys(layer).find(
    (key) => /\.(weight|bias)$|^ssm_[ad]$/.test(key) && name.endsWith(`.${layer[key]}`),
  );
  if (whole !== undefined) return `blk.${/\.(\d+)\./.exec(name)?.[1]}.${whole}`;
  const kind = name.slice(name.lastIndexOf('.') + 1);
  const base = name.slice(0, name.lastIndexOf('.'));
  const [, number, part] = new RegExp(`^${layers}\\.(\\d+)\\.(.*)$`).exec(base) ?? [];
  const table = number === undefined ? top : layer;
  // Take the last match: an architecture's own names follow the common ones.
  const found = Object.entries(table).findLast(([, published]) => published === (part ?? base))?.[0];
  if (found === undefined) throw new Error(`no name in GGUF for ${name}`);
  return number === undefined ? `${found}.${kind}` : `blk.${number}.${found}.${kind}`;
}

const TOP = { token_embd: 'model.embed_tokens', output_norm: 'model.norm', output: 'lm_head' };

/** RoPE frequency divisors, which llama.cpp stores in tensors, as its converter computes them for Llama 3 and Phi-3. */
function ropeTensors(config: TinyFamily['config']): Record<string, GgufTensorBytes> {
  const scaling = config.rope_scaling as Record<string, unknown> | undefined;
  const vector = (values: readonly number[]): GgufTensorBytes => ({
    type: 'F32',
    shape: [values.length],
    data: new Uint8Array(Float32Array.from(values).buffer),
  });
  if (scaling?.type === 'longrope') {
    return {
      'rope_factors_long.weight': vector(scaling.long_factor as number[]),
      'rope_factors_short.weight': vector(scaling.short_factor as number[]),
    };
  }
  const far = (config.rope_parameters as Ropes | undefined)?.full_attention;
  if (far?.rope_type === 'proportional') {
    const half = ((config.global_head_dim ?? headWidthOf(config)) as number) / 2;
    const turned = half * (far.partial_rotary_factor as number);
    return {
      'rope_freqs.weight': vector(Array.from({ length: half }, (_, i) => (i < turned ? 1 : 1e30))),
    };
  }
  if (scaling?.rope_type !== 'llama3') return {};
  const width = headWidthOf(config);
  const divisors = Array.from({ length: width / 2 }, (_, i) => {
    const wavelength = 2 * Math.PI * (config.rope_theta as number) ** ((2 * i) / width);
    if (wavelength < 8192 / 4) return 1;
    if (wavelength > 8192) return 32;
    const smooth = (8192 / wavelength - 1) / 3;
    return 1 / ((1 - smooth) / 32 + smooth);
  });
  return { 'rope_freqs.weight': vector(divisors) };
}

/** Interleaves the rows of each head of D rows: row i + j·D/2 goes to 2i + j. */
function sideBySide(tensor: TestTensor, heads: number): TestTensor {
  const [rows = 0, columns = 1] = tensor.shape;
  const width = rows / heads;
  const values = new Float32Array(tensor.values.length);
  for (let row = 0; row < rows; row++) {
    const [head, r] = [Math.floor(row / width), row % width];
    const to = head * width + 2 * (r % (width / 2)) + Math.floor(r / (width / 2));
    values.set(tensor.values.subarray(row * columns, (row + 1) * columns), to * columns);
  }
  return { ...tensor, values };
}

/** Encodes a tensor; vectors are always F32. */
function encode({ shape, values }: TestTensor, plus: number, type: GgufType): GgufTensorBytes {
  if (shape.length === 1 || type === 'F32') {
    const data = new Uint8Array(Float32Array.from(values, (w) => w + plus).buffer);
    return { type: 'F32', shape, data };
  }
  if (type === 'F16') return { type, shape, data: new Uint8Array(f16Array(values).buffer) };
  const bytes: number[] = [];
  for (let at = 0; at < values.length; at += 32) {
    bytes.push(...(type === 'Q8_0' ? q8 : q4)(values.subarray(at, at + 32)));
  }
  return { type, shape, data: Uint8Array.from(bytes) };
}

function rounded(tensor: TestTensor, to: Rounding): TestTensor {
  if (to === 'BF16') {
    const bits = new Uint32Array(Float32Array.from(tensor.values).buffer).map((b) => b & 0xffff0000);
    return { ...tensor, values: new Float32Array(bits.buffer) };
  }
  const { type, data } = encode(tensor, 0, to);
  const format = [...GGML_TYPES.values()].find((t) => t.name === type) as GgmlType;
  return { ...tensor, values: ggmlToF32(format, data) };
}

function q8(block: Float32Array): number[] {
  const largest = block.reduce((most, w) => Math.max(most, Math.abs(w)), 0);
  const d = Math.fround(largest / 127);
  const id = d === 0 ? 0 : Math.fround(1 / d);
  const half = f16FromF32(d);
  return [half & 255, half >> 8, ...block.map((w) => Math.round(Math.fround(w * id)))].map((b) => b & 255);
}

/** The number of largest magnitude becomes −8, whatever its sign. */
function q4(block: Float32Array): number[] {
  const extreme = block.reduce((most, w) => (Math.abs(w) > Math.abs(most) ? w : most), 0);
  const half = f16FromF32(extreme / -8);
  const d = f32FromF16(half);
  const q = Array.from(block, (w) => (d === 0 ? 8 : Math.min(15, Math.max(0, Math.floor(w / d + 8.5)))));
  return [half & 255, half >> 8, ...q.slice(0, 16).map((low, i) => low | ((q[i + 16] as number) << 4))];
}
