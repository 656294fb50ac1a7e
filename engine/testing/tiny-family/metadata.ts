/** For tests: the metadata and the vocabulary of a tiny family's GGUF, by the keys of llama.cpp's converter. */
import { type TinyFamily, VOCAB } from '../tiny-families.ts';
import { bool, f32, numbers, text, texts, type Typed, u32 } from '../tiny-gguf.ts';
import { scanSizes } from './scans.ts';

/** Returns the metadata; `kvHeads` where all layers have as many. */
export function metadata({ gguf, config }: TinyFamily, kvHeads: number): Record<string, Typed> {
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
export type Ropes = Readonly<Record<'full_attention' | 'sliding_attention', Record<string, unknown>>>;

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

export function headWidthOf(config: TinyFamily['config']): number {
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
  const widths = [config.hidden_size as number, ...own.dense.map(({ out }) => out)];
  const sizes = own.dense.flatMap(({ out }, i) => [
    [`dense_${i + 2}_feat_in`, u32(widths[i] as number)] as const,
    [`dense_${i + 2}_feat_out`, u32(out)] as const,
  ]);
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
