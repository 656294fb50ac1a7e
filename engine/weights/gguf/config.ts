/**
 * Converts GGUF metadata to the model's original `config.json`, as far as the file contains it.
 * Keys: "Standardized key-value pairs" in ggml's `docs/gguf.md`.
 *
 * Not here: the meaning of the values for a graph (engine/models), the tokenizer's keys (`tokenizer.ts`).
 */
import { type GgufArchitecture, ARCHITECTURES } from './architectures/index.ts';
import type { GgufFile } from './header.ts';
import { ropeScaling } from './rope.ts';
import { askMetadata, type Metadata, shortest, unsupported } from './value.ts';

/** The config of a file, with what the tensor names and row orders depend on. */
export interface GgufModel {
  readonly architecture: GgufArchitecture;
  readonly config: Readonly<Record<string, unknown>>;
  readonly heads: number;
  readonly kvHeads: number;
}

/**
 * Reads the metadata; `opened`: how many parts of a split model `file` has the tensors of. Throws `model-unknown` for an unsupported architecture, a split file or experts,
 * `checkpoint-damaged` for missing or invalid keys.
 */
export async function readGgufModel(
  file: GgufFile,
  opened: number,
  signal?: AbortSignal,
): Promise<GgufModel> {
  const who = file.source.name;
  const ask = askMetadata(file.metadata, who);
  const name = ask.text('general.architecture') ?? '';
  const has = (tensor: string) => rows(file, tensor) !== undefined;
  const known = Object.hasOwn(ARCHITECTURES, name) ? ARCHITECTURES[name] : undefined;
  const architecture = has('blk.0.attn_q.weight') ? (known?.unfused ?? known) : known;
  if (architecture === undefined) {
    const expected = Object.keys(ARCHITECTURES).join(', ');
    return unsupported(who, 'general.architecture', expected, name || 'no value');
  }
  const parts = ask.count('split.count') ?? 1;
  if (parts > 1 && parts !== opened) unsupported(who, 'split.count', `${opened} parts`, `${parts} parts`);
  const key = (k: string) => `${name}.${k}`;
  const experts = ask.count(key('expert_count')) ?? 0;
  if (experts > 0) unsupported(who, key('expert_count'), 'no experts', experts);
  const hidden = needed(ask, key('embedding_length'));
  // The last blocks may only predict further tokens.
  const layers = needed(ask, key('block_count')) - (ask.count(key('nextn_predict_layers')) ?? 0);
  if (layers > file.tensors.length) {
    ask.damaged(
      key('block_count'),
      'there are fewer tensors than layers',
      `at most ${file.tensors.length}`,
      layers,
    );
  }
  const heads = perLayer(ask, key('attention.head_count'), who) || needed(ask, key('attention.head_count'));
  const kvHeads = perLayer(ask, key('attention.head_count_kv'), who, NONE) || heads;
  const headWidth = ask.count(key('attention.key_length')) ?? widthOf(file, heads) ?? hidden / heads;
  const vocab = rows(file, 'token_embd.weight') ?? needed(ask, key('vocab_size'));
  const ffnKey = key('feed_forward_length');
  const ffn =
    (architecture.ffnByLayer === true ? ask.numbers(ffnKey)?.[0] : undefined) ??
    perLayer(ask, ffnKey, who) ??
    null;
  const contextLength = needed(ask, key('context_length'));
  const eps = shortest(ask.number(key('attention.layer_norm_rms_epsilon')) ?? 1e-6);
  const theta = shortest(ask.number(key('rope.freq_base')) ?? 10000);
  const sizes = { hidden, heads, kvHeads, headWidth, layers, ffn, vocab, contextLength, eps, theta };
  const config = {
    model_type: architecture.modelType,
    vocab_size: vocab,
    hidden_size: hidden,
    intermediate_size: ffn,
    num_hidden_layers: layers,
    num_attention_heads: heads,
    num_key_value_heads: kvHeads,
    head_dim: headWidth,
    max_position_embeddings: contextLength,
    rms_norm_eps: eps,
    hidden_act: 'silu',
    attention_bias: has('blk.0.attn_q.bias'),
    mlp_bias: has('blk.0.ffn_up.bias'),
    tie_word_embeddings: !has('output.weight'),
    ...ids(ask),
    ...(await rope(file, ask, key, architecture, { headWidth, theta }, signal)),
    ...window(ask, key),
    ...architecture.config?.(ask, key, sizes, has),
  };
  return { architecture, config, heads, kvHeads };
}

async function rope(
  file: GgufFile,
  ask: Metadata,
  key: (k: string) => string,
  architecture: GgufArchitecture,
  { headWidth, theta }: { headWidth: number; theta: number },
  signal: AbortSignal | undefined,
): Promise<Record<string, unknown>> {
  const rotated = ask.count(key('rope.dimension_count')) ?? headWidth;
  if (rotated !== headWidth && architecture.partialRotary !== true) {
    unsupported(file.source.name, key('rope.dimension_count'), `${headWidth}, the width of a head`, rotated);
  }
  const trained = ask.count(key('rope.scaling.original_context_length'));
  return {
    rope_theta: theta,
    ...(trained === undefined ? {} : { original_max_position_embeddings: trained }),
    ...(architecture.partialRotary === true ? { partial_rotary_factor: rotated / headWidth } : {}),
    rope_scaling: await ropeScaling(file, ask, key, { theta, turned: rotated, trained }, signal),
  };
}

/** A size of 0, or none, means no sliding window; Gemma 2 is the exception. */
function window(ask: Metadata, key: (k: string) => string): Record<string, unknown> {
  const size = ask.count(key('attention.sliding_window')) ?? (key('') === 'gemma2.' ? 4096 : 0);
  return size > 0 ? { sliding_window: size } : {};
}

function ids(ask: Metadata): Record<string, unknown> {
  const bos = ask.count('tokenizer.ggml.bos_token_id');
  const eos = ask.count('tokenizer.ggml.eos_token_id');
  return {
    ...(bos === undefined ? {} : { bos_token_id: bos }),
    ...(eos === undefined ? {} : { eos_token_id: eos }),
  };
}

function needed(ask: Metadata, key: string): number {
  const value = ask.count(key);
  return value === undefined || value === 0
    ? ask.damaged(key, 'this entry is missing', 'a positive whole number', value)
    : value;
}

/** Layers without attention have no heads of keys. */
const NONE = 0;

/**
 * Reads a number, or a list with one per layer, which must be equal: a graph has equal layers. Those with the value
 * `except` do not count.
 */
function perLayer(ask: Metadata, key: string, who: string, except?: number): number | undefined {
  if (!ask.isList(key)) return ask.count(key);
  const values = [...(ask.numbers(key) ?? [])].filter((value) => value !== except);
  const [first] = values;
  if (first !== undefined && values.every((v) => v === first)) return first;
  return unsupported(who, key, 'the same number for every layer', values.slice(0, 8).join(', '));
}

function rows(file: GgufFile, tensor: string): number | undefined {
  return file.tensors.find((t) => t.name === tensor)?.shape[0];
}

/** Derives a head's width from the first layer: older files do not state it, even if it is not hidden / heads. */
function widthOf(file: GgufFile, heads: number): number | undefined {
  const q = rows(file, 'blk.0.attn_q.weight');
  return q === undefined || q % heads !== 0 ? undefined : q / heads;
}
